"""What has become of a message that staff wrote, in the desk's words: on its way, delivered, opened, or not arrived."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils import timezone
from post_office.models import STATUS

from inquiries.models import Message, Notice
from inquiries.outbox import WITHDRAWN


@dataclass(frozen=True)
class Delivery:
    """One message's state; `at` is since when, if that is known."""

    look: str
    """back, leaving, sent, delivered, opened or lost: each has a mark of its own"""
    words: str
    at: datetime | None = None
    more: str = ""
    """A sentence that follows the moment."""
    seconds: int = 0
    """For so long it can still be taken back."""
    may_send_again: bool = False
    may_have_come_back: bool = False
    """Its mail server took the email; a message that it came back would reach only the clinic's own mailbox."""


def delivery(message: Message, notice: Notice | None, *, sample: bool) -> Delivery:
    """The state of a staff message whose newest email is `notice`'s; None when there never was one."""
    if message.taken_back_at:
        return Delivery("back", "Taken back, not sent", message.taken_back_at)
    if message.left_at is None:
        seconds = ceil((message.leaves_at - timezone.now()).total_seconds()) if message.leaves_at else 0
        words = f"Leaves in {seconds} seconds" if seconds > 0 else "Leaving now"
        return Delivery("leaving", words, seconds=max(seconds, 0))
    status = notice.email.status if notice else None
    if notice and status == STATUS.failed:
        return Delivery("lost", "Not delivered: the email was refused or came back", may_send_again=True)
    if message.opened_at:
        return Delivery("opened", "Opened by the patient", message.opened_at)
    if sample and not notice:
        return Delivery("sent", "Sent", message.left_at, "Of a sample, no email goes out.")
    if notice is None:
        return Delivery("lost", "Not delivered: no email can be sent to this address", may_send_again=True)
    if status == WITHDRAWN:
        return Delivery("lost", "Not delivered: the email was put aside", may_send_again=True)
    if status == STATUS.sent:
        words = "Sent, and delivered to the mail server"
        return Delivery("delivered", words, message.left_at, may_have_come_back=True)
    more = "The mail server has not taken the email yet." if status == STATUS.requeued else "The email follows."
    return Delivery("sent", "Sent", message.left_at, more)
