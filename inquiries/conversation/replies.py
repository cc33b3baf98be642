"""What staff send: written, kept, and for twenty seconds still theirs to take back; then it has left.

What a reply brings about (the patient counts as answered, the inquiry waits or is closed) happens when it has left, so
that taking it back has nothing to put right. The worker sees to that, and to emails that did not arrive.
"""

import logging
from datetime import date, timedelta

import pghistory
from django.db import transaction
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from clinic.staff.roles import ROLES
from inquiries import notices, outbox
from inquiries.answers import VARIABLE
from inquiries.changes import Refused, change, require
from inquiries.closing import close
from inquiries.conversation import links
from inquiries.conversation.private_numbers import looks_private
from inquiries.entries import forget_draft, keep_draft
from inquiries.models import Draft, Inquiry, Message, Outcome, Status
from inquiries.text import normalised

logger = logging.getLogger(__name__)

UNDO = timedelta(seconds=20)
AT_ONCE = 200  # in one of the worker's rounds
LONGEST = 10_000  # characters


class LooksPrivate(Refused):
    """The text seems to hold a card or a social security number. It can be sent if the writer says that it does not."""


# --- Writing ----------------------------------------------------------------------------------------------------------


def reply(
    inquiry_id: int,
    *,
    text: str,
    by: StaffUser,
    then: str = Message.Then.KEEP,
    wait_until: date | None = None,
    checked: bool = False,
    seen: int | None = None,
) -> Message:
    """Keep a message to the patient and the email that tells of it; both leave in twenty seconds.

    Whoever answers a new inquiry, or one that waited, has it from then on. `then`, one of Message.Then, is what becomes
    of it once the message has left; `checked`: the writer has looked at what seems to be a card number. Raises Stale,
    LooksPrivate, and Refused for what cannot be sent: the inquiry changed since `seen` (the patient wrote again, their
    address changed), there is no address, or something in the text is still to be filled in.
    """
    text = clean(text)
    with change(inquiry_id, "reply", by=by, seen=seen) as inquiry:
        require(inquiry, "answered", Status.NEW, Status.OPEN, Status.WAITING)
        _require_words(text, checked)
        _require_address(inquiry)
        if on_its_way(inquiry):
            raise Refused("A message to this person leaves in a few seconds. Wait for it, or take it back.")
        if then == Message.Then.WAIT and (wait_until is None or wait_until <= _today()):
            raise Refused("Choose a day after today to wait until.")
        message = Message.objects.create(
            inquiry=inquiry, text=text, author=by, role=role_of(by), leaves_at=timezone.now() + UNDO,
            then=then, wait_until=wait_until if then == Message.Then.WAIT else None,
        )  # fmt: skip
        pghistory.context(message=message.pk)
        notices.promise_reply(message, Practice.objects.current())
        if inquiry.status in (Status.NEW, Status.WAITING):
            inquiry.status, inquiry.owner, inquiry.waiting_until = Status.OPEN, by, None
        forget_draft(inquiry.pk, by=by, kind=Draft.Kind.REPLY)
    return message


def take_back(message_id: int, *, by: StaffUser) -> Message:
    """Send nothing: the text goes back into the writer's draft. Raises Refused when it has left."""
    inquiry_id = Message.objects.values_list("inquiry_id", flat=True).get(pk=message_id)
    with change(inquiry_id, "take_back", by=by, seen=None):
        message = Message.objects.select_for_update().get(pk=message_id)
        emails = notices.emails_of(message)  # none about a sample
        outbox.withdraw(emails)
        # What was put aside, now or before, has not left.
        if not message.can_be_taken_back() or emails.exclude(status=outbox.WITHDRAWN).exists():
            raise Refused("It cannot be taken back: it has left. Write again, or call.")
        message.taken_back_at = timezone.now()
        message.save(update_fields=["taken_back_at"])
        pghistory.context(message=message.pk)
        if message.author is not None:
            keep_draft(inquiry_id, text=message.text, by=message.author, kind=Draft.Kind.REPLY)
    return message


def on_its_way(inquiry: Inquiry) -> Message | None:
    """The message that has not left yet, if there is one."""
    return inquiry.messages.filter(leaves_at__isnull=False, left_at=None, taken_back_at=None).first()


def is_leaving(inquiry: Inquiry, text: str, *, by: StaffUser) -> bool:
    """True while these words of this person's are on their way."""
    message = on_its_way(inquiry)
    return message is not None and (message.author_id, message.text) == (by.pk, clean(text))


def role_of(person: StaffUser) -> str:
    """What patients are told about who wrote: the role, never the name of a person whom they could look up."""
    mine = set(person.groups.values_list("name", flat=True))
    return next((role for role in ("Clinician", "Manager", "Front desk") if role in mine & set(ROLES)), "Clinic staff")


def _require_address(inquiry: Inquiry) -> None:
    if not inquiry.email:
        raise Refused("There is no email address to write to. Call instead, and log the call.")
    if not notices.is_one_address(inquiry.email):
        raise Refused("No email can be sent to this address. Correct it, or call instead and log the call.")


def _require_words(text: str, checked: bool) -> None:
    if not text.strip():
        raise Refused("Write the message first.")
    if len(text) > LONGEST:
        raise Refused(f"The message has {len(text):,} characters. Shorten it to {LONGEST:,} or fewer.")
    if blank := VARIABLE.search(text):
        raise Refused(f"Fill in or remove {blank[0]} before you send this.")
    if not checked and looks_private(text):
        raise LooksPrivate(
            "This seems to hold the number of a card or a social security number. Take it out, "
            "or tick the box below the text if it is something else."
        )


# --- Leaving (the worker) ---------------------------------------------------------------------------------------------


def let_leave() -> int:
    """Do what the messages bring about whose twenty seconds are over; the number of them."""
    left = 0
    due = Message.objects.filter(leaves_at__lte=timezone.now(), left_at=None, taken_back_at=None)
    for message_id in list(due.order_by("leaves_at").values_list("pk", flat=True)[:AT_ONCE]):
        try:
            left += leave(message_id)
        except Exception:  # the others must leave all the same
            logger.exception("What follows message %s could not be done; it is tried again", message_id)
    return left


@transaction.atomic
def leave(message_id: int) -> bool:
    """Let one message have left, and do what it brings about; False when it has left or was taken back."""
    # The inquiry first, as everywhere: who locks the other way round could wait for us while we wait for them.
    inquiry = Inquiry.objects.select_for_update().get(messages=message_id)
    message = Message.objects.select_for_update(of=("self",)).select_related("author").get(pk=message_id)
    if message.left_at or message.taken_back_at or message.author is None:
        return False
    message.left_at = timezone.now()
    message.save(update_fields=["left_at"])
    links.prolong(inquiry)
    with change(inquiry.pk, "reply_left", by=message.author, seen=None) as changed:
        pghistory.context(message=message.pk)
        changed.first_replied_at = changed.first_replied_at or message.left_at
        waits = message.then == Message.Then.WAIT and not _answered_back(message)
        if waits and changed.status == Status.OPEN:
            changed.status, changed.waiting_until = Status.WAITING, message.wait_until
    if message.then == Message.Then.ANSWERED and not _answered_back(message):
        try:
            with transaction.atomic():
                close(inquiry.pk, outcome=Outcome.ANSWERED, by=message.author)
        except Refused as refusal:  # a colleague was quicker; the message has left all the same
            logger.info("%s stays as it is: %s", inquiry, type(refusal).__name__)
    return True


def _answered_back(message: Message) -> bool:
    """True when the patient wrote while the message was leaving: then it is our turn, whatever its writer chose."""
    return Message.objects.filter(
        inquiry_id=message.inquiry_id, author=None, kind=Message.Kind.MESSAGE, pk__gt=message.pk
    ).exists()


def undelivered() -> int:
    """Bring back to the desk every inquiry whose last message the mail server refused; the number of them."""
    brought = 0
    for notice in notices.refused().order_by("pk")[:AT_ONCE]:
        try:
            with transaction.atomic():
                notice.told_at = timezone.now()
                notice.save(update_fields=["told_at"])
                come_back(notice.inquiry_id)
        except Exception:  # as above
            logger.exception("Inquiry %s could not be brought back; it is tried again", notice.inquiry_id)
        else:
            brought += 1
    return brought


def bounced(message_id: int, *, by: StaffUser) -> Message:
    """Take it that the email about a message came back: the inquiry is open again, and the email counts as failed."""
    message = Message.objects.get(pk=message_id)
    if not outbox.fail(notices.emails_of(message)):
        raise Refused("No email about this message has left.")
    undelivered()
    return message


def send_again(message_id: int, *, by: StaffUser) -> Message:
    """Tell the patient of a message once more, at the address that is on file now, whatever became of earlier emails.

    Raises Refused for a message that has not left, and without an address.
    """
    inquiry_id = Message.objects.values_list("inquiry_id", flat=True).get(pk=message_id)
    with change(inquiry_id, "send_again", by=by, seen=None) as inquiry:
        message = Message.objects.get(pk=message_id)
        if message.left_at is None:
            raise Refused("This message has not left, so there is nothing to send again.")
        _require_address(inquiry)
        outbox.withdraw(notices.emails_of(message))
        message.inquiry = inquiry
        notices.promise_reply(message, Practice.objects.current())
        links.prolong(inquiry)
        pghistory.context(message=message.pk)
    return message


def come_back(inquiry_id: int) -> Inquiry:
    """Put an inquiry whose message did not arrive back in front of staff, with a new promise. Not suspected spam."""
    with change(inquiry_id, "not_delivered", by=None, seen=None) as inquiry:
        if inquiry.status != Status.QUARANTINED:
            put_back(inquiry)
    return inquiry


def put_back(inquiry: Inquiry) -> None:
    """The same for an inquiry that is being changed. What we owe already stays due when it was."""
    if inquiry.waits_for_us:
        return
    if inquiry.status == Status.DONE:
        inquiry.outcome, inquiry.closed_at, inquiry.closed_by = "", None, None
    owner = inquiry.owner
    there = owner is not None and owner.is_active and not owner.is_away
    inquiry.status, inquiry.owner = (Status.OPEN, owner) if there else (Status.NEW, None)
    inquiry.waiting_until = None
    inquiry.due_at = clock.due_at(Practice.objects.current(), timezone.now(), inquiry.urgency)


def _today() -> date:
    return Practice.objects.current().today()


def clean(text: str) -> str:
    """As it is kept, and as the patient reads it."""
    return normalised(text).replace("\0", "").strip()
