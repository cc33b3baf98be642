"""Erasing a person: everything of them goes, everywhere, at once or not at all; and the database guards the rest."""

import re
import uuid

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error, connection, models, transaction
from django.utils import timezone
from post_office.models import Email, Log

from inquiries import entries, figures, outbox, privacy, rights, search, services
from inquiries.conversation import arrivals
from inquiries.models import Entry, Figure, Inquiry, Link, LostLink, NameWord, Notice, Status
from inquiries.models.choices import ERASED
from tests import database, factories
from tests.a_person import EMAIL, OF_THE_PERSON, a_search_for, kept_of_a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def inquiry(nurse, colleague, monkeypatch) -> Inquiry:
    """Everything that can be kept of a person, and nothing holds it any more."""
    inquiry = kept_of_a_person(nurse, colleague, monkeypatch)
    return services.lift_hold(inquiry.pk, reason="The case is over", by=nurse)


@pytest.fixture
def closed(nurse) -> Inquiry:
    """A plain one that Nora has answered."""
    kept = factories.inquiry()
    services.note(kept.pk, text="Called.", by=nurse)
    return services.close(kept.pk, outcome="answered", by=nurse)


# --- The table of personal fields -------------------------------------------------------------------------------------


def undeclared(known: dict[str, type[models.Model]]) -> dict[str, set[str]]:
    """What the table does not say of these, and what it says of things that are not there."""
    found = {}
    for label in {*known, *privacy.TABLES}:
        table = privacy.TABLES.get(label, privacy.Table())
        fields = {field.name for field in known[label]._meta.concrete_fields} if label in known else set()
        if wrong := fields ^ {*table.plain.split(), *table.personal}:
            found[label] = wrong
    return found


def test_every_field_of_the_database_is_declared_and_no_other_is():
    assert undeclared(privacy.models()) == {}


@pytest.mark.parametrize("label", ["inquiries.Inquiry", "post_office.Email", "inquiries.InquiryEvent"])
def test_a_new_field_that_nobody_declares_is_found(label, monkeypatch):
    field = models.TextField()
    field.set_attributes_from_name("birthday")
    meta = privacy.models()[label]._meta
    monkeypatch.setattr(meta, "concrete_fields", (*meta.concrete_fields, field), raising=False)

    assert undeclared(privacy.models()) == {label: {"birthday"}}


def test_no_field_is_declared_twice_and_each_personal_one_says_what_becomes_of_it():
    for label, table in privacy.TABLES.items():
        assert not set(table.plain.split()) & set(table.personal), label
        assert set(table.instead) <= set(table.personal), label
        if table.personal:
            goes = table.through and (not table.instead or set(table.instead) == set(table.personal))
            assert bool(goes) != bool(table.stays), label


# --- What is gone -----------------------------------------------------------------------------------------------------


def test_before_it_is_erased_the_person_is_found_in_every_table_that_holds_something(inquiry):
    found = database.where(*OF_THE_PERSON)

    assert set(found) == {
        "inquiries_inquiry", "inquiries_message", "inquiries_entry", "inquiries_draft", "inquiries_searchable",
        "inquiries_nameword", "post_office_email", "what sessions hold",
    }  # fmt: skip
    assert set(OF_THE_PERSON) - {"turnip"} == {word for words in found.values() for word in words}


def test_after_it_is_erased_nothing_of_the_person_is_in_any_table(inquiry, nurse):
    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    assert database.where(*OF_THE_PERSON) == {}


def test_what_hung_on_it_is_gone(inquiry, nurse):
    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    hanging = [inquiry.findings, inquiry.drafts, inquiry.notices, inquiry.links]
    assert [rows.count() for rows in hanging] == [0, 0, 0, 0]
    assert [Email.objects.count(), Log.objects.count(), LostLink.objects.count()] == [0, 0, 0]
    assert {entry.text for entry in inquiry.entries.all()} == {ERASED}


def test_the_keys_that_were_made_of_what_was_typed_are_gone(inquiry, nurse):
    before = {inquiry.submission_key, *inquiry.messages.values_list("submission_key", flat=True)}

    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    kept = Inquiry.objects.get(pk=inquiry.pk)
    after = {kept.submission_key, *kept.messages.values_list("submission_key", flat=True)}
    assert before & after == {None}  # the clinic's messages have none


def test_the_same_name_of_somebody_else_is_still_found(inquiry, nurse):
    other = factories.inquiry(name="Zenobia Other", email="other@example.org")
    search.read_in(10, back=10)

    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    assert search.Search("zenobia").find().ids == [other.pk]
    assert not NameWord.objects.filter(word="quellwater").exists()


def test_people_stay_signed_in_when_their_searches_are_forgotten(inquiry, nurse):
    session = a_search_for("lilac")

    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    assert dict(SessionStore(session.session_key).items()) == {"_auth_user_id": "1"}


def test_emails_that_are_files_go_too_and_those_of_others_stay(closed, nurse, settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    settings.POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.filebased.EmailBackend"}}
    factories.inquiry(email="other@example.org")
    outbox.send_due()

    with transaction.atomic():
        services.erase(closed.pk, by=nurse, reason="The patient asked")
    rights.forget_mail_files()  # a test's transaction never ends, so what follows its end is asked for

    files = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert sorted(re.findall(r"^To: (\S+)", files, re.MULTILINE)) == ["front-desk@example.org", "other@example.org"]


# --- What stays -------------------------------------------------------------------------------------------------------


def test_history_and_the_steps_of_the_conversation_stay_and_say_who_erased_it_and_why(inquiry, nurse):
    before = inquiry.events.count()
    calls = list(inquiry.entries.values_list("kind", "call", "written_at"))
    wrote = list(inquiry.messages.values_list("kind", "role", "written_at", "left_at"))

    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    *_, last = inquiry.events.order_by("pgh_id")
    assert inquiry.events.count() == before + 1
    assert last.pgh_context.metadata == {"action": "erase", "by": nurse.pk, "reason": "The patient asked"}
    assert list(inquiry.entries.values_list("kind", "call", "written_at")) == calls
    assert list(inquiry.messages.values_list("kind", "role", "written_at", "left_at")) == wrote


def test_the_row_says_when_and_by_whom_and_keeps_how_it_ended(inquiry, nurse):
    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    kept = Inquiry.objects.get(pk=inquiry.pk)
    assert (kept.name, kept.message, kept.erased_by, kept.erased_at) == (ERASED, ERASED, nurse, timezone.now())
    assert (kept.reference, kept.outcome, kept.closed_at) == (inquiry.reference, "answered", inquiry.closed_at)


def test_the_dashboard_counts_the_same_as_before(inquiry, nurse):
    def counted() -> list[tuple]:
        figures.hurry()
        figures.keep()
        return sorted(Figure.objects.values_list("measure", "span", "begins", "topic", "counted", "median", "slow"))

    before = counted()

    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    assert before
    assert counted() == before


def test_other_inquiries_stay_as_they_are(inquiry, closed, nurse):
    services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    assert Inquiry.objects.get(pk=closed.pk).name == "Ada Example"
    assert closed.entries.get().text == "Called."
    assert closed.notices.exists()


# --- When it is refused -----------------------------------------------------------------------------------------------


def test_a_legal_hold_says_who_set_it_and_erases_nothing(nurse, colleague, monkeypatch):
    inquiry = kept_of_a_person(nurse, colleague, monkeypatch)

    with pytest.raises(services.Refused, match="legal hold, set by Nora"):
        services.erase(inquiry.pk, by=colleague, reason="The patient asked")

    assert "zenobia" in database.where("zenobia")["inquiries_inquiry"]


def test_an_urgent_one_that_nobody_closed_is_not_erased_even_if_staff_say_it_needs_no_answer(nurse):
    inquiry = factories.inquiry(message="I want to die.")

    with pytest.raises(services.Refused, match="urgent and not closed"):
        services.erase(inquiry.pk, by=nurse, reason="The patient asked", unanswered_too=True)


def test_one_that_waits_for_us_is_erased_only_when_staff_say_that_it_needs_no_answer(nurse):
    inquiry = factories.inquiry()

    with pytest.raises(services.Refused, match="still waits for our answer"):
        services.erase(inquiry.pk, by=nurse, reason="The patient asked")
    services.erase(inquiry.pk, by=nurse, reason="The patient asked", unanswered_too=True)

    kept = Inquiry.objects.get(pk=inquiry.pk)
    assert (kept.status, kept.outcome, kept.closed_by) == (Status.DONE, "", nurse)


def test_one_to_which_the_patient_has_written_since_is_not_erased(closed, nurse):
    services.patient_writes(closed.pk, text="Which doors are open?", submission_key=uuid.uuid4())

    with pytest.raises(services.Stale):
        services.erase(closed.pk, by=nurse, reason="The patient asked", unanswered_too=True, seen=closed.version)


@pytest.mark.parametrize(
    "reason", ["", "  ", "Zenobia asked", "see QUELLWATER", f"mail to {EMAIL}", "call 212.555.0147"]
)
def test_a_reason_must_be_given_and_not_name_the_person(inquiry, nurse, reason):
    with pytest.raises(services.Refused, match=r"Write why|must not name"):
        services.erase(inquiry.pk, by=nurse, reason=reason)


@pytest.mark.parametrize("name, reason", [("Li Wu", "li wu asked"), ("José Núñez", "Jose asked"), ("Jose", "for JOSÉ")])
def test_a_reason_may_name_the_person_neither_by_short_words_nor_without_accents(nurse, name, reason):
    kept = factories.inquiry(name=name)

    with pytest.raises(services.Refused, match="must not name"):
        services.erase(kept.pk, by=nurse, reason=reason, unanswered_too=True)


def test_a_message_that_is_leaving_is_waited_for(closed, nurse):
    services.reopen(closed.pk, by=nurse)
    services.reply(closed.pk, text="We can see you on Tuesday.", by=nurse)

    with pytest.raises(services.Refused, match="on its way"):
        services.erase(closed.pk, by=nurse, reason="The patient asked", unanswered_too=True)


@pytest.mark.django_db(transaction=True)
def test_an_email_that_is_being_sent_is_waited_for(nurse, other_session):
    closed = services.close(factories.inquiry().pk, outcome="answered", by=nurse)
    other_session.execute("BEGIN; SELECT id FROM post_office_email FOR UPDATE")

    with pytest.raises(services.Refused, match="on its way"):
        services.erase(closed.pk, by=nurse, reason="The patient asked")


# --- Afterwards, and half-way -----------------------------------------------------------------------------------------


CHANGES = {
    "reopen": lambda pk, by: services.reopen(pk, by=by),
    "note": lambda pk, by: services.note(pk, text="She said her name again", by=by),
    "reply": lambda pk, by: services.reply(pk, text="Dear Zenobia", by=by),
    "correct_contact": lambda pk, by: services.correct_contact(pk, email=EMAIL, phone="", reply_by="email", by=by),
    "patient_writes": lambda pk, by: services.patient_writes(pk, text="Hello again", submission_key=uuid.uuid4()),
    "hold": lambda pk, by: services.hold(pk, reason="A letter", by=by),
    "erase": lambda pk, by: services.erase(pk, by=by, reason="Again"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_can_be_done_with_an_erased_inquiry(closed, nurse, change):
    services.erase(closed.pk, by=nurse, reason="The patient asked")

    with pytest.raises(services.Refused, match="erased"):
        CHANGES[change](closed.pk, nurse)


def test_a_draft_from_a_page_that_is_still_open_is_not_kept(closed, nurse):
    services.erase(closed.pk, by=nurse, reason="The patient asked")

    entries.keep_draft(closed.pk, text="Ada said", by=nurse)

    assert not closed.drafts.exists()


def test_whoever_asks_for_the_lost_link_of_an_erased_inquiry_gets_nothing(closed, nurse):
    services.erase(closed.pk, by=nurse, reason="The patient asked")
    services.ask_for_link(reference=closed.reference, email=closed.email)

    assert arrivals.send_lost_links() == 0


@pytest.mark.parametrize("broken", ["wipe", "forget_sessions"])
def test_a_fault_in_the_middle_leaves_everything_as_it_was(inquiry, nurse, monkeypatch, broken):
    before = database.everything()
    owner = privacy if broken == "wipe" else rights
    monkeypatch.setattr(owner, broken, lambda *inquiry: connection.cursor().execute("SELECT 1 / 0"))

    with pytest.raises(Error, match="division by zero"), transaction.atomic():
        services.erase(inquiry.pk, by=nurse, reason="The patient asked")

    assert database.everything() == before


# --- What the database lets nobody do ---------------------------------------------------------------------------------

SQL = {
    "other words in a note": "UPDATE inquiries_entry SET text = 'Never called.'",
    "a note loses its words alone": "UPDATE inquiries_entry SET text = '[erased]'",
    "another message": "UPDATE inquiries_message SET text = 'Something else'",
    "a message loses its words alone": "UPDATE inquiries_message SET text = '[erased]'",
    "another key": "UPDATE inquiries_inquiry SET submission_key = gen_random_uuid()",
    "the mark alone": "UPDATE inquiries_inquiry SET erased_at = now()",
}
AFTERWARDS = {
    "other words in a note": "UPDATE inquiries_entry SET text = 'Never called.'",
    "another author of a note": "UPDATE inquiries_entry SET text = '[erased]', written_at = now()",
    "other words in a message": "UPDATE inquiries_message SET text = 'Something else'",
    "taken back": "UPDATE inquiries_inquiry SET erased_at = NULL",
    "a name again": "UPDATE inquiries_inquiry SET name = 'Ada'",
    "the row": "DELETE FROM inquiries_inquiry",
}


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except Error:
        return True
    return False


@pytest.mark.parametrize("what", SQL)
def test_the_database_lets_words_go_only_with_the_person(closed, what):
    services.patient_writes(closed.pk, text="Which doors are open?", submission_key=uuid.uuid4())

    assert refused(SQL[what])


@pytest.mark.parametrize("what", AFTERWARDS)
def test_the_database_lets_nobody_change_what_is_erased(closed, nurse, what):
    services.patient_writes(closed.pk, text="Which doors are open?", submission_key=uuid.uuid4())
    services.erase(closed.pk, by=nurse, reason="The patient asked", unanswered_too=True)

    assert refused(AFTERWARDS[what])


def test_a_sample_is_erased_like_any_other_and_its_row_can_be_removed(nurse):
    sample = factories.inquiry(sample=True)
    services.erase(sample.pk, by=nurse, reason="To try it", unanswered_too=True)

    sample.delete()

    assert (Entry.objects.count(), Link.objects.count(), Notice.objects.count()) == (0, 0, 0)
