"""What the patient writes after the first question, or asks for: kept once, screened, clocked and announced like it."""

import uuid
from datetime import timedelta

import pghistory
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries import mailboxes, notices
from inquiries.changes import change
from inquiries.conversation import links
from inquiries.conversation.replies import put_back
from inquiries.models import Finding, Inquiry, LostLink, Message, Status, Urgency
from inquiries.references import as_typed
from inquiries.triage import GRAVEST_FIRST, assess

QUARTER = 15 * 60  # seconds
MOST_LOST = 2_000  # requests for a link that wait: ten of the worker's rounds
# Emails to the front desk about one inquiry. Nobody types as much; what a program sends must not bury the mailbox.
MOST_NEWS_AN_HOUR = 60


@transaction.atomic
def patient_writes(inquiry_id: int, *, text: str, submission_key: uuid.UUID) -> Message:
    """Keep what the patient wrote: it is our turn again, and staff are told; the same form sent twice is kept once.

    The same form with other words is kept beside it. Screening may raise the inquiry, and then people are paged, even
    if somebody dealt with an earlier crisis; it never lowers it. However much somebody writes is kept; of many, the
    front desk hears no more within the hour, unless it is urgent. Raises django.db.Error when it could not be saved.
    """
    urgency, findings = assess({"message": text, "name": "", "contact_times": ""})
    Inquiry.objects.select_for_update().get(pk=inquiry_id)  # two presses of one button come one after the other
    # Derived from the words, so that sending the changed text twice gives one message, too.
    changed_key = uuid.uuid5(submission_key, text)
    kept = {message.submission_key: message for message in _kept(inquiry_id, submission_key, changed_key)}
    first = kept.get(submission_key)
    if first is not None and (first.text == text or changed_key in kept):
        return first if first.text == text else kept[changed_key]
    urgent = urgency != Urgency.ROUTINE
    tell = urgent or _wrote_lately(inquiry_id) < MOST_NEWS_AN_HOUR
    with change(inquiry_id, "patient_wrote", by=None, seen=None) as inquiry:
        if urgent:
            _raise(inquiry, urgency)
        # A colleague who was asked to confirm the end did not know of this.
        inquiry.closing_outcome, inquiry.closing_asked_at, inquiry.closing_asked_by = "", None, None
        _our_turn(inquiry)
        key = changed_key if first else submission_key
        message = Message.objects.create(inquiry=inquiry, text=text, submission_key=key)
        pghistory.context(message=message.pk)
        Finding.objects.bulk_create([Finding(inquiry=inquiry, message=message, **found) for found in findings])
        if tell:
            notices.promise_news_of(message, Practice.objects.current(), urgent=urgent)
    links.prolong(inquiry)
    return message


def _wrote_lately(inquiry_id: int) -> int:
    lately = timezone.now() - timedelta(hours=1)
    return Message.objects.filter(inquiry=inquiry_id, author=None, written_at__gt=lately).count()


def _kept(inquiry_id: int, *keys: uuid.UUID) -> list[Message]:
    return list(Message.objects.filter(inquiry=inquiry_id, submission_key__in=keys))


def _raise(inquiry: Inquiry, urgency: str) -> None:
    """Page people anew: whoever dealt with what was written before has not read this."""
    inquiry.urgency = min(urgency, inquiry.urgency, key=[one.value for one in GRAVEST_FIRST].index)
    inquiry.acknowledged_at = inquiry.acknowledged_by = None
    inquiry.paged_again_at, inquiry.pages_repeated = timezone.now(), 0
    inquiry.save(update_fields=["paged_again_at", "pages_repeated"])


def _our_turn(inquiry: Inquiry) -> None:
    """The inquiry waits for us. What we still owe stays due when it was: to write again must not put it off."""
    promised = inquiry.due_at if inquiry.waits_for_us and not _answered(inquiry) else None
    put_back(inquiry)
    # By the inquiry's urgency: a calm message about a crisis must not wait for the next opening.
    due_at = clock.due_at(Practice.objects.current(), timezone.now(), inquiry.urgency)
    inquiry.due_at = min(due_at, promised or due_at)


def _answered(inquiry: Inquiry) -> bool:
    """True when the last word before this one is ours, by message or by phone: then what we had promised is kept."""
    said = inquiry.messages.filter(Q(author=None) | Q(left_at__isnull=False))
    last = said.exclude(kind=Message.Kind.NO_ANSWER).last()
    return inquiry.first_replied_at is not None if last is None else not last.from_patient


@transaction.atomic
def patient_asks(inquiry_id: int, kind: str) -> Message:
    """Keep that the patient asks for a copy, for deletion, or needs no answer any more; once a day each.

    A copy and a deletion are owed, so the inquiry waits for us. That no answer is needed is for staff to read: it
    closes nothing, because it may be a way to say something else.
    """
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry_id)
    lately = timezone.now() - timedelta(days=1)
    before = inquiry.messages.filter(kind=kind, author=None, written_at__gt=lately).first()
    if before is not None:
        return before
    with change(inquiry_id, "asked_copy", by=None, seen=None) as changed:
        if kind == Message.Kind.DELETION:
            changed.last_event = "asked_deletion"
        elif kind == Message.Kind.NO_ANSWER:
            changed.last_event = "asked_no_answer"
        if kind != Message.Kind.NO_ANSWER:
            _our_turn(changed)
        message = Message.objects.create(inquiry=changed, kind=kind, submission_key=uuid.uuid4())
        pghistory.context(message=message.pk)
        if kind != Message.Kind.NO_ANSWER:
            notices.promise_news_of(message, Practice.objects.current(), urgent=False)
    return message


# --- A lost link ------------------------------------------------------------------------------------------------------


def ask_for_link(*, reference: str, email: str) -> None:
    """Keep that somebody asks for the link to a reference; the same work whether or not there is such an inquiry.

    While very many wait to be looked at, a program is asking: no more are kept, and the page says the same.
    """
    asked = LostLink(reference=as_typed(reference), mailbox=mailboxes.digest(email), period=_period())
    if LostLink.objects.filter(looked_at=None).count() < MOST_LOST:
        LostLink.objects.bulk_create([asked], ignore_conflicts=True)


def _period() -> int:
    return int(timezone.now().timestamp()) // QUARTER


def send_lost_links() -> int:
    """Send a link to each who asked for one and has an inquiry under this reference and address; the number sent."""
    sent = 0
    # Whoever asks again in the same quarter of an hour gets no second email; after it the row serves nobody.
    LostLink.objects.filter(looked_at__isnull=False, period__lt=_period()).delete()
    waiting = LostLink.objects.filter(looked_at=None)
    # Made-up references go all at once: a flood of them must not keep a person waiting for hours.
    waiting.filter(~Exists(Inquiry.objects.filter(reference=OuterRef("reference")))).update(looked_at=timezone.now())
    for asked in list(waiting.order_by("asked_at")[:200]):
        with transaction.atomic():
            # Locked, or the email would be written after a person was erased.
            locked = Inquiry.objects.select_for_update(no_key=True)
            inquiry = locked.filter(reference=asked.reference).exclude(email="").first()
            if inquiry is not None and mailboxes.digest(inquiry.email) == asked.mailbox and _has_link(inquiry):
                notices.promise_link(inquiry, Practice.objects.current())
                sent += 1
            LostLink.objects.filter(pk=asked.pk).update(looked_at=timezone.now())
    return sent


def _has_link(inquiry: Inquiry) -> bool:
    """Suspected spam gets no email; of samples, none is sent."""
    return not inquiry.sample and inquiry.status != Status.QUARANTINED


def mark_opened(inquiry: Inquiry) -> int:
    """The patient has the clinic's messages on the screen; the number of those that are there for the first time."""
    return int(
        inquiry.messages.filter(author__isnull=False, left_at__isnull=False, opened_at=None).update(
            opened_at=timezone.now()
        )
    )
