"""The audit of the fault suite sees what it is there to see: each test breaks one promise by hand."""

import uuid
from collections import Counter
from dataclasses import replace

import pytest

from tests.faults import audit
from tests.faults.audit import Clinic, Kept
from tests.faults.patients import KEPT, Question

CLINIC = Clinic(inbox="front-desk@example.org", on_call=["on-call@example.org"])
FIELDS = dict.fromkeys(KEPT, "") | {
    "submission_key": str(uuid.UUID(int=1)),
    "message": "Two lines.\r\nHere is the second.",
    "email": "ada@example.org",
}
NEWS = ("new_inquiry", "front-desk@example.org", audit.SENT, "<1@example.org>")
RECEIPT = ("receipt", "ada@example.org", audit.SENT, "<2@example.org>")
ROW = Kept(
    reference="CDFGHJKM",
    key=FIELDS["submission_key"],
    urgency="routine",
    status="new",
    received_at=0.0,
    said={name: FIELDS[name].replace("\r\n", "\n") for name in KEPT},
    emails=[NEWS, RECEIPT],
    received=1,
    findings=0,
)


def asked(*shown: str) -> list[Question]:
    """One question, and the references on the receipts its sender saw."""
    return [Question(FIELDS, shown=list(shown))]


def test_kept_promises_are_no_complaint():
    assert list(audit.broken(asked("CDFGHJKM", "CDFGHJKM"), [ROW], CLINIC)) == []


@pytest.mark.parametrize(
    "rows, complaint",
    [
        ([], "a receipt, but no inquiry"),
        ([replace(ROW, said=ROW.said | {"message": "Two lines."})], "sent"),
        ([ROW, replace(ROW, reference="DFGHJKMN")], "the same words 2 times"),
        ([replace(ROW, emails=[NEWS])], "in the outbox"),
        ([replace(ROW, emails=[NEWS, RECEIPT, RECEIPT])], "in the outbox"),
        ([replace(ROW, urgency="crisis", findings=1)], "in the outbox"),
        ([replace(ROW, received=0)], "0 history rows"),
        ([replace(ROW, status="quarantined")], "it is quarantined"),
        ([ROW, replace(ROW, reference="DFGHJKMN", said=ROW.said | {"message": "Mine?"})], "nobody wrote these words"),
    ],
)
def test_a_broken_promise_is_seen(rows, complaint):
    complaints = list(audit.broken(asked("CDFGHJKM"), rows, CLINIC))

    assert any(complaint in one for one in complaints)


def test_somebody_who_never_saw_a_receipt_is_seen():
    assert "saw no receipt" in " ".join(audit.broken(asked(), [ROW], CLINIC))


def test_one_text_with_two_references_is_seen():
    assert "several references" in " ".join(audit.broken(asked("CDFGHJKM", "DFGHJKMN"), [ROW], CLINIC))


def test_an_email_that_never_reached_the_mail_folder_is_seen():
    complaints = list(audit.undelivered([ROW], Counter({"<1@example.org>": 1})))

    assert complaints == ["CDFGHJKM: its receipt has status 0 and was written 0 times"]


def test_an_email_that_was_cut_off_while_it_was_written_does_not_count(tmp_path):
    whole = b"Message-ID: <1@example.org>\n\nHello\n" + b"-" * 79 + b"\n"
    (tmp_path / "one.log").write_bytes(whole + b"Message-ID: <2@example.org>\n\nHel")

    assert audit.delivered(tmp_path) == {"<1@example.org>": 1}
