"""Every change to an inquiry. Each one is a single transaction that says who did it, and locks before it looks.

`submit`, the patient's own, has a file to itself: intake.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pghistory
from django.db import transaction
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import notices
from inquiries.intake import NoRoom, submit
from inquiries.models import Inquiry, Outcome, Status, Urgency

__all__ = [
    "NoRoom", "Refused", "accept", "acknowledge", "claim", "close", "release", "reopen", "resume_waiting", "submit",
    "wait",
]  # fmt: skip


class Refused(Exception):
    """A change that the inquiry's present state does not allow; the text says why and what to do."""


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


def acknowledge(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Say that one is dealing with an urgent inquiry: nobody is paged about it any more.

    Claiming does not say so: pages must not stop because somebody tidied the list. Whoever acknowledges at night need
    not write the reply, so it is not a claim, either. Raises Refused for a routine one, or after somebody else.
    """
    with _change(inquiry_id, "acknowledge", by=by, seen=seen) as inquiry:
        _require(inquiry, "acknowledged", Status.NEW, Status.OPEN, Status.WAITING)
        if inquiry.urgency == Urgency.ROUTINE:
            raise Refused(f"{inquiry} is not urgent: nobody is paged about it.")
        if inquiry.acknowledged_by:
            raise Refused(f"{inquiry.acknowledged_by} is already dealing with {inquiry}.")
        _stop_pages(inquiry, by)
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
    """End an inquiry, saying how it ended. Raises Refused without an outcome, or when it has ended already.

    Ending an urgent one acknowledges it, so that nobody is paged when it is reopened.
    """
    with _change(inquiry_id, "close", by=by, seen=seen) as inquiry:
        _require(inquiry, "closed", Status.NEW, Status.OPEN, Status.WAITING, Status.QUARANTINED)
        if outcome not in Outcome.values:
            raise Refused("Choose how the inquiry ended.")
        inquiry.status, inquiry.outcome = Status.DONE, outcome
        inquiry.closed_at, inquiry.closed_by, inquiry.waiting_until = timezone.now(), by, None
        if inquiry.urgency != Urgency.ROUTINE and inquiry.acknowledged_by is None:
            _stop_pages(inquiry, by)
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
    """Move a quarantined inquiry to the desk: it was no spam. It keeps its original time. Raises Refused otherwise.

    Now the patient gets the receipt by email, unless the time it would promise has passed. No news go to the front
    desk: that is where somebody has just read it.
    """
    with _change(inquiry_id, "accept", by=by, seen=seen) as inquiry:
        _require(inquiry, "moved to the desk", Status.QUARANTINED)
        inquiry.status = Status.NEW
        if inquiry.due_at > timezone.now():
            notices.promise_receipt(inquiry, Practice.objects.current())
    return inquiry


def _stop_pages(inquiry: Inquiry, by: StaffUser) -> None:
    inquiry.acknowledged_at, inquiry.acknowledged_by = timezone.now(), by
    notices.withdraw_pages(inquiry)


# --- From the worker --------------------------------------------------------------------------------------------------


def resume_waiting(*, today: date) -> int:
    """Put inquiries whose waiting day has come back in front of their owners; the number of them."""
    with transaction.atomic(), pghistory.context(action="resume"):
        due = Inquiry.objects.waits_on_patient().filter(waiting_until__lte=today).select_for_update(skip_locked=True)
        for inquiry in due:
            inquiry.status, inquiry.waiting_until = Status.OPEN, None
            inquiry.last_event, inquiry.last_event_at = "resume", timezone.now()
            inquiry.version += 1
            inquiry.save(update_fields=CHANGEABLE)
        return len(due)


# --- How a change is made ---------------------------------------------------------------------------------------------


CHANGEABLE = (
    "status", "owner", "waiting_until", "outcome", "closed_at", "closed_by", "due_at", "acknowledged_at",
    "acknowledged_by", "closing_outcome", "closing_asked_at", "closing_asked_by", "first_replied_at", "last_event",
    "last_event_at", "version",
)  # fmt: skip


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
        inquiry.last_event, inquiry.last_event_at = action, timezone.now()
        inquiry.version += 1
        inquiry.save(update_fields=CHANGEABLE)


def _require(inquiry: Inquiry, verb: str, *allowed: Status) -> None:
    if inquiry.status not in allowed:
        owner = f" by {inquiry.owner}" if inquiry.owner and inquiry.status == Status.OPEN else ""
        raise Refused(f"{inquiry} cannot be {verb}: it is now “{inquiry.get_status_display()}”{owner}.")
