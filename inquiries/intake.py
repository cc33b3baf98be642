"""What happens to a question when it arrives: screened, judged, kept once, announced. All of it, or nothing."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries import notices, spam
from inquiries.inserts import insert
from inquiries.models import Finding, Inquiry, Status, Urgency
from inquiries.text import likeness
from inquiries.triage import assess


class NoRoom(Exception):
    """During a flood, today's storage for suspected spam is used up. The sender must be told that nothing was kept."""


def submit(
    *,
    submission_key: uuid.UUID,
    topic: str,
    writing_for: str,
    message: str,
    name: str,
    reply_by: str,
    email: str = "",
    phone: str = "",
    voicemail_ok: bool = False,
    contact_times: str = "",
    language: str = "en",
    clues: spam.Clues | None = None,
    sample: bool = False,
    received_at: datetime | None = None,
) -> Inquiry:
    """Keep a patient's question, its findings and the emails it promises, all at once or not at all.

    The same form sent twice gives the inquiry that is already kept. The same form with other words (the person
    went back, changed the text and sent it again) is kept as a second inquiry that follows the first.
    With `clues`, a routine question may be taken for spam and go to quarantine; without, it never is.
    Raises django.db.Error when nothing could be saved, and NoRoom.
    """
    said: dict[str, Any] = {
        "topic": topic, "writing_for": writing_for, "message": message, "name": name, "reply_by": reply_by,
        "email": email, "phone": phone, "voicemail_ok": voicemail_ok, "contact_times": contact_times,
        "language": language,
    }  # fmt: skip
    received_at = received_at or timezone.now()
    # Screening comes first: what it raises is never taken for spam.
    urgency, findings = assess(said)
    kept = {"urgency": urgency, "received_at": received_at, "sample": sample, "likeness": likeness(**said)}
    if clues and urgency == Urgency.ROUTINE and (verdict := spam.suspicious(said, clues, now=received_at)).quarantine:
        if not spam.has_room(said, clues, now=received_at):
            return _kept_before(submission_key, said)
        kept |= {"status": Status.QUARANTINED, "suspicions": list(verdict.signals)}
    try:
        return _keep(said, findings, submission_key=submission_key, **kept)
    except IntegrityError as error:
        first = Inquiry.objects.filter(submission_key=submission_key).first()
        if first is None:
            if not _is_reference_clash(error):
                raise
            return submit(submission_key=submission_key, clues=clues, sample=sample, received_at=received_at, **said)
    if _says_the_same(first, said):
        return first
    # Derived from the words, so that sending the changed text twice gives one row, too.
    changed_key = uuid.uuid5(submission_key, json.dumps(said, sort_keys=True))
    try:
        return _keep(said, findings, submission_key=changed_key, follows=first, **kept)
    except IntegrityError:
        return Inquiry.objects.get(submission_key=changed_key)


def _keep(said: dict[str, Any], findings: list[dict[str, Any]], **kept: Any) -> Inquiry:
    practice = Practice.objects.recent()
    due_at = clock.due_at(practice, kept["received_at"], kept["urgency"])
    inquiry = Inquiry(**said, **kept, due_at=due_at)
    found = [Finding(**finding) for finding in findings]
    # One trip, which PostgreSQL takes as one transaction: the inquiry, and what it promises, or nothing.
    insert(inquiry, *found, *notices.promised_for_new(inquiry, practice))
    return inquiry


def _kept_before(submission_key: uuid.UUID, said: dict[str, Any]) -> Inquiry:
    """What this form gave when there was room: a retry after a lost answer gets its receipt. Raises NoRoom."""
    first = Inquiry.objects.filter(submission_key=submission_key).first()
    if first is None or not _says_the_same(first, said):
        raise NoRoom
    return first


def _is_reference_clash(error: IntegrityError) -> bool:
    diagnosis = getattr(error.__cause__, "diag", None)
    return bool(diagnosis and "reference" in (diagnosis.constraint_name or ""))


def _says_the_same(inquiry: Inquiry, said: dict[str, Any]) -> bool:
    return all(getattr(inquiry, field) == value for field, value in said.items())
