"""Roles: what each kind of work at a clinic needs to do, as data. docs/decisions/0012 says why.

In the database a role is a group. A clinic may change its groups and add others; what it changed stays.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet


class Role(NamedTuple):
    """One kind of work: in a sentence for whoever gives the role, and in permissions."""

    sentence: str
    permissions: frozenset[str]


FRONT_DESK = frozenset(
    {
        "inquiries.view_inquiry",  # the list, which shows no message
        "inquiries.open_inquiry",  # the page of one, with what the patient wrote
        "inquiries.change_inquiry",  # claim, note, close
        "inquiries.view_answer",  # prepared answers; on an inquiry's page, acting on it is enough
        "post_office.view_email",
        "post_office.change_email",  # send again, put aside
    }
)
WRITING_ANSWERS = frozenset({"inquiries.view_answer", "inquiries.add_answer", "inquiries.change_answer"})
CLINICIAN = FRONT_DESK | {
    *WRITING_ANSWERS,
    "inquiries.assign_inquiry",
    "inquiries.approve_answer",
    "pages.view_page",
    "pages.view_reference",
    "pages.approve_page",
}
MANAGER = CLINICIAN | {
    "inquiries.export_inquiry",
    "inquiries.export_person",
    "inquiries.erase_person",
    "inquiries.hold_inquiry",
    "staff.view_staffuser",
    "staff.change_staffuser",  # name, away, deactivated: see StaffUserAdmin
    "practice.view_practice",
    "practice.change_practice",
    "practice.view_closure",
    "practice.add_closure",
    "practice.change_closure",
    "practice.delete_closure",
}
CONTENT_EDITOR = frozenset(
    {
        *WRITING_ANSWERS,
        "pages.view_page",
        "pages.add_page",
        "pages.change_page",
        "pages.delete_page",
        "pages.publish_page",  # what a clinician has approved
        "pages.view_reference",
        "pages.add_reference",
        "pages.change_reference",
        "pages.delete_reference",
    }
)
AUDITOR = frozenset({"inquiries.view_inquiry", "inquiries.view_access"})

ROLES = {
    "Front desk": Role("Reads what patients write and moves it on.", FRONT_DESK),
    "Clinician": Role("As the front desk; also gives inquiries to others, and approves pages and answers.", CLINICIAN),
    "Manager": Role(
        "As a clinician; also exports lists, hands out or erases what we keep of a person, sees the staff, and keeps "
        "what the site says of the practice.",
        MANAGER,
    ),
    "Content editor": Role(
        "Writes pages and prepared answers, and publishes what a clinician approved. Sees no inquiries.", CONTENT_EDITOR
    ),
    "Auditor": Role("Sees who looked at what, and the list of inquiries, but opens none.", AUDITOR),
}


@transaction.atomic
def make() -> None:
    """Make the groups of ROLES that are missing; those that exist stay as the clinic has them."""
    _make_permissions()
    for name, role in ROLES.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(_rows(role.permissions))


@transaction.atomic
def introduce(*permissions: str) -> None:
    """Give permissions that a release brings, such as "pages.approve_page", to the groups that ROLES gives them to.

    For the migration of that release: without it, only a clinic that starts anew would have them.
    """
    _make_permissions()
    for name, role in ROLES.items():
        for group in Group.objects.filter(name=name):
            group.permissions.add(*_rows(role.permissions.intersection(permissions)))


def permissions() -> "QuerySet[Permission]":
    """Every permission that a role has: what a page of ours asks for."""
    keys = [row.pk for row in _rows(sorted({name for role in ROLES.values() for name in role.permissions}))]
    return Permission.objects.filter(pk__in=keys).order_by("content_type__app_label", "pk")


def in_words(group: Group) -> str:
    """A group for whoever picks it: its name, and what it is for when it is one of ours."""
    role = ROLES.get(group.name)
    return f"{group.name}: {role.sentence}" if role else group.name


def _make_permissions() -> None:
    # Django makes permissions after all migrations; a migration that gives them to groups comes before that.
    for label in {permission.partition(".")[0] for role in ROLES.values() for permission in role.permissions}:
        create_permissions(apps.get_app_config(label), verbosity=0)


def _rows(permissions: Iterable[str]) -> list[Permission]:
    """The permissions' rows, in one query; raises LookupError when the code knows none of that name."""
    rows = Permission.objects.select_related("content_type")
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in rows}
    return [known[permission] for permission in permissions]
