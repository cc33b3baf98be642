"""docs/data-flow.md names every table that holds something of a person, and nothing that is not there."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission

from clinic.staff import roles
from inquiries.admin import search_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data-flow.md").read_text(encoding="utf-8")
_, PICTURE, TEXT = PAGE.split("```")
TABLE = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("|")][2:]
# What else the database holds. A new table stands here or on the page: whoever makes it decides which.
NOTHING_OF_A_PERSON = {
    *("auth_permission", "auth_group", "auth_group_permissions", "django_content_type"),  # roles and what they allow
    *("inquiries_answer", "inquiries_workerheartbeat", "pages_edition", "pages_reference", "practice_closure"),
    *("post_office_emailtemplate", "post_office_attachment", "post_office_attachment_emails"),  # never used
}
# Each part of the picture, and where it is; None for what is not ours.
PARTS = {
    "browser": None,
    "https": None,
    "proxy": "deploy/nginx.conf",
    "web server": "clinic/wsgi.py",
    "PostgreSQL": "clinic/database.py",
    "worker": "inquiries/management/commands/worker.py",
    "mail server": None,
    "staff, in /admin/": "clinic/admin_site.py",
}


def named(cells: list[str]) -> set[str]:
    """What stands in code marks."""
    return set(re.findall(r"`([^`]+)`", " ".join(cells)))


def kept() -> dict[str, set[str]]:
    """The tables of the site, each with its columns."""
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]
    return {model._meta.db_table: {str(field.column) for field in model._meta.concrete_fields} for model in models}


def test_every_table_is_on_the_page_or_holds_nothing_of_a_person():
    on_the_page = {name for name in named([row[0] for row in TABLE]) if re.fullmatch(r"\w+", name)}

    assert on_the_page | NOTHING_OF_A_PERSON == set(kept())
    assert not on_the_page & NOTHING_OF_A_PERSON


def test_every_column_on_the_page_exists():
    columns = [name.split(".") for name in named([row[0] for row in TABLE]) if re.fullmatch(r"\w+\.\w+", name)]

    assert columns
    assert [(table, column) for table, column in columns if column not in kept()[table]] == []


@pytest.mark.django_db
def test_every_permission_on_the_page_exists():
    roles.make()
    known = set(Permission.objects.values_list("codename", flat=True))

    asked = named([row[2] for row in TABLE]) | {"export_inquiry"}

    assert asked <= known


def test_every_part_of_the_picture_exists():
    parts = {part.strip() for part in re.split(r"[─▶◀▲│\n]+", PICTURE)} - {""}

    assert parts == set(PARTS)
    assert [path for path in PARTS.values() if path and not (ROOT / path).exists()] == []


def test_every_file_and_decision_on_the_page_exists():
    files = [name for name in named([TEXT]) if re.fullmatch(r"[\w/]+\.py", name)]
    numbers = {number for found in re.findall(r"decisions? ([\d, ]+)", PAGE) for number in found.split(", ") if number}
    decisions = {str(int(path.name[:4])) for path in (ROOT / "docs" / "decisions").glob("0*.md")}

    assert files
    assert [name for name in files if not (ROOT / name).exists()] == []
    assert {number.strip() for number in numbers} <= decisions


def test_searches_are_kept_as_many_and_as_long_as_the_page_says():
    hours = settings.SESSION_COOKIE_AGE // 3600

    assert f"last {search_page.MOST_KEPT} searches, until they sign out or {hours} hours pass" in PAGE
