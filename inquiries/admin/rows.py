"""One line of the list, in words. There is nothing in it that the person wrote but their name."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.timesince import timesince

from inquiries import events
from inquiries.highlight import WORDS
from inquiries.models import Inquiry, Urgency
from inquiries.querysets import InquiryQuerySet

# All that a line needs. The message stays in the database: a list that holds it puts a despairing sentence on a screen
# by the waiting room.
FIELDS = (
    "reference", "received_at", "due_at", "urgency", "status", "acknowledged_at", "name", "topic", "writing_for",
    "reply_by", "language", "voicemail_ok", "waiting_until", "closed_at", "outcome", "last_event", "last_event_at",
    "version", "pinned", "sample", "owner__first_name", "owner__last_name", "owner__email",
)  # fmt: skip

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Badge:
    """A word with a mark of its own, so that nobody needs its colour."""

    word: str
    look: str = ""


class Row:
    """An inquiry as the list shows it."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.is_overdue = inquiry.is_overdue()

    @property
    def badges(self) -> list[Badge]:
        """How urgent, whether somebody deals with it, and what a clinician must know first."""
        inquiry = self.inquiry
        badges = [Badge(inquiry.get_urgency_display(), inquiry.urgency)]
        if inquiry.is_unacknowledged:
            badges.append(Badge("Not acknowledged", "alarm"))
        kinds: list[str] = getattr(inquiry, "flags", [])
        badges += [Badge(WORDS.get(kind, kind), "flag") for kind in kinds if kind not in Urgency.values]
        return badges + ([Badge("Sample")] if inquiry.sample else [])

    @property
    def due(self) -> str:
        """Time left or time over; for what owes no reply, how it stands instead."""
        inquiry = self.inquiry
        if inquiry.outcome:
            return inquiry.get_outcome_display()
        if inquiry.waiting_until:
            return f"Waits until {inquiry.waiting_until:%B} {inquiry.waiting_until.day}"
        if not inquiry.waits_for_us:
            return "No reply owed"
        if self.is_overdue:
            return f"Overdue by {timesince(inquiry.due_at, depth=1)}"
        return f"Due in {timesince(timezone.now(), inquiry.due_at, depth=1)}"

    @property
    def happened(self) -> str:
        """The last event, and how long ago: a clock time would be read in the wrong time zone."""
        words = events.words(self.inquiry.last_event).short
        if timezone.now() - self.inquiry.last_event_at < MINUTE:
            return f"{words} just now"
        return f"{words} {timesince(self.inquiry.last_event_at, depth=1)} ago"


def with_what_a_row_needs(inquiries: InquiryQuerySet) -> InquiryQuerySet:
    """Only those columns, with the kinds of what screening found beside them."""
    return inquiries.select_related("owner").only(*FIELDS).with_flags()
