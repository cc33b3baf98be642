"""Every change to an inquiry. Each one is a single transaction that says who did it, and locks before it looks.

How a change is locked, compared and recorded: changes.py. Five groups have files to themselves: the question's arrival
(intake.py), what staff write down (entries.py), how an inquiry ends (closing.py), the conversation (conversation/), and
what a person may ask of us (rights.py).
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import notices
from inquiries.changes import Refused, Stale, change, change_all, may_act, require, require_present
from inquiries.closing import close, confirm_close, decline_close, stop_pages
from inquiries.conversation.arrivals import ask_for_link, mark_opened, patient_asks, patient_writes
from inquiries.conversation.contact import correct_contact
from inquiries.conversation.replies import LooksPrivate, bounced, reply, send_again, take_back
from inquiries.entries import log_call, note
from inquiries.intake import NoRoom, submit
from inquiries.models import Inquiry, Status, Urgency
from inquiries.rights import erase, hold, lift_hold

__all__ = [
    "LooksPrivate", "NoRoom", "Refused", "Stale", "accept", "acknowledge", "ask_for_link",
    "assign", "bounced", "claim", "close", "confirm_close", "correct_contact", "decline_close", "erase", "hold",
    "lift_hold", "log_call", "mark_opened", "note", "patient_asks", "patient_writes", "release", "reopen", "reply",
    "resume_waiting", "send_again", "submit", "take_back", "wait",
]  # fmt: skip


# --- From the desk ----------------------------------------------------------------------------------------------------


def claim(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Take a new inquiry, or one that waited on the patient. Raises Refused when it is not there to take.

    A person who is away would lose it again within seconds, and is told so.
    """
    with change(inquiry_id, "claim", by=by, seen=seen) as inquiry:
        require_present(by)
        if inquiry.status == Status.OPEN and inquiry.owner_id == by.pk:
            raise Refused(f"{inquiry} is already yours.")
        require(inquiry, "claimed", Status.NEW, Status.WAITING)
        inquiry.status, inquiry.owner, inquiry.waiting_until = Status.OPEN, by, None
    return inquiry


def assign(inquiry_id: int, *, to: StaffUser, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Give an inquiry to a colleague, or take it over; one that waits on the patient goes on waiting.

    Raises Refused when the colleague cannot act on it, or has it already.
    """
    with change(inquiry_id, "assign", by=by, seen=seen) as inquiry:
        require(inquiry, "given to anybody", Status.NEW, Status.OPEN, Status.WAITING)
        if inquiry.owner_id == to.pk:
            raise Refused(f"{to} has {inquiry} already.")
        if to.is_away or not may_act().filter(pk=to.pk).exists():
            raise Refused(f"{to} cannot take inquiries now. Choose somebody else.")
        inquiry.owner = to
        if inquiry.status == Status.NEW:
            inquiry.status = Status.OPEN
    return inquiry


def release(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Give an inquiry back to everybody; its due time stays. Raises Refused unless somebody has it."""
    with change(inquiry_id, "release", by=by, seen=seen) as inquiry:
        require(inquiry, "released", Status.OPEN, Status.WAITING)
        inquiry.status, inquiry.owner, inquiry.waiting_until = Status.NEW, None, None
    return inquiry


def acknowledge(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Say that one is dealing with an urgent inquiry: nobody is paged about it any more.

    Claiming does not say so: pages must not stop because somebody tidied the list. Whoever acknowledges at night need
    not write the reply, so it is not a claim, either. Raises Refused for a routine one, or after somebody else.
    """
    with change(inquiry_id, "acknowledge", by=by, seen=seen) as inquiry:
        require(inquiry, "acknowledged", Status.NEW, Status.OPEN, Status.WAITING)
        if inquiry.urgency == Urgency.ROUTINE:
            raise Refused(f"{inquiry} is not urgent: nobody is paged about it.")
        if inquiry.acknowledged_by:
            raise Refused(f"{inquiry.acknowledged_by} is already dealing with {inquiry}.")
        stop_pages(inquiry, by)
    return inquiry


def wait(inquiry_id: int, *, until: date, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Set an open inquiry aside until a day, because the patient has the next step.

    Raises Refused unless it is open and the day lies ahead.
    """
    with change(inquiry_id, "wait", by=by, seen=seen) as inquiry:
        require(inquiry, "set to wait", Status.OPEN)
        if until <= Practice.objects.current().today():
            raise Refused("Choose a day after today to wait until.")
        inquiry.status, inquiry.waiting_until = Status.WAITING, until
    return inquiry


def reopen(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Take up an ended inquiry again; the person who reopens it owns it, and a new reply time is promised.

    Raises Refused unless it had ended.
    """
    with change(inquiry_id, "reopen", by=by, seen=seen) as inquiry:
        require_present(by)
        require(inquiry, "reopened", Status.DONE)
        inquiry.status, inquiry.owner, inquiry.outcome = Status.OPEN, by, ""
        inquiry.closed_at = inquiry.closed_by = None
        inquiry.due_at = clock.due_at(Practice.objects.current(), timezone.now(), inquiry.urgency)
    return inquiry


def accept(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Move a quarantined inquiry to the desk: it was no spam. It keeps its original time. Raises Refused otherwise.

    Now the patient gets the receipt by email, unless the time it would promise has passed. No news go to the front
    desk: that is where somebody has just read it.
    """
    with change(inquiry_id, "accept", by=by, seen=seen) as inquiry:
        require(inquiry, "moved to the desk", Status.QUARANTINED)
        inquiry.status = Status.NEW
        if inquiry.due_at > timezone.now():
            notices.promise_receipt(inquiry, Practice.objects.current())
    return inquiry


# --- From the worker --------------------------------------------------------------------------------------------------


def resume_waiting(*, today: date) -> int:
    """Put inquiries whose waiting day has come back in front of their owners; the number of them."""
    with transaction.atomic():
        due = Inquiry.objects.waits_on_patient().filter(waiting_until__lte=today).select_for_update(skip_locked=True)
        return change_all(due, "resume", status=Status.OPEN, waiting_until=None)
