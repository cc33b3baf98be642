"""Every change to an inquiry. Each one is a single transaction that says who did it, and locks before it looks."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import notices
from inquiries.models import Finding, Inquiry, Outcome, Status
from inquiries.triage import assess


class Refused(Exception):
    """A change that the inquiry's present state does not allow; the text says why and what to do."""


# --- From the patient -------------------------------------------------------------------------------------------------


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
    sample: bool = False,
    received_at: datetime | None = None,
) -> Inquiry:
    """Keep a patient's question, its findings and the emails it promises, all at once or not at all.

    The same form sent twice gives the inquiry that is already kept. The same form with other words (the person
    went back, changed the text and sent it again) is kept as a second inquiry that follows the first.
    A `sample` (`make demo`) promises no emails. Raises django.db.Error when nothing could be saved.
    """
    said: dict[str, Any] = {
        "topic": topic, "writing_for": writing_for, "message": message, "name": name, "reply_by": reply_by,
        "email": email, "phone": phone, "voicemail_ok": voicemail_ok, "contact_times": contact_times,
        "language": language,
    }  # fmt: skip
    received_at = received_at or timezone.now()
    try:
        return _keep(said, submission_key=submission_key, received_at=received_at, sample=sample)
    except IntegrityError as error:
        first = Inquiry.objects.filter(submission_key=submission_key).first()
        if first is None:
            if not _is_reference_clash(error):
                raise
            return submit(submission_key=submission_key, sample=sample, received_at=received_at, **said)
    if _says_the_same(first, said):
        return first
    # Derived from the words, so that sending the changed text twice gives one row, too.
    changed_key = uuid.uuid5(submission_key, json.dumps(said, sort_keys=True))
    try:
        return _keep(said, submission_key=changed_key, received_at=received_at, sample=sample, follows=first)
    except IntegrityError:
        return Inquiry.objects.get(submission_key=changed_key)


@transaction.atomic
def _keep(said: dict[str, Any], *, received_at: datetime, **kept: Any) -> Inquiry:
    urgency, findings = assess(said)
    practice = Practice.objects.current()
    inquiry = Inquiry(
        **said,
        **kept,
        received_at=received_at,
        urgency=urgency,
        due_at=clock.due_at(practice, received_at, urgency),
    )
    inquiry.save(force_insert=True)
    if findings:
        Finding.objects.bulk_create(Finding(inquiry=inquiry, **finding) for finding in findings)
    if not inquiry.sample:  # a made-up person must not page a real one
        notices.promise_for_new(inquiry, practice)
    return inquiry


def _is_reference_clash(error: IntegrityError) -> bool:
    diagnosis = getattr(error.__cause__, "diag", None)
    return bool(diagnosis and "reference" in (diagnosis.constraint_name or ""))


def _says_the_same(inquiry: Inquiry, said: dict[str, Any]) -> bool:
    return all(getattr(inquiry, field) == value for field, value in said.items())


# --- From the desk ----------------------------------------------------------------------------------------------------


def claim(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Take a new inquiry, or one that waited on the patient. Raises Refused when it is not there to take."""
    with _change(inquiry_id, "claim", by=by, seen=seen) as inquiry:
        if inquiry.status == Status.OPEN and inquiry.owner_id == by.pk:
            raise Refused(f"{inquiry} is already yours.")
        _require(inquiry, "claimed", Status.NEW, Status.WAITING)
        inquiry.status, inquiry.owner, inquiry.waiting_until = Status.OPEN, by, None
    return inquiry


def release(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Give an inquiry back to everybody; its due time stays. Raises Refused unless somebody has it."""
    with _change(inquiry_id, "release", by=by, seen=seen) as inquiry:
        _require(inquiry, "released", Status.OPEN, Status.WAITING)
        inquiry.status, inquiry.owner, inquiry.waiting_until = Status.NEW, None, None
    return inquiry


def wait(inquiry_id: int, *, until: date, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Set an open inquiry aside until a day, because the patient has the next step.

    Raises Refused unless it is open and the day lies ahead.
    """
    with _change(inquiry_id, "wait", by=by, seen=seen) as inquiry:
        _require(inquiry, "set to wait", Status.OPEN)
        if until <= timezone.localdate(timezone=Practice.objects.current().zone):
            raise Refused("Choose a day after today to wait until.")
        inquiry.status, inquiry.waiting_until = Status.WAITING, until
    return inquiry


def close(inquiry_id: int, *, outcome: str, by: StaffUser, seen: int | None = None) -> Inquiry:
    """End an inquiry, saying how it ended. Raises Refused without an outcome, or when it has ended already."""
    with _change(inquiry_id, "close", by=by, seen=seen) as inquiry:
        _require(inquiry, "closed", Status.NEW, Status.OPEN, Status.WAITING, Status.QUARANTINED)
        if outcome not in Outcome.values:
            raise Refused("Choose how the inquiry ended.")
        inquiry.status, inquiry.outcome = Status.DONE, outcome
        inquiry.closed_at, inquiry.closed_by, inquiry.waiting_until = timezone.now(), by, None
    return inquiry


def reopen(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Take up an ended inquiry again; the person who reopens it owns it, and a new reply time is promised.

    Raises Refused unless it had ended.
    """
    with _change(inquiry_id, "reopen", by=by, seen=seen) as inquiry:
        _require(inquiry, "reopened", Status.DONE)
        inquiry.status, inquiry.owner, inquiry.outcome = Status.OPEN, by, ""
        inquiry.closed_at = inquiry.closed_by = None
        inquiry.due_at = clock.due_at(Practice.objects.current(), timezone.now(), inquiry.urgency)
    return inquiry


def accept(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Move a quarantined inquiry to the desk: it was no spam. It keeps its original time. Raises Refused otherwise."""
    with _change(inquiry_id, "accept", by=by, seen=seen) as inquiry:
        _require(inquiry, "moved to the desk", Status.QUARANTINED)
        inquiry.status = Status.NEW
    return inquiry


# --- From the worker --------------------------------------------------------------------------------------------------


def resume_waiting(*, today: date) -> int:
    """Put inquiries whose waiting day has come back in front of their owners; the number of them."""
    with transaction.atomic(), pghistory.context(action="resume"):
        due = Inquiry.objects.waits_on_patient().filter(waiting_until__lte=today).select_for_update(skip_locked=True)
        for inquiry in due:
            inquiry.status, inquiry.waiting_until = Status.OPEN, None
            inquiry.version += 1
            inquiry.save(update_fields=["status", "waiting_until", "version"])
        return len(due)


# --- How a change is made ---------------------------------------------------------------------------------------------


CHANGEABLE = ("status", "owner", "waiting_until", "outcome", "closed_at", "closed_by", "due_at", "version")


@contextmanager
def _change(inquiry_id: int, action: str, *, by: StaffUser, seen: int | None) -> Iterator[Inquiry]:
    """One locked, recorded change: `with _change(id, "claim", by=nurse) as inquiry:` saves what the block set.

    Raises Refused when the inquiry changed since `seen`, the version on the person's screen.
    """
    # History gets ids only: it outlives the people in it.
    with transaction.atomic(), pghistory.context(action=action, by=by.pk):
        inquiry = Inquiry.objects.select_for_update().get(pk=inquiry_id)
        if seen is not None and seen != inquiry.version:
            raise Refused(f"{inquiry} was changed while you were looking at it. This is how it stands now.")
        yield inquiry
        inquiry.version += 1
        inquiry.save(update_fields=CHANGEABLE)


def _require(inquiry: Inquiry, verb: str, *allowed: Status) -> None:
    if inquiry.status not in allowed:
        owner = f" by {inquiry.owner}" if inquiry.owner and inquiry.status == Status.OPEN else ""
        raise Refused(f"{inquiry} cannot be {verb}: it is now “{inquiry.get_status_display()}”{owner}.")
