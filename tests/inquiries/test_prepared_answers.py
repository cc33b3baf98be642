"""Prepared answers: written, approved by a clinician, filled in for one person, and put into what somebody writes."""

import importlib
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.practice.models import Practice
from clinic.staff import roles
from clinic.staff.models import StaffUser
from inquiries import answers, services
from inquiries.changes import Refused, Stale
from inquiries.models import Answer, AnswerVersion, Draft, Inquiry
from tests import markup
from tests.factories import answer, inquiry

pytestmark = pytest.mark.django_db

STARTERS = importlib.import_module("inquiries.migrations.0012_starter_answers")
TYPED = "Spoke to her sister.\n"


@pytest.fixture(autouse=True)
def _no_others():
    """Only the answers of the test are there."""
    Answer.objects.all().delete()


def filled(text: str, **facts):
    kept = inquiry(**{"name": "Ada Example", **facts})
    return answers.fill(AnswerVersion(text=text), kept, Practice.objects.current())


def person(role: str) -> StaffUser:
    roles.make()
    somebody = StaffUser.objects.create_user(f"{role.split()[0].lower()}@example.org", is_staff=True)
    somebody.groups.set(Group.objects.filter(name=role))
    return somebody


# --- What an answer says ---------------------------------------------------------------------------------------------


def test_variables_are_filled_with_the_facts_of_the_inquiry_and_the_practice():
    said = filled("{name}: {reference}, {practice_name}, { practice_phone }")

    reference = Inquiry.objects.get().reference
    assert said == answers.Filled(f"Ada Example: {reference}, Riverside Example Clinic, (212) 555-0123", ())


@pytest.mark.parametrize("language, month", [("en", "January"), ("es", "enero")])
def test_the_promised_time_is_said_in_the_language_of_the_inquiry(language, month):
    kept = inquiry(language=language)
    kept.due_at = kept.due_at.replace(year=timezone.now().year + 1, month=1, day=15)

    said = answers.fill(AnswerVersion(text="{due}"), kept, Practice.objects.current())

    assert (month in said.text, said.missing) == (True, ())


def test_a_promised_time_that_has_passed_is_not_promised_again():
    kept = inquiry()
    kept.due_at = timezone.now() - timedelta(minutes=1)

    said = answers.fill(AnswerVersion(text="By {due}."), kept, Practice.objects.current())

    assert (said.text, said.missing) == ("By {due}.", ("due",))


def test_a_variable_that_nobody_knows_is_named_once_and_stays_as_typed():
    said = filled("{nmae}, {name}, {nmae}, {Name}")

    assert said == answers.Filled("{nmae}, Ada Example, {nmae}, {Name}", ("nmae", "Name"))


def test_a_name_of_blanks_cannot_fill_its_variable():
    assert filled("Hello {name}", name=" \t").missing == ("name",)


@pytest.mark.parametrize("text", ["{}", "{ }", "{see below}", "{1}", "a { b", "} {", "{% now 'Y' %}", "{{ }}", "{a.b}"])
def test_braces_that_are_no_variable_stay_as_typed(text):
    assert filled(text) == answers.Filled(text, ())


def test_a_name_that_looks_like_a_variable_or_a_template_is_only_a_name():
    assert filled("Hello {name}", name="{due} {% now 'Y' %}{{ settings }}").text == (
        "Hello {due} {% now 'Y' %}{{ settings }}"
    )


# --- Writing, approving, retiring ------------------------------------------------------------------------------------


def test_a_new_answer_is_offered_only_once_somebody_has_approved_it(nurse):
    kept = answers.create(name="Hours", topic="", language="en", text="We open at 9.", by=nurse)
    before = list(Answer.objects.offered())

    answers.approve(kept.pk, by=nurse, seen=kept.revision)

    assert (before, list(Answer.objects.offered())) == ([], [kept])


def test_a_changed_text_waits_for_approval_while_the_approved_one_is_used(desk, nurse):
    kept = answer("Hours", "We open at 9.")
    answers.save(kept.pk, name="Hours", topic="", text="We open at 10.", by=nurse, seen=1)

    assert inserted(desk, inquiry(), kept).one("textarea", name="reply-text").text() == "We open at 9."


def test_the_newest_approved_text_is_the_one_that_is_used(desk):
    kept = answer("Hours", "We open at 9.", "We open at 10.")

    assert inserted(desk, inquiry(), kept).one("textarea", name="reply-text").text() == "We open at 10."


def test_a_new_name_or_topic_makes_no_new_text(nurse):
    kept = answer("Hours", "We open at 9.")

    answers.save(kept.pk, name="Opening hours", topic="appointment", text="We open at 9.", by=nurse, seen=1)

    kept.refresh_from_db()
    assert (kept.name, kept.topic, kept.versions.count()) == ("Opening hours", "appointment", 1)


def test_a_text_with_a_variable_that_nobody_knows_is_not_approved(nurse):
    kept = answer("Hours", "Hello {nmae}", approved=False)

    with pytest.raises(Refused, match=r"\{nmae\} is not a variable"):
        answers.approve(kept.pk, by=nurse, seen=1)


def test_a_text_is_approved_once(nurse):
    kept = answer("Hours")

    with pytest.raises(Refused, match="approved already"):
        answers.approve(kept.pk, by=nurse, seen=1)


def test_saving_what_is_there_already_is_refused(nurse):
    kept = answer("Hours", "We open at 9.")

    with pytest.raises(Refused, match="Nothing has changed"):
        answers.save(kept.pk, name="Hours", topic="", text="\r\nWe open at 9. ", by=nurse, seen=1)


def test_a_retired_answer_is_offered_no_more_until_somebody_brings_it_back(nurse):
    kept = answer("Hours")
    retired = answers.retire(kept.pk, by=nurse, seen=1)
    while_retired = list(Answer.objects.offered())

    answers.bring_back(kept.pk, by=nurse, seen=retired.revision)

    assert (while_retired, list(Answer.objects.offered())) == ([], [kept])


@pytest.mark.parametrize("change", ["save", "approve", "retire"])
def test_a_retired_answer_is_neither_changed_nor_approved_nor_retired_again(nurse, change):
    kept = answers.retire(answer("Hours", approved=False).pk, by=nurse, seen=1)
    more = {"name": "Hours", "topic": "", "text": "Other words."} if change == "save" else {}

    with pytest.raises(Refused, match="retired"):
        getattr(answers, change)(kept.pk, by=nurse, seen=kept.revision, **more)


def test_only_a_retired_answer_is_brought_back(nurse):
    with pytest.raises(Refused, match="not retired"):
        answers.bring_back(answer("Hours").pk, by=nurse, seen=1)


@pytest.mark.parametrize("change", ["save", "approve", "retire", "bring_back"])
def test_a_change_that_has_not_seen_the_last_one_is_refused(nurse, change):
    kept = answer("Hours", approved=False)
    answers.save(kept.pk, name="Hours", topic="", text="First come.", by=nurse, seen=1)
    more = {"name": "Hours", "topic": "", "text": "Second."} if change == "save" else {}

    with pytest.raises(Stale):
        getattr(answers, change)(kept.pk, by=nurse, seen=1, **more)

    assert kept.versions.latest("number").text == "First come."


@pytest.mark.parametrize(
    "role, allowed",
    [
        ("Front desk", set()),
        ("Clinician", {"create", "save", "approve", "retire", "bring_back"}),
        ("Content editor", {"create", "save", "retire", "bring_back"}),
        ("Auditor", set()),
    ],
)
def test_each_role_may_write_or_approve_as_its_work_asks(role, allowed):
    by, kept = person(role), answer("Hours", approved=False)
    written = {"name": "Again", "topic": "", "text": "Words."}
    changes = {"create": {**written, "language": "en"}, "save": written, "approve": {}, "retire": {}, "bring_back": {}}

    done = set()
    for change, facts in changes.items():
        seen = {} if change == "create" else {"answer_id": kept.pk, "seen": 0}
        try:
            getattr(answers, change)(**seen, **facts, by=by)
            done.add(change)
        except Stale:
            done.add(change)  # it was allowed that far
        except PermissionDenied:
            continue

    assert done == allowed


@pytest.mark.parametrize("column", ["text = 'Other'", "number = 9", "author_id = NULL, made_at = now()"])
def test_the_database_lets_no_text_change(nurse, column):
    answers.create(name="Hours", topic="", language="en", text="We open at 9.", by=nurse)

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE inquiries_answerversion SET {column}")  # noqa: S608 - our own constants


def test_the_database_keeps_an_approval_and_what_was_approved():
    answer("Hours")

    for statement in ("UPDATE inquiries_answerversion SET approved_at = now()", "DELETE FROM inquiries_answerversion"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- The editor ------------------------------------------------------------------------------------------------------


def page_of(kept: Answer) -> str:
    return reverse("admin:inquiries_answer_change", args=[kept.pk])


def posted(kept: Answer | None = None, **changes) -> dict[str, str]:
    return {"name": "Hours", "topic": "", "language": "en", "text": "We open at 10.", "seen": "1", **changes}


def test_the_list_says_which_answers_staff_are_offered(desk, nurse):
    answers.retire(answer("Old").pk, by=nurse, seen=1)
    newer = answer("Newer")
    answers.save(newer.pk, name="Newer", topic="", text="Newer words.", by=nurse, seen=1)
    answer("Draft", approved=False)
    answer("Plain")

    rows = markup.read(desk.get(reverse("admin:inquiries_answer_changelist")).content).text()

    for name, state in {
        "Draft": "Not offered yet: waits for approval",
        "Newer": "Offered; a newer text waits for approval",
        "Old": "Retired",
        "Plain": "Offered",
    }.items():
        assert re.search(rf"{name}\s+Any\s+English\s+{state}\s", rows), name


def test_staff_write_a_new_answer_which_a_clinician_then_approves(desk):
    response = desk.post(reverse("admin:inquiries_answer_add"), posted())
    kept = Answer.objects.get()

    desk.post(reverse("admin:inquiries_answer_action", args=[kept.pk, "approve"]), {"seen": kept.revision})

    assert (response.status_code, response.url) == (302, page_of(kept))
    assert list(Answer.objects.offered()) == [kept]


def test_the_editor_lists_every_variable_and_shows_how_the_text_reads(desk):
    page = markup.read(desk.get(page_of(answer("Hours", "Hello {name}, {practice_phone}"))).content)

    shown = page.one(id="content-main").text()
    assert all(f"{{{name}}}" in shown for name in answers.VARIABLES)
    assert "Hello Ada Example, (212) 555-0123" in shown


def test_a_preview_shows_unsaved_words_and_names_what_is_no_variable_and_saves_nothing(desk):
    kept = answer("Hours", "We open at 9.")

    response = desk.post(page_of(kept), posted(text="Dear {name}, {nmae}", preview="yes"))

    page = markup.read(response.content)
    assert (response.status_code, kept.versions.count()) == (200, 1)
    assert "Dear Ada Example, {nmae}" in page.one(id="content-main").text()
    assert "{nmae} is not a variable." in page.one(id="content-main").text()
    assert page.one("textarea", name="text").text() == "Dear {name}, {nmae}"


def test_a_stale_save_is_refused_beside_what_was_saved_meanwhile_with_the_text_kept(desk, colleague):
    kept = answer("Hours", "We open at 9.")
    answers.save(kept.pk, name="Hours", topic="", text="We open at 8.", by=colleague, seen=1)

    response = desk.post(page_of(kept), posted())

    page = markup.read(response.content)
    assert (response.status_code, kept.versions.count()) == (409, 2)
    form = page.one("form", class_="desk-answer")
    assert form.one("textarea").text() == "We open at 10."
    assert form.one("input", name="seen").attributes["value"] == "2"
    assert "We open at 8." in page.one("section", **{"aria-labelledby": "theirs"}).text()
    assert desk.post(page_of(kept), posted(seen="2")).status_code == 302


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"text": " \n "}, "Write the text first"),
        ({"text": "x" * 4_001}, "at most 4000"),
        ({"text": "We open at 9."}, "Nothing has changed"),
        ({"name": "Parking"}, "Another answer in this language has this name"),
        ({"name": ""}, "Give it a name"),
    ],
    ids=["blank", "long", "the same", "a name twice", "no name"],
)
def test_what_cannot_be_saved_is_said_and_stays_in_its_field(desk, changes, said):
    answer("Parking")
    kept = answer("Hours", "We open at 9.")

    response = desk.post(page_of(kept), posted(**changes))

    assert (response.status_code, kept.versions.count()) == (422, 1)
    assert said in response.content.decode()
    assert markup.read(response.content).one("textarea", name="text").text() == posted(**changes)["text"]


def test_somebody_who_may_only_read_answers_gets_no_form(client):
    client.force_login(person("Front desk"))

    page = markup.read(client.get(page_of(answer("Hours", approved=False))).content)

    assert not page.all("textarea")
    assert not page.one(id="content-main").all("button")


# --- In the composer -------------------------------------------------------------------------------------------------


def inserted(client: Client, kept: Inquiry, chosen: Answer | None, **changes):
    """The page after "Insert" was pressed."""
    typed = {"reply-seen": kept.version, "reply-then": "keep", "reply-text": "", **changes}
    address = reverse("admin:inquiries_inquiry_insert", args=[kept.pk])
    return markup.read(client.post(address, {**typed, "answer": chosen.pk if chosen else ""}).content)


def composed(page) -> dict[str, str]:
    """What the composer would post as it stands."""
    form = page.one("form", class_="desk-entry--patient")
    options = form.one("select", name="reply-then").all("option")
    return {
        "reply-seen": form.one("input", name="reply-seen").attributes["value"],
        "reply-then": next(option.attributes["value"] for option in options if "selected" in option.attributes),
        "reply-text": form.one("textarea").text().replace("\r\n", "\n"),
    }


def test_answers_are_offered_in_the_inquirys_language_and_topic_first(desk):
    for name, topic, language in [
        ("English treatment", "treatment", "en"),
        ("Otro", "billing", "es"),
        ("Cualquiera", "", "es"),
        ("Tratamiento", "treatment", "es"),
    ]:
        answer(name, topic=topic, language=language)
    answer("Borrador", language="es", approved=False)
    kept = inquiry(language="es", topic="treatment")

    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk])).content)

    select = page.one("select", name="answer")
    names = [option.words() for option in select.all("option")]
    assert names == ["Choose an answer", "Tratamiento", "Cualquiera", "Otro", "English treatment"]
    headings = [group.attributes["label"] for group in select.all("optgroup")]
    assert headings == ["Spanish: treatment", "Spanish: any topic", "Spanish: other topics", "English"]


def test_insert_puts_the_answer_below_what_was_typed_and_loses_nothing(desk, nurse):
    kept = inquiry(name="Ada Example")

    page = inserted(desk, kept, answer("Greeting"), **{"reply-text": TYPED, "reply-then": "answered"})

    assert composed(page) == {
        "reply-seen": "1",
        "reply-then": "answered",
        "reply-text": "Spoke to her sister.\n\nHello Ada Example.",
    }
    assert Draft.objects.get(person=nurse).text == "Spoke to her sister.\n\nHello Ada Example."


def test_insert_writes_nothing_down(desk):
    kept = inquiry()

    inserted(desk, kept, answer("Greeting"))

    kept.refresh_from_db()
    assert (kept.version, kept.entries.count()) == (1, 0)


@pytest.mark.parametrize("text, said", [("By {nmae}", "{nmae} is not a variable"), ("{name}", "no name is known")])
def test_an_answer_that_cannot_be_filled_is_not_inserted_and_says_why(desk, text, said):
    kept = inquiry(name=" ")

    page = inserted(desk, kept, answer("Greeting", text), **{"reply-text": TYPED})

    assert composed(page)["reply-text"] == TYPED
    assert said in page.one("p", role="alert").words()


def test_without_a_choice_or_with_one_that_was_retired_meanwhile_the_text_stays(desk, nurse):
    gone = answers.retire(answer("Greeting").pk, by=nurse, seen=1)
    answer("Another")

    pages = [inserted(desk, inquiry(), chosen, **{"reply-text": TYPED}) for chosen in (None, gone)]

    assert [page.one("p", role="alert").words() for page in pages] == [
        "Choose an answer first.",
        "This answer is no longer offered.",
    ]
    assert [composed(page)["reply-text"] for page in pages] == [TYPED, TYPED]


def test_what_changed_before_insert_still_stops_the_message_that_has_not_seen_it(desk, nurse, colleague):
    kept = inquiry()
    services.note(kept.pk, text="She called.", by=colleague)

    again = composed(inserted(desk, kept, answer("Greeting")))
    response = desk.post(reverse("admin:inquiries_inquiry_reply", args=[kept.pk]), again)

    assert (again["reply-seen"], response.status_code) == ("1", 409)


def test_a_clinic_without_answers_sees_no_choice(desk):
    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[inquiry().pk])).content)

    assert not page.all("select", name="answer")


def test_the_choice_costs_the_page_one_query_however_many_answers_there_are(desk):
    kept = inquiry()
    for number in range(20):
        answer(f"Answer {number}", "One.", "Two.")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk]))

    assert len([query for query in queries if "inquiries_answer" in query["sql"]]) == 1
    assert len(queries) <= 15


# --- What comes with the software ------------------------------------------------------------------------------------


def test_six_answers_in_each_language_come_as_drafts_that_nobody_has_approved():
    STARTERS.add_starters(apps, None)

    languages = list(Answer.objects.order_by("language").values_list("language", flat=True))
    assert languages == ["en"] * 6 + ["es"] * 6
    assert not Answer.objects.offered().exists()


@pytest.mark.parametrize("name, topic, text", [*STARTERS.ENGLISH, *STARTERS.SPANISH])
def test_every_starter_can_be_filled_gives_the_phone_number_and_cares_for_somebody_who_is_low(name, topic, text):
    said = filled(text, topic=topic or "other")

    assert (said.missing, answers.unknown(text)) == ((), [])
    assert "(212) 555-0123" in said.text
    assert "988" in said.text
    assert "911" in said.text


@pytest.mark.parametrize("name, topic, text", [*STARTERS.ENGLISH, *STARTERS.SPANISH])
def test_a_starter_that_speaks_of_depression_says_that_the_fda_has_not_approved_it(name, topic, text):
    if re.search(r"depress|depresi[oó]n", text, re.IGNORECASE):
        assert re.search(r"not FDA-approved|no está aprobada por la FDA", text)
        assert "off-label" in text
