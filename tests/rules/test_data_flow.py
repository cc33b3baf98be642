"""docs/data-flow.md names every table that holds something of a person, and nothing that is not there."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission

from clinic.practice.models import Practice
from clinic.staff import roles
from inquiries import privacy
from inquiries.admin import search_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data-flow.md").read_text(encoding="utf-8")
_, PICTURE, TEXT = PAGE.split("```")
TABLE = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("|")][2:]
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


def test_every_table_that_holds_something_of_a_person_is_on_the_page():
    on_the_page = {name for name in named([row[0] for row in TABLE]) if re.fullmatch(r"\w+", name)}
    of_people = {privacy.models()[label]._meta.db_table for label, table in privacy.TABLES.items() if table.personal}

    assert of_people - on_the_page == set()
    assert on_the_page - of_people == {"inquiries_figure"}  # named because it is made of people's inquiries


def test_every_column_on_the_page_exists():
    columns = [name.split(".") for name in named([row[0] for row in TABLE]) if re.fullmatch(r"\w+\.\w+", name)]

    assert columns
    assert [(table, column) for table, column in columns if column not in kept()[table]] == []


@pytest.mark.django_db
def test_every_permission_on_the_page_exists():
    roles.make()
    known = set(Permission.objects.values_list("codename", flat=True))

    asked = named([row[2] for row in TABLE]) | {"export_inquiry", "export_person", "erase_person", "hold_inquiry"}

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


def test_periods_are_as_long_as_the_page_says():
    practice = Practice()
    days = {f"{practice.keep_quarantined_days} days"}
    months = {f"{practice.keep_closed_months} months", f"{practice.keep_unanswered_months} months"}

    said = " ".join(
        row[1] for row in TABLE if row[0] in ("suspected spam", "closed inquiries", "inquiries that nobody closed")
    )

    assert set(re.findall(r"\d+ (?:days|months)", said)) == days | months
