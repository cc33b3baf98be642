"""How a change is made: locked, compared with what the person saw, recorded with who did it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinic.staff.models import StaffUser
from inquiries.models import Inquiry, Status

CHANGEABLE = (
    "status", "owner", "waiting_until", "outcome", "closed_at", "closed_by", "due_at", "acknowledged_at",
    "acknowledged_by", "closing_outcome", "closing_asked_at", "closing_asked_by", "first_replied_at", "last_event",
    "last_event_at", "version", "urgency",
)  # fmt: skip


ACT = "inquiries.change_inquiry"


class Refused(Exception):
    """A change that the inquiry's present state does not allow; the text says why and what to do."""


class Stale(Refused):
    """The inquiry changed after the person's screen was drawn: they must see how before they decide."""


@contextmanager
def change(inquiry_id: int, action: str, *, by: StaffUser | None, seen: int | None) -> Iterator[Inquiry]:
    """One locked, recorded change: `with change(id, "claim", by=nurse, seen=3) as inquiry:` saves what the block set.

    A block that finds out only then what it does sets `inquiry.last_event` to a more exact word. Raises Stale when the
    inquiry changed since `seen`, the version on the person's screen, and Refused when it was erased. Without `by`,
    nobody on the desk did it.
    """
    # History gets ids only: it outlives the people in it.
    with transaction.atomic(), pghistory.context(action=action, **_who(by)):
        inquiry = Inquiry.objects.select_for_update().get(pk=inquiry_id)
        if inquiry.is_erased:
            raise Refused(f"{inquiry} was erased. Nothing can be done with it any more.")
        if seen is not None and seen != inquiry.version:
            raise Stale(f"{inquiry} was changed while you were looking at it. This is how it stands now.")
        inquiry.last_event, inquiry.last_event_at = action, timezone.now()
        yield inquiry
        pghistory.context(action=inquiry.last_event)
        _save(inquiry)


def change_all(locked: QuerySet[Inquiry], action: str, *, by: StaffUser | None = None, **values: object) -> int:
    """The same for rows that the caller has locked: each gets the same `values`; the number of them."""
    with pghistory.context(action=action, **_who(by)):
        for inquiry in locked:
            for name, value in values.items():
                setattr(inquiry, name, value)
            inquiry.last_event, inquiry.last_event_at = action, timezone.now()
            _save(inquiry)
    return len(locked)


def _who(by: StaffUser | None) -> dict[str, int]:
    return {"by": by.pk} if by else {}


def _save(inquiry: Inquiry) -> None:
    inquiry.version += 1
    inquiry.save(update_fields=CHANGEABLE)


def require(inquiry: Inquiry, verb: str, *allowed: Status) -> None:
    """Raise Refused, in words, unless the inquiry stands where `verb` is possible."""
    if inquiry.status not in allowed:
        owner = f" by {inquiry.owner}" if inquiry.owner and inquiry.status == Status.OPEN else ""
        raise Refused(f"{inquiry} cannot be {verb}: it is now “{inquiry.get_status_display()}”{owner}.")


def require_present(person: StaffUser) -> None:
    """Raise Refused for a person who is away: what they took would be given back within seconds."""
    if person.is_away:
        raise Refused("You are marked as away. Select “I am back” in the menu before you take an inquiry.")


def may_act() -> QuerySet[StaffUser]:
    """Everybody who may change inquiries today: who can confirm a closing, and who can be given one."""
    people = StaffUser.objects.with_perm(ACT, backend="django.contrib.auth.backends.ModelBackend")
    return people.filter(is_staff=True)
