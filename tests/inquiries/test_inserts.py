"""Rows written together: linked to each other, all of them or none."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from post_office.models import Email

from inquiries.inserts import insert
from inquiries.models import Finding, Inquiry, Notice

pytestmark = pytest.mark.django_db


def an_inquiry(**changes) -> Inquiry:
    said = {"topic": "other", "writing_for": "self", "message": "A “quoted” 100 % question; --", "name": "Ada"}
    reach = {"reply_by": "email", "email": "ada@example.org", "submission_key": uuid.uuid4()}
    return Inquiry(**{**said, **reach, "received_at": timezone.now(), "due_at": timezone.now(), **changes})


def a_letter(to: str) -> Email:
    return Email(from_email="desk@example.org", to=[to], subject="s", message="m", headers={"A": "b"}, priority=1)


def test_what_hangs_on_an_inquiry_is_linked_to_it():
    kept = an_inquiry()

    insert(kept, Finding(kind="crisis", rule="r", start=0, end=1), a_letter("a@example.org"), Notice(kind="receipt"))

    assert kept.findings.get().rule == "r"
    assert kept.notices.get().email.to == ["a@example.org"]


def test_each_notice_is_linked_to_the_email_before_it():
    kept = an_inquiry()
    first, second = a_letter("a@example.org"), a_letter("b@example.org")

    insert(kept, first, Notice(kind="receipt"), second, Notice(kind="new_inquiry"))

    assert kept.notices.get(kind="receipt").email.to == ["a@example.org"]
    assert kept.notices.get(kind="new_inquiry").email.to == ["b@example.org"]


def test_the_words_are_kept_as_they_are():
    kept = an_inquiry()

    insert(kept)

    assert Inquiry.objects.get().message == "A “quoted” 100 % question; --"


def test_a_kept_inquiry_can_be_changed_and_saved():
    kept = an_inquiry()
    insert(kept)

    kept.version = 2
    kept.save()

    assert Inquiry.objects.get(pk=kept.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_remains_when_the_last_row_is_refused():
    with pytest.raises(IntegrityError):
        insert(an_inquiry(), a_letter("a@example.org"), Notice(kind="no such kind"))

    assert not Inquiry.objects.exists()
    assert not Email.objects.exists()


def test_rows_written_inside_a_transaction_leave_with_it():
    with transaction.atomic():
        insert(an_inquiry())
        transaction.set_rollback(True)

    assert not Inquiry.objects.exists()
