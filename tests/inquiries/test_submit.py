"""Keeping a question: everything or nothing, once, as it was typed."""

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError
from post_office.models import STATUS, Email

from inquiries import references, services
from inquiries.models import Inquiry, Notice
from tests.factories import inquiry, question

pytestmark = pytest.mark.django_db


def test_a_question_is_kept_with_its_promise_and_its_emails():
    kept = inquiry()

    assert kept.status == "new"
    assert kept.due_at > kept.received_at
    assert set(kept.notices.values_list("kind", flat=True)) == {"receipt", "new_inquiry"}


@pytest.mark.django_db(transaction=True)
def test_no_row_remains_when_the_outbox_cannot_be_written(monkeypatch):
    too_large = SimpleNamespace(medium=2**31, high=2**31)  # the outbox's column has no room for such a priority
    monkeypatch.setattr("inquiries.notices.PRIORITY", too_large)

    with pytest.raises(DatabaseError):
        services.submit(**question())

    assert not Inquiry.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_email_remains_when_the_inquiry_cannot_be_kept():
    with pytest.raises(DatabaseError):
        services.submit(**question(topic="no such topic"))

    assert not Email.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_is_kept_once():
    asked = question()

    first = services.submit(**asked)
    second = services.submit(**asked)

    assert second == first
    assert Inquiry.objects.count() == 1
    assert Email.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_again_with_other_words_is_kept_as_a_second_inquiry():
    asked = question()

    first = services.submit(**asked)
    second = services.submit(**{**asked, "message": "I forgot to say that I take blood thinners."})

    assert second.follows == first
    assert Inquiry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_changed_words_sent_twice_are_kept_once():
    asked = question()
    services.submit(**asked)
    changed = {**asked, "message": "I forgot to say that I take blood thinners."}

    second = services.submit(**changed)
    third = services.submit(**changed)

    assert third == second


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    taken = inquiry()
    drawn = iter([taken.reference, "3333CCCC"])
    monkeypatch.setattr(Inquiry._meta.get_field("reference"), "default", lambda: next(drawn))
    monkeypatch.setattr(Inquiry._meta.get_field("reference"), "_get_default", lambda: next(drawn))

    kept = inquiry()

    assert kept.reference == "3333CCCC"


def test_references_have_eight_characters_and_no_look_alikes():
    drawn = {references.new() for _ in range(2_000)}

    assert len(drawn) == 2_000
    assert all(re.fullmatch(references.PATTERN, reference) for reference in drawn)
    assert not set("01258BILOQSUVZAE") & set(references.ALPHABET)


def test_a_message_that_speaks_of_suicide_pages_everybody_on_call():
    kept = inquiry(message="I do not want to be alive anymore.")

    assert kept.urgency == "crisis"
    assert kept.findings.filter(kind="crisis").exists()
    page = kept.notices.get(kind="page")
    assert page.email.status == STATUS.queued


def test_a_crisis_is_due_within_minutes_whatever_the_hour():
    kept = inquiry(message="I do not want to be alive anymore.")

    assert kept.due_at - kept.received_at == timedelta(minutes=15)


def test_words_in_the_name_field_are_screened_too():
    kept = inquiry(name="I want to kill myself")

    assert kept.urgency == "crisis"


def test_a_fault_in_the_screening_raises_the_message_instead_of_losing_it(monkeypatch):
    def broken(text):
        raise RuntimeError("a broken rule")

    monkeypatch.setattr("inquiries.triage.screen", broken)

    kept = inquiry()

    assert kept.urgency == "crisis"


def test_somebody_who_gave_only_a_phone_number_gets_no_email():
    kept = inquiry(reply_by="phone", phone="(212) 555-0123", email="")

    assert not kept.notices.filter(kind="receipt").exists()


def test_emails_hold_no_personal_data():
    inquiry(
        name="Zacharias Quill",
        email="quill@example.org",
        phone="(212) 555-0187",
        contact_times="after lunchtime",
        message="Please tell me about marmalade. I want to end my life.",
    )

    for email in Email.objects.all():
        words = f"{email.subject} {email.message} {email.html_message} {email.headers}".lower()
        for private in ("zacharias", "quill", "555-0187", "lunchtime", "marmalade"):
            assert private not in words


def test_history_holds_no_personal_data():
    kept = inquiry(name="Zacharias Quill", email="quill@example.org", message="About marmalade")

    (row,) = kept.events.values()

    assert not any(private in str(row) for private in ("Zacharias", "quill", "marmalade"))


def test_one_key_can_never_be_kept_twice_even_in_sql():
    key = uuid.uuid4()
    kept = inquiry(submission_key=key)
    other = inquiry()

    with pytest.raises(DatabaseError):
        Inquiry.objects.filter(pk=other.pk).update(submission_key=kept.submission_key)


def test_a_name_alone_is_never_taken_for_a_cry_for_help():
    kept = services.submit(**question(name="Xiomara Q", message="How do I pay the bill from May?"))

    assert kept.urgency == "routine"
