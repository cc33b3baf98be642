"""The desk's first page: its numbers are those of its lists, its charts those of their tables, for whoever may see."""

import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from clinic.pages import loader
from clinic.staff import roles
from clinic.staff.models import StaffUser
from inquiries import answers, charts, figures, services
from inquiries.admin import standing
from inquiries.models import Answer, AnswerVersion, Inquiry, WorkerHeartbeat
from tests import factories, markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

CRISIS = "I do not want to be alive anymore."


def board(client: Client) -> markup.Element:
    response = client.get("/admin/")
    assert response.status_code == 200
    return markup.read(response.content).one(id="content-main")


def cards(client: Client) -> dict[str, tuple[str, str]]:
    """Each card's number and address, by its label."""
    found = [card.one("a") for card in board(client).all("li", class_="desk-card")]
    return {
        link.one(class_="desk-card-label").words(): (
            link.one(class_="desk-card-number").words(),
            link.attributes["href"],
        )
        for link in found
    }


def somebody(role: str) -> Client:
    """A browser in which somebody with this role has signed in."""
    roles.make()
    person = StaffUser.objects.create_user("somebody@example.org", "a long enough pass phrase", is_staff=True)
    person.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(person)
    return client


def due(kept: Inquiry, minutes: int) -> Inquiry:
    """The same inquiry, due so many minutes from now."""
    Inquiry.objects.filter(pk=kept.pk).update(due_at=timezone.now() + timedelta(minutes=minutes))
    return kept


@pytest.fixture
def busy(nurse, colleague) -> None:
    """Something in each list, and never the same number in two of them by accident of there being nothing."""
    long_ago = timezone.now() - timedelta(days=9)
    crises = [inquiry(message=CRISIS) for _ in range(3)]
    services.acknowledge(crises[0].pk, by=nurse)
    for minutes in (-60, -1, 1, 59, 61):
        due(inquiry(received_at=long_ago), minutes)
    for _ in range(2):
        services.claim(inquiry().pk, by=nurse)
    services.claim(inquiry().pk, by=colleague)
    failed = inquiry(received_at=long_ago)
    due(failed, 600)
    Email.objects.filter(notice__inquiry=failed).update(status=STATUS.failed)
    Email.objects.exclude(notice__inquiry=failed).update(status=STATUS.sent)
    Inquiry.objects.filter(pk=inquiry().pk).update(status="quarantined")


def test_each_card_says_as_many_as_its_list_holds(desk, busy):
    shown = cards(desk)

    assert {label: number for label, (number, _) in shown.items()} == {
        "Crisis, not acknowledged": "2",
        "Overdue": "2",
        "Due within the hour": "5",  # two of the five, and three crises that are due within minutes
        "Unassigned": "9",
        "Mine": "2",
        "Not delivered": "1",
        "Quarantine": "1",
    }
    for label, (number, url) in shown.items():
        rows = markup.read(desk.get(url).content).one("table", id="result_list").one("tbody").all("tr")
        assert str(len(rows)) == number, label


def test_a_card_counts_no_further_than_its_list(desk, busy, monkeypatch):
    monkeypatch.setattr(standing, "MOST", 4)

    assert cards(desk)["Unassigned"][0] == "4+"


def test_crises_that_nobody_acknowledged_come_first_and_stand_out(desk, busy):
    first = board(desk).all("li", class_="desk-card")[0]

    assert first.words() == "2 Crisis, not acknowledged"
    assert "desk-card--alarm" in first.attributes["class"]


def test_an_empty_desk_says_so_in_words_and_draws_nothing(desk):
    WorkerHeartbeat.objects.create(beat_at=timezone.now())
    figures.keep()

    page = board(desk)

    assert {number for number, _ in cards(desk).values()} == {"0"}
    assert [panel.all("svg") + panel.all("table") for panel in page.all(class_="desk-panel")] == [[]] * 5
    assert "None came in the last 30 days." in page.words()
    assert "No first reply was recorded in the last twelve weeks." in page.words()
    assert "None was acknowledged in the last twelve weeks." in page.words()
    assert "None " not in page.words().replace("None came", "").replace("None was", "")


def test_before_the_worker_has_counted_the_page_says_so(desk):
    inquiry()

    assert "Nothing was counted yet" in board(desk).words()


@pytest.fixture
def counted(nurse) -> None:
    """Replies and acknowledgements of three weeks, counted."""
    WorkerHeartbeat.objects.create(beat_at=timezone.now())
    now = timezone.now()
    for days, minutes, topic in ((1, 30, "treatment"), (8, 200, "billing"), (8, 400, "billing"), (15, 3000, "other")):
        at = now - timedelta(days=days)
        kept = inquiry(received_at=at - timedelta(minutes=minutes), topic=topic)
        Inquiry.objects.filter(pk=kept.pk).update(first_replied_at=at)
    crisis = inquiry(message=CRISIS, received_at=now - timedelta(days=1))
    at = now - timedelta(days=1) + timedelta(minutes=7)
    Inquiry.objects.filter(pk=crisis.pk).update(acknowledged_at=at, acknowledged_by=nurse)
    figures.keep()


@pytest.mark.parametrize("key", ["acknowledged", "replied", "topics"])
def test_each_chart_of_times_has_a_table_with_the_same_numbers(desk, counted, key):
    panel = board(desk).one("section", class_=f"desk-panel--{key}")

    rows = [[cell.words() for cell in row] for row in _rows(panel)]
    told = {
        f"{name}: Half of {counted} within {median}, 95 of 100 within {slow}"
        for name, counted, median, slow in rows
        if counted != "0"
    }
    drawn = {title.words().removeprefix("Week of ") for title in panel.one("svg").all("title")}
    assert drawn == told
    assert drawn


def test_the_chart_of_days_has_a_table_with_the_same_numbers_and_each_leads_to_its_list(desk, counted):
    panel = board(desk).one("section", class_="desk-panel--received")

    read = [
        (day.words().partition(", ")[2], number.text(without="desk-hidden"), number) for day, number in _rows(panel)
    ]
    rows = [row for row in read if row[1] != "0"]
    told = [f"{day}: {number}" for day, number, _ in rows]
    assert [title.words() for title in panel.one("svg").all("title")] == told[::-1]
    assert len(rows) >= 3
    for _, number, cell in rows:
        page = desk.get("/admin/inquiries/inquiry/" + cell.one("a").attributes["href"].partition("inquiry/")[2])
        assert str(len(_rows(markup.read(page.content).one("table", id="result_list")))) == number


def _rows(element: markup.Element) -> list[list[markup.Element]]:
    return [[cell for cell in row if cell.tag in ("th", "td")] for row in element.one("tbody").all("tr")]


def test_a_chart_has_a_name_and_a_sentence_and_no_colours_of_its_own(desk, counted):
    page = board(desk)

    for chart in page.all("svg"):
        assert chart.attributes["role"] == "img"
        named = [chart.attributes[name] for name in ("aria-labelledby", "aria-describedby")]
        assert all(page.one(id=name).words() for name in named)
    drawn = [element for chart in page.all("svg") for element in chart]
    assert drawn
    assert [element.tag for element in drawn if {"style", "fill", "stroke"} & set(element.attributes)] == []


def test_longer_times_are_drawn_as_longer_bars():
    items = [charts.Item("", "", 60, 120), charts.Item("", "", 600, 700), charts.Item("", "", None)]

    upright = charts.columns(items, charts.times, charts.duration, promise=900)
    lying = charts.rows(items, charts.times, charts.duration)

    assert len(upright.shapes) == len(lying.shapes) == 2
    assert upright.shapes[1].height == pytest.approx(10 * upright.shapes[0].height, rel=0.1)
    assert lying.shapes[1].width == pytest.approx(10 * lying.shapes[0].width, rel=0.1)


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_569, "59 min"), (3_599, "1 h"), (12_000, "3 h 20 min"),
        (86_399, "1 day"), (90_000, "1 day 1 h"), (172_800, "2 days"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_the_two_units_that_matter(seconds, words):
    assert charts.duration(seconds) == words


@pytest.mark.parametrize("most", [0, 1, 59, 61, 4_000, 90_000, 10**9])
def test_an_axis_reaches_as_far_as_the_longest_bar_in_a_few_steps(most):
    for axis in (charts.times, charts.numbers):
        marks = axis(most)

        assert marks[0] == 0 < marks[-1] >= most
        assert len(marks) <= 6


def test_the_page_asks_the_database_as_often_for_many_inquiries_as_for_none(desk, nurse, request, long_memory):
    desk.get("/admin/")
    with CaptureQueriesContext(connection) as few:
        desk.get("/admin/")
    request.getfixturevalue("busy")
    request.getfixturevalue("counted")

    with CaptureQueriesContext(connection) as many:
        desk.get("/admin/")

    assert len(many) == len(few) <= 15


# --- Prepared answers -------------------------------------------------------------------------------------------------


def waiting_answers(client: Client) -> list[str]:
    """The links to those that wait for approval; fails the test when the page says nothing about them."""
    box = board(client).one("section", **{"aria-labelledby": "waiting-answers"})
    return [link.words() for link in box.all("a") if link.words() != "All prepared answers"]


def test_a_clinician_sees_which_prepared_answers_wait_for_approval(nurse):
    Answer.objects.all().delete()
    factories.answer("Approved")
    new, changed = factories.answer("New", approved=False), factories.answer("Changed")
    AnswerVersion.objects.create(answer=changed, number=2, text="A newer text.")
    answers.retire(factories.answer("Retired", approved=False).pk, seen=1, by=nurse)

    client = somebody("Clinician")

    assert sorted(waiting_answers(client)) == ["Changed", "New"]
    assert client.get(f"/admin/inquiries/answer/{new.pk}/change/").status_code == 200


def test_where_no_prepared_answer_waits_the_page_says_so(desk):
    Answer.objects.all().delete()

    assert waiting_answers(desk) == []


@pytest.mark.parametrize("role", ["Front desk", "Content editor", "Auditor"])
def test_who_may_not_approve_is_not_told_what_waits_for_approval(role):
    factories.answer("New", approved=False)

    assert "approval" not in board(somebody(role)).words()


# --- Who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Front desk", "Clinician", "Manager", "Auditor"])
def test_whoever_may_see_the_list_sees_what_waits(role, busy):
    assert len(cards(somebody(role))) == 7


@pytest.mark.parametrize("role, may", [("Front desk", True), ("Auditor", False)])
def test_claim_next_and_the_outbox_are_offered_to_those_who_may(role, may, busy):
    page = board(somebody(role))

    assert ("Claim next" in page.words()) is may
    assert bool([link for link in page.all("a") if "/post_office/" in link.attributes["href"]]) is may


def test_a_content_editor_sees_pages_and_nothing_of_inquiries(busy, counted):
    loader.load()
    page = board(somebody("Content editor"))

    assert "Overdue reviews" in page.words()
    assert not page.all(class_="desk-card")
    assert not page.all("svg")
    assert "Handover" not in page.words()
    assert "Worker" not in page.words()


def test_somebody_without_a_role_is_told_whom_to_ask():
    assert "Ask a manager" in board(somebody("")).words()


# --- Our own machinery ------------------------------------------------------------------------------------------------


def machinery(client: Client) -> dict[str, str]:
    parts = board(client).one("dl", class_="desk-parts").all(class_="desk-part")
    return {part.one("dt").words(): part.one("dd").words() for part in parts}


def test_the_page_says_that_the_worker_is_at_work_no_email_waits_and_the_backup_is_not_known(desk):
    WorkerHeartbeat.objects.create(beat_at=timezone.now())

    assert machinery(desk) == {"Worker": "At work.", "Email": "No email waits.", "Last backup": "Not known."}


def test_the_page_says_what_needs_looking_after(desk, settings, tmp_path):
    WorkerHeartbeat.objects.create(beat_at=timezone.now() - timedelta(hours=3))
    inquiry()
    Email.objects.update(status=STATUS.failed)
    settings.BACKUP_STAMP = tmp_path / "stamp"

    shown = machinery(desk)

    assert shown["Worker"] == "Look after it It stopped 3\xa0hours ago.".replace("\xa0", " ")
    assert shown["Email"].startswith("Look after it No email waits. 2 failed.")
    assert shown["Last backup"] == "Look after it None was found."


@pytest.mark.parametrize("hours, words", [(5, "5 hours ago."), (72, "Look after it 3 days ago.")])
def test_the_age_of_the_last_backup_is_that_of_its_stamp(desk, settings, tmp_path, hours, words):
    settings.BACKUP_STAMP = tmp_path / "stamp"
    settings.BACKUP_STAMP.touch()
    made = timezone.now().timestamp() - hours * 3600 - 60
    os.utime(settings.BACKUP_STAMP, (made, made))

    assert machinery(desk)["Last backup"] == words
