"""The handover: what the next shift must know, on a sheet without a word of any message."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.practice.models import Closure, Practice
from clinic.staff import roles
from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.admin import handover
from inquiries.models import Access, Inquiry
from inquiries.shift import shift
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

SHEET = "/admin/inquiries/inquiry/handover/"
CRISIS = "I do not want to be alive anymore."


def sheet(client: Client) -> markup.Element:
    response = client.get(SHEET)
    assert response.status_code == 200
    return markup.read(response.content).one(id="content-main")


def part(client: Client, key: str) -> list[str]:
    """The references in one part of the sheet, from top to bottom."""
    rows = sheet(client).one("section", class_=f"desk-part-{key}").all("th", scope="row")
    return ["".join(row.words().split()) for row in rows]


@pytest.fixture
def clinic() -> Practice:
    """Open Monday to Friday from 9 to 5 in New York."""
    practice = Practice.objects.current()
    practice.opening_hours = "Mo-Fr 09:00-17:00; PH off"
    practice.save()
    return practice


# --- Which hours it is about: 2026-11-16 is a Monday, and New York is five hours behind UTC --------------------------


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour + 5, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "now, since, closes_at, next_day",
    [
        (local(17, 16, 45), local(16, 16, 45), local(17, 17), 18),  # on Tuesday before closing: the last 24 hours
        (local(16, 8, 30), local(13, 17), local(16, 17), 17),  # on Monday morning: the weekend is in it
        (local(16, 9, 5), local(13, 17), local(16, 17), 17),  # and after opening, too
        (local(13, 16, 45), local(12, 16, 45), local(13, 17), 16),  # on Friday: the next open day is Monday
        (local(13, 17), local(12, 17), local(16, 17), 16),  # at closing time the day is over
        (local(14, 12), local(13, 12), local(16, 17), 16),  # on Saturday
        (local(25, 16), local(24, 16), local(25, 17), 27),  # before Thanksgiving
    ],
)
def test_a_shift_reaches_from_the_last_closing_to_the_next(clinic, now, since, closes_at, next_day):
    found = shift(clinic, now)

    assert (found.since, found.closes_at, found.next_day) == (since, closes_at, date(2026, 11, next_day))


def test_days_on_which_the_clinic_is_closed_are_no_open_days(clinic):
    Closure.objects.create(practice=clinic, first_day=date(2026, 11, 18), last_day=date(2026, 11, 19))

    assert shift(clinic, local(17, 16)).next_day == date(2026, 11, 20)


@pytest.mark.parametrize("hours", ["24/7", "Mo-Su 00:00-24:00"])
def test_a_clinic_that_never_closes_hands_over_at_midnight(clinic, hours):
    clinic.opening_hours = hours

    found = shift(clinic, local(17, 16))

    assert (found.since, found.closes_at) == (local(16, 16), local(18, 0))
    assert found.next_day == date(2026, 11, 18)


def test_a_day_that_ends_at_midnight_is_not_the_next_day(clinic):
    clinic.opening_hours = "Mo,We 00:00-24:00"

    found = shift(clinic, local(16, 12))

    assert (found.closes_at, found.next_day) == (local(17, 0), date(2026, 11, 18))


def test_hours_that_nobody_can_read_stop_no_handover(clinic):
    clinic.opening_hours = "whenever we like"

    found = shift(clinic, local(17, 16))

    assert (found.since, found.closes_at, found.next_day) == (local(16, 16), local(18, 0), date(2026, 11, 18))


# --- What is on it ----------------------------------------------------------------------------------------------------


def test_an_unacknowledged_crisis_comes_first_and_stands_on_the_sheet_once_as_such(desk, nurse):
    acknowledged, crisis = inquiry(message=CRISIS), inquiry(message=CRISIS)
    services.acknowledge(acknowledged.pk, by=nurse)

    assert part(desk, "crisis") == [crisis.reference]
    assert part(desk, "due") == [acknowledged.reference]


def test_what_is_overdue_or_due_before_closing_is_listed_soonest_first(desk, clinic):
    long_ago, closes_at = timezone.now() - timedelta(days=20), shift(clinic, timezone.now()).closes_at
    kept = {}
    for name, due_at in (
        ("at closing", closes_at),
        ("just before", closes_at - timedelta(seconds=1)),
        ("overdue", timezone.now() - timedelta(hours=3)),
    ):
        kept[name] = inquiry(received_at=long_ago).reference
        Inquiry.objects.filter(reference=kept[name]).update(due_at=due_at)

    assert part(desk, "due") == [kept["overdue"], kept["just before"]]


def test_who_comes_back_by_the_next_open_day_is_listed(desk, nurse, clinic):
    next_day = shift(clinic, timezone.now()).next_day
    kept = [inquiry() for _ in range(2)]
    for late, waiting in enumerate(kept):
        services.claim(waiting.pk, by=nurse)
        services.wait(waiting.pk, until=next_day + timedelta(days=late), by=nurse)

    assert part(desk, "back") == [kept[0].reference]


def test_what_came_in_is_listed_with_what_is_still_to_take(desk, nurse, clinic):
    since = shift(clinic, timezone.now()).since
    inquiry(received_at=since - timedelta(minutes=1))
    first, second = inquiry(received_at=since + timedelta(minutes=1)), inquiry()
    services.claim(first.pk, by=nurse)

    assert part(desk, "new") == [second.reference, first.reference]
    assert "2; 1 of them unassigned" in sheet(desk).words()


def test_the_sheet_says_who_is_on_call_and_when_we_close(desk, clinic):
    clinic.on_call_addresses = ["nights@example.org", "weekends@example.org"]
    clinic.save()

    shown = sheet(desk).words()

    assert "nights@example.org, weekends@example.org" in shown
    assert "5:00 pm" in shown


def test_names_are_on_the_sheet_and_nothing_else_that_a_patient_wrote(desk, nurse):
    kept = inquiry(
        name="Zacharias Quill",
        email="quill@example.org",
        phone="(212) 555-0187",
        contact_times="after lunchtime",
        message=f"{CRISIS} Marmalade.",
    )
    services.claim(kept.pk, by=nurse)
    services.note(kept.pk, text="Called the sister.", by=nurse)

    shown = desk.get(SHEET).content.decode().lower()

    assert "zacharias quill" in shown
    private = ["quill@", "555-0187", "lunchtime", "marmalade", "alive", "sister"]
    assert [word for word in private if word in shown] == []


def test_an_empty_sheet_says_so(desk):
    shown = sheet(desk)

    assert [section.words().split(": ")[1] for section in shown.all("section")] == [
        "0 None.", "0 Nothing.", "0 None.", "0 Nothing.",
    ]  # fmt: skip


def test_a_long_list_is_cut_and_the_sheet_says_that_it_is(desk, monkeypatch):
    monkeypatch.setattr(handover, "MOST_ROWS", 2)
    for _ in range(3):
        inquiry()

    assert len(part(desk, "new")) == 2
    assert "What came in: 3" in sheet(desk).words()
    assert "These are the first 2." in sheet(desk).words()


def test_the_sheet_asks_the_database_as_often_for_many_as_for_one(desk, nurse, long_memory):
    counts = []
    for rows in (1, 12):
        for _ in range(rows):
            services.claim(inquiry(received_at=timezone.now() - timedelta(hours=20)).pk, by=nurse)
            inquiry(message=CRISIS)
        desk.get(SHEET)
        with CaptureQueriesContext(connection) as queries:
            desk.get(SHEET)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


# --- Who may look -----------------------------------------------------------------------------------------------------


def test_whoever_looks_is_written_down(desk, nurse):
    desk.get(SHEET)

    row = Access.objects.get()
    assert (row.person, row.deed, row.place) == (nurse, "listed", "admin:inquiries_inquiry_handover")


@pytest.mark.parametrize("role, status, deed", [("Auditor", 200, "listed"), ("Content editor", 403, "refused")])
def test_the_sheet_is_for_those_who_may_see_the_list(client, role, status, deed):
    roles.make()
    person = StaffUser.objects.create_user("somebody@example.org", "a long enough pass phrase", is_staff=True)
    person.groups.set(Group.objects.filter(name=role))
    client.force_login(person)
    kept = inquiry()

    response = client.get(SHEET)

    assert response.status_code == status
    assert Access.objects.get().deed == deed
    assert f"/inquiry/{kept.pk}/change/" not in response.content.decode()  # neither may open it


def test_the_sheet_takes_no_changes(desk):
    assert desk.post(SHEET).status_code == 405
