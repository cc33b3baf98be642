"""An inquiry's page: what happened in order, what is new to the reader, who looks, and where it leads."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context
from post_office.models import STATUS, Email

from inquiries import entries, services, timeline
from inquiries.models import Access, Inquiry, Look
from tests import admin_walk, factories, markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

NEXT_WEEK = timezone.localdate() + timedelta(days=7)
CRISIS = "I take warfarin. I want to end my life."


def page_of(kept: Inquiry) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[kept.pk])


def titles(client: Client, kept: Inquiry) -> list[str]:
    """What the timeline says happened, without the times."""
    page = markup.read(client.get(page_of(kept)).content)
    shown = page.one("ol", class_="desk-timeline").all("li")
    return [
        " ".join(
            item.one("p", class_="desk-item-title").text(without="desk-when").replace("Open the email", "").split()
        )
        if "desk-item" in item.attributes["class"].split()
        else item.words()
        for item in shown
        if item.attributes.get("class", "").startswith(("desk-item", "desk-new"))
    ]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- What happened ----------------------------------------------------------------------------------------------------


def test_everything_that_happened_stands_in_order_with_who_did_it(desk, nurse, colleague):
    kept = inquiry(sample=True)
    services.claim(kept.pk, by=nurse)
    services.note(kept.pk, text="Asked the pharmacist.", by=nurse)
    services.log_call(kept.pk, call="voicemail", text="Will try after lunch.", by=colleague)
    services.assign(kept.pk, to=colleague, by=nurse)
    services.wait(kept.pk, until=NEXT_WEEK, by=colleague)
    services.resume_waiting(today=NEXT_WEEK)
    services.close(kept.pk, outcome="booked", by=colleague)

    assert titles(desk, kept) == [
        "The message",
        "Nora claimed it",
        "Nora wrote a note",
        "Carlos called and left a voicemail",
        "Nora gave it to Carlos",
        f"Carlos set it aside until {NEXT_WEEK:%A, %B} {NEXT_WEEK.day}",
        "The day it waited for has come: it is open again",
        "Carlos closed it: Booked",
    ]


@pytest.mark.django_db(transaction=True)
def test_emails_stand_between_the_changes_by_their_time(desk, nurse):
    kept = inquiry()
    services.claim(kept.pk, by=nurse)

    kinds = [title.partition(":")[0] for title in titles(desk, kept)]

    assert kinds == ["The message", "Receipt to the patient", "News of an inquiry to the front desk", "Nora claimed it"]


def test_a_change_that_had_to_wait_for_another_stands_after_it_whatever_its_clock_says(nurse):
    kept = inquiry(sample=True)
    services.claim(kept.pk, by=nurse)
    services.release(kept.pk, by=nurse)
    history = timeline.read(kept)
    history.events[1].pgh_created_at += timedelta(seconds=1)

    said = [item.title for item in timeline.items(history, {nurse.pk: "Nora"}, reader=nurse.pk)]

    assert said == ["The message", "Nora claimed it", "Nora released it to everybody"]


def test_the_words_of_notes_and_calls_stand_where_they_were_written(desk, nurse):
    kept = inquiry()
    services.note(kept.pk, text="Asked <b>the</b>\npharmacist.", by=nurse)
    services.log_call(kept.pk, call="reached", text="She will come.", by=nurse)

    page = markup.read(desk.get(page_of(kept)).content)

    assert [text.text() for text in page.all("div", class_="desk-text")] == [
        "Asked <b>the</b>\npharmacist.",
        "She will come.",
    ]


def test_both_people_who_close_a_crisis_are_named(desk, nurse, colleague):
    kept = inquiry(message=CRISIS, sample=True)
    services.close(kept.pk, outcome="referred", by=nurse)
    services.confirm_close(kept.pk, by=colleague)

    assert titles(desk, kept)[1:] == [
        "Nora asks to close it (Referred on): a second person has to confirm",
        "Carlos confirmed the closing: Referred on",
    ]


def test_a_change_made_outside_the_desk_is_not_hidden(desk, nurse):
    kept = inquiry(sample=True)
    Inquiry.objects.filter(pk=kept.pk).update(status="open", owner=nurse, version=2)

    assert titles(desk, kept)[1:] == ["Somebody outside the desk changed it: it is now “Open”"]


@pytest.mark.parametrize(
    "status, words", [(STATUS.sent, "sent"), (STATUS.failed, "failed"), (STATUS.queued, "queued"), (None, "put aside")]
)
def test_each_email_stands_in_the_timeline_with_its_delivery(desk, status, words):
    kept = inquiry()
    Email.objects.filter(notice__inquiry=kept, notice__kind="receipt").update(status=status)

    shown = titles(desk, kept)

    assert any(title.startswith(f"Receipt to the patient: {words}") for title in shown)


def test_marked_words_say_why_they_are_marked(desk):
    kept = inquiry(message=CRISIS)

    page = markup.read(desk.get(page_of(kept)).content)

    why = page.one("details", id="why")
    marks = {mark.attributes["id"] for mark in page.all("mark")}
    links = {link.attributes["href"].removeprefix("#") for link in why.all("a")}
    assert "open" in why.attributes
    assert "Takes a blood thinner or daily aspirin." in why.words()
    assert "Speaks of ending a life." in why.words()
    assert links <= marks
    assert page.one(class_="desk-message").text(without="desk-mark-label") == CRISIS


def test_a_finding_in_another_field_is_explained_with_its_words(desk):
    kept = inquiry(name="I want to end my life")

    why = markup.read(desk.get(page_of(kept)).content).one("details", id="why").words()

    assert "“I want to end my life” (in: name)" in why or "end my life" in why


def test_clinical_flags_stand_beside_the_message_in_words(desk):
    kept = inquiry(message=CRISIS)

    facts = markup.read(desk.get(page_of(kept)).content).one("dl", class_="desk-facts")

    assert [flag.words() for flag in facts.all("li", class_="desk-flag")] == ["Blood thinner"]


# --- New since you looked ---------------------------------------------------------------------------------------------


def test_what_a_colleague_did_since_is_marked_as_new_once(desk, nurse, colleague):
    kept = inquiry(sample=True)
    desk.get(page_of(kept))
    services.note(kept.pk, text="Mine.", by=nurse)
    services.claim(kept.pk, by=colleague)

    first, second = titles(desk, kept), titles(desk, kept)

    assert first == ["The message", "Nora wrote a note", "New since you looked", "Carlos claimed it"]
    assert "New since you looked" not in second


def test_nothing_is_marked_as_new_for_somebody_who_never_looked(desk, colleague):
    kept = services.claim(inquiry(sample=True).pk, by=colleague)

    assert "New since you looked" not in titles(desk, kept)


# --- Who looks --------------------------------------------------------------------------------------------------------


def test_a_colleague_who_looks_now_is_named_and_opening_claims_nothing(desk, colleague):
    kept = inquiry()
    signed_in(colleague).get(page_of(kept))

    page = markup.read(desk.get(page_of(kept)).content)

    kept.refresh_from_db()
    assert page.one("p", class_="desk-viewing").words() == "Being viewed by Carlos"
    assert (kept.status, kept.owner, kept.version) == ("new", None, 1)


def test_somebody_who_looked_longer_ago_is_not_taken_to_be_there(desk, colleague):
    kept = inquiry()
    signed_in(colleague).get(page_of(kept))
    Look.objects.update(looked_at=timezone.now() - timedelta(minutes=3))

    page = markup.read(desk.get(page_of(kept)).content)

    assert page.one("p", class_="desk-viewing").words() == ""


def test_a_page_that_stays_open_keeps_its_reader_in_sight_and_hears_of_changes(desk, nurse, colleague):
    kept = inquiry()
    desk.get(page_of(kept))
    services.claim(kept.pk, by=colleague)
    signed_in(colleague).get(page_of(kept))

    answer = desk.get(reverse("admin:inquiries_inquiry_viewing", args=[kept.pk])).json()

    assert (answer["viewing"], answer["version"]) == (["Carlos"], 2)
    assert Look.objects.get(person=nurse).version == 1


def test_everybody_who_opened_it_is_named_on_it_and_in_the_access_log(desk, nurse, colleague):
    kept = inquiry()
    signed_in(colleague).get(page_of(kept))

    page = markup.read(desk.get(page_of(kept)).content)

    names = [line.words().split(",")[0] for line in page.one("ul", class_="desk-looked").all("li")]
    assert sorted(names) == ["Carlos", "Nora"]
    assert set(Access.objects.filter(inquiry=kept, deed="opened").values_list("person", flat=True)) == {
        nurse.pk,
        colleague.pk,
    }


# --- Where it leads ---------------------------------------------------------------------------------------------------


def neighbours(client: Client, kept: Inquiry) -> tuple[str, str]:
    """The addresses of the previous and the next in the queue."""
    page = markup.read(client.get(page_of(kept)).content)
    links = {link.attributes["rel"]: link.attributes["href"] for link in page.all("a") if "rel" in link.attributes}
    return links.get("prev", ""), links.get("next", "")


def test_next_and_previous_follow_the_queue_from_the_crisis_down(desk, nurse):
    now = timezone.now()
    later, soon = inquiry(received_at=now), inquiry(received_at=now - timedelta(days=2))
    crisis, overdue = inquiry(message=CRISIS), inquiry(received_at=now - timedelta(days=9))
    services.close(inquiry().pk, outcome="answered", by=nurse)
    queue = [crisis, overdue, soon, later]

    shown = [neighbours(desk, kept) for kept in queue]

    addresses = ["", *map(page_of, queue), ""]
    assert shown == list(zip(addresses, addresses[2:], strict=False))


@pytest.mark.parametrize(
    "first, second",
    [
        ({"email": "ada@example.org"}, {"email": "ADA@example.org"}),
        (
            {"reply_by": "phone", "email": "", "phone": "(212) 555-0187"},
            {"reply_by": "phone", "email": "", "phone": "+1 212.555.0187"},
        ),
    ],
)
def test_what_the_same_person_asked_before_is_found_however_they_typed_their_address(desk, first, second):
    before = inquiry(message="First.", **first)
    kept = inquiry(message="Second.", **second)
    inquiry(message="Third.", email="eve@example.org")

    page = markup.read(desk.get(page_of(kept)).content)

    links = [link.attributes["href"] for link in page.one("ul", class_="desk-same-person").all("a")]
    assert links == [page_of(before)]


def test_of_many_messages_from_one_person_the_newest_are_shown(desk):
    kept, *others = [
        inquiry(message=f"Number {n}.", received_at=timezone.now() - timedelta(days=9 - n)) for n in range(8)
    ]

    shown = markup.read(desk.get(page_of(kept)).content).one("ul", class_="desk-same-person")

    assert [link.attributes["href"] for link in shown.all("a")] == [page_of(other) for other in others[:1:-1]][:5]
    assert "There are more." in shown.words()


@pytest.mark.parametrize("index", ["inquiry_by_email", "inquiry_by_phone"])
def test_finding_the_same_person_reads_an_index(desk, index):
    kept = inquiry(phone="212 555 0187")
    with CaptureQueriesContext(connection) as queries:
        desk.get(page_of(kept))
    asked = next(query["sql"] for query in queries if "UNION ALL" in query["sql"])

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        factories.many(1_000)  # between empty tables the planner chooses by chance
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert index in plan


@pytest.mark.parametrize(
    "asked, warning",
    [
        ({"phone": "212 555 0187"}, "Do not leave a voicemail"),
        ({"writing_for": "someone_else"}, "The writer is not the patient."),
        ({"language": "es"}, "in Spanish"),
    ],
)
def test_how_the_person_may_be_reached_carries_its_warning(desk, asked, warning):
    facts = markup.read(desk.get(page_of(inquiry(**asked))).content).one("dl", class_="desk-facts")

    assert warning in facts.words()


def test_contact_attempts_of_a_crisis_are_counted_from_its_calls(desk, nurse):
    kept = inquiry(message=CRISIS)
    services.log_call(kept.pk, call="voicemail", by=nurse)
    services.log_call(kept.pk, call="reached", by=nurse)

    facts = markup.read(desk.get(page_of(kept)).content).one("dl", class_="desk-facts").words()

    assert "Contact attempts 2, the last: reached the person" in facts


# --- What it costs, and what it leaves behind -------------------------------------------------------------------------


def test_the_page_asks_the_database_as_often_for_a_long_history_as_for_a_short_one(nurse, colleague, long_memory):
    reader = factories.staff("rita@example.org", "Rita")
    type(reader).objects.filter(pk=reader.pk).update(is_superuser=False)
    wanted = ("view_inquiry", "open_inquiry", "change_inquiry", "assign_inquiry", "view_access")
    reader.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    kept, browser = inquiry(message=CRISIS, phone="212 555 0187"), signed_in(reader)
    counts = []
    for rounds in (1, 12):
        for n in range(rounds):
            services.note(kept.pk, text=f"Note {n}", by=nurse)
            services.log_call(kept.pk, call="no_answer", by=colleague)
            inquiry(message=f"Another {rounds} {n}", phone="212 555 0187")
        signed_in(colleague).get(page_of(kept))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page_of(kept)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 15


PRIVATE = ["zacharias", "quill", "555-0187", "5550187", "lunchtime", "marmalade", "end my life", "pharmacist", "begun"]


def test_after_a_whole_journey_neither_history_nor_the_access_log_holds_personal_data(desk, nurse, colleague):
    said = {"name": "Zacharias Quill", "email": "quill@example.org", "phone": "(212) 555-0187"}
    kept = inquiry(**said, contact_times="lunchtime", message="I want to end my life. Marmalade.")
    desk.get(page_of(kept))
    services.claim(kept.pk, by=nurse)
    services.acknowledge(kept.pk, by=nurse)
    entries.keep_draft(kept.pk, text="begun", by=nurse)
    services.note(kept.pk, text="Quill asked the pharmacist.", by=nurse)
    services.log_call(kept.pk, call="reached", text="Quill again", by=nurse)
    services.close(kept.pk, outcome="answered", by=nurse)
    services.confirm_close(kept.pk, by=colleague)
    desk.get(page_of(kept))

    events = apps.get_model("inquiries", "InquiryEvent").objects
    kept_for_ever = repr([list(rows.values()) for rows in (events, Context.objects, Access.objects)]).lower()

    assert Access.objects.exists()
    assert re.search(r"confirm_close", kept_for_ever)
    assert [word for word in PRIVATE if word in kept_for_ever] == []


# --- What it costs ----------------------------------------------------------------------------------------------------

MOST_QUERIES = 15


def opening(client: Client, kept: Inquiry) -> int:
    """How many statements one opening asks of the database, those that begin and end a transaction counted too."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_of(kept)).status_code == 200
    return len(queries)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["Front desk", "Clinician", "Manager", "superuser"])
def test_opening_an_inquiry_asks_the_same_few_questions_however_much_there_is_to_show(role, monkeypatch):
    """BEGIN and COMMIT count, as in the benchmark; the practice's facts, which a process keeps for seconds, do not."""
    monkeypatch.setattr("clinic.practice.models.monotonic", lambda: 0.0)
    person = admin_walk.somebody(role)
    client, colleague = signed_in(person), factories.staff("carlos@example.org", "Carlos")
    plain, full = inquiry(email="eve@example.org"), inquiry(message=CRISIS, phone="212 555 0187")
    opening(client, plain)  # what the process keeps for a moment

    few = [opening(client, plain), opening(client, plain)]
    services.claim(full.pk, by=person)
    for number in range(12):
        services.note(full.pk, text=f"Note {number}", by=colleague)
        services.log_call(full.pk, call="voicemail", by=colleague)
        inquiry(message=f"Another {number}", email="ada@example.org")
        inquiry(message=f"By phone {number}", email="", reply_by="phone", phone="212 555 0187", voicemail_ok=False)
        factories.answer(f"Answer {number}")
        opening(signed_in(factories.staff(f"person{number}@example.org", f"Person {number}")), full)
    entries.keep_draft(full.pk, text="A draft", by=person)
    many = [opening(client, full), opening(client, full)]

    assert {*few, *many} == {few[0]}
    assert few[0] <= MOST_QUERIES
