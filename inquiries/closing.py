"""How an inquiry ends. An urgent one takes two people: one asks to close it, another confirms."""

from django.utils import timezone

from clinic.staff.models import StaffUser
from inquiries import notices
from inquiries.changes import Refused, change, may_act, require
from inquiries.models import Inquiry, Outcome, Status, Urgency

# Ended like this, the person was answered, at the latest now: staff also answer from their own mailbox.
REPLIED = {Outcome.ANSWERED, Outcome.BOOKED, Outcome.REFERRED}


def close(inquiry_id: int, *, outcome: str, by: StaffUser, seen: int | None = None) -> Inquiry:
    """End an inquiry, saying how it ended; an urgent one only asks to be closed, until a second person confirms.

    Where nobody else could confirm, one person closes it alone, and history says so. Either way nobody is paged about
    it any more. Raises Refused without an outcome, when closing it is asked for already, or when it has ended.
    """
    with change(inquiry_id, "close", by=by, seen=seen) as inquiry:
        require(inquiry, "closed", Status.NEW, Status.OPEN, Status.WAITING, Status.QUARANTINED)
        if outcome not in Outcome.values:
            raise Refused("Choose how the inquiry ended.")
        if inquiry.closing_outcome:
            raise Refused(f"{inquiry.closing_asked_by} has asked to close {inquiry} already: confirm or decline that.")
        urgent = inquiry.urgency != Urgency.ROUTINE
        if urgent and inquiry.acknowledged_by is None:
            stop_pages(inquiry, by)
        if urgent and may_act().exclude(pk=by.pk).exists():
            inquiry.last_event = "ask_to_close"
            inquiry.closing_outcome, inquiry.closing_asked_at, inquiry.closing_asked_by = outcome, timezone.now(), by
        else:
            inquiry.last_event = "close_alone" if urgent else "close"
            _end(inquiry, outcome, by)
    return inquiry


def confirm_close(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Close what a colleague asked to close, with the outcome they chose. Raises Refused for that colleague."""
    with change(inquiry_id, "confirm_close", by=by, seen=seen) as inquiry:
        outcome = _asked_closing(inquiry)
        if inquiry.closing_asked_by_id == by.pk:
            raise Refused("You asked to close it: somebody else has to confirm.")
        _end(inquiry, outcome, by)
    return inquiry


def decline_close(inquiry_id: int, *, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Keep open what somebody asked to close; whoever asked may do this, too. Raises Refused when nobody asked."""
    with change(inquiry_id, "decline_close", by=by, seen=seen) as inquiry:
        _asked_closing(inquiry)
        _forget_closing(inquiry)
    return inquiry


def stop_pages(inquiry: Inquiry, by: StaffUser) -> None:
    """Take it that this person deals with an urgent inquiry: nobody is paged about it any more."""
    inquiry.acknowledged_at, inquiry.acknowledged_by = timezone.now(), by
    notices.withdraw_pages(inquiry)


def _asked_closing(inquiry: Inquiry) -> str:
    if not inquiry.closing_outcome:
        raise Refused(f"Nobody asks to close {inquiry} now.")
    return inquiry.closing_outcome


def _forget_closing(inquiry: Inquiry) -> None:
    inquiry.closing_outcome, inquiry.closing_asked_at, inquiry.closing_asked_by = "", None, None


def _end(inquiry: Inquiry, outcome: str, by: StaffUser) -> None:
    inquiry.status, inquiry.outcome = Status.DONE, outcome
    inquiry.closed_at, inquiry.closed_by, inquiry.waiting_until = timezone.now(), by, None
    if outcome in REPLIED and inquiry.first_replied_at is None:
        inquiry.first_replied_at = inquiry.closed_at
    _forget_closing(inquiry)
