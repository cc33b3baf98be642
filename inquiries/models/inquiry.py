"""Inquiry: a question someone asked the clinic, and where it stands."""

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from inquiries import references
from inquiries.models.choices import ERASED, STEPS, Language, Outcome, ReplyBy, Status, Topic, Urgency, WritingFor
from inquiries.models.inquiry_indexes import INDEXES
from inquiries.querysets import ORDER, UNACKNOWLEDGED, InquiryQuerySet

# What the form lets a person type. Unicode normalisation (NFC) can make a legal text up to three times longer,
# so the columns are wider: a message that the form took must never be refused by the database.
MESSAGE_LENGTH = 5_000
NAME_LENGTH = 200
CONTACT_TIMES_LENGTH = 300
PHONE_LENGTH = 100
REASON_LENGTH = 300
NFC_GROWTH = 3


def _one_of(field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    return models.CheckConstraint(name=f"inquiry_{field}_is_known", condition=Q(**{f"{field}__in": choices.values}))


# History holds where the inquiry stood, when and with whom; never a name, an address or a word of the message.
@pghistory.track(
    pghistory.InsertEvent("received"),
    pghistory.UpdateEvent("changed"),
    fields=[
        "status",
        "urgency",
        "due_at",
        "owner",
        "waiting_until",
        "outcome",
        "closed_at",
        "closed_by",
        "acknowledged_at",
        "acknowledged_by",
        "closing_outcome",
        "closing_asked_at",
        "closing_asked_by",
        "first_replied_at",
        "version",
    ],
    obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
    model_name="InquiryEvent",
)
class Inquiry(models.Model):
    """A question someone asked the clinic. It is written by services.py only."""

    reference = models.CharField(max_length=references.LENGTH, unique=True, default=references.new)
    submission_key = models.UUIDField(
        unique=True, help_text="Made with the form, so that pressing the button twice keeps one message."
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by",
        help_text="The message sent before with the same form; the person went back, changed it and sent it again.",
    )  # fmt: skip
    received_at = models.DateTimeField(default=timezone.now)

    topic = models.CharField(max_length=20, choices=Topic.choices)
    writing_for = models.CharField("who it is for", max_length=20, choices=WritingFor.choices)
    message = models.TextField()
    name = models.CharField(max_length=NAME_LENGTH * NFC_GROWTH)
    reply_by = models.CharField("reply by", max_length=10, choices=ReplyBy.choices)
    email = models.EmailField(max_length=320, blank=True)
    phone = models.CharField(max_length=PHONE_LENGTH * NFC_GROWTH, blank=True, help_text="As the person typed it.")
    voicemail_ok = models.BooleanField("voicemail allowed", default=False)
    contact_times = models.CharField("good times", max_length=CONTACT_TIMES_LENGTH * NFC_GROWTH, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    due_at = models.DateTimeField("reply due", help_text="The same promise the patient was given.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries"
    )
    waiting_until = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, default="", db_default="")
    closing_asked_at = models.DateTimeField(null=True, blank=True)
    closing_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Of a crisis: who wants to close it, until a second person confirms.",
    )  # fmt: skip
    first_replied_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person at the clinic first answered: a call that reached, a reply."
    )
    last_event = models.CharField(
        max_length=20,
        default="received",
        db_default="received",
        help_text="What happened last, as services.py calls it.",
    )
    last_event_at = models.DateTimeField(default=timezone.now, db_default=Now())
    acknowledged_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody said that they are dealing with it: the pages stop."
    )
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    paged_again_at = models.DateTimeField(
        null=True, blank=True, help_text="The first page goes out with the inquiry; this is the last one after it."
    )
    pages_repeated = models.PositiveIntegerField(default=0, db_default=0)
    pinned = models.GeneratedField(
        expression=models.Case(models.When(UNACKNOWLEDGED, then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="Urgent and not acknowledged: stands above everything else in every list. Kept by the database.",
    )
    suspicions = ArrayField(
        models.CharField(max_length=30), default=list, db_default=[], blank=True,
        help_text="Why it was taken for spam, when it was: names of signals in spam.py.",
    )  # fmt: skip
    likeness = models.UUIDField(
        null=True,
        help_text="A keyed digest of contact and text: the same words from the same person have the same one.",
    )
    held_at = models.DateTimeField(
        null=True, blank=True, help_text="Of a legal hold, while there is one: nothing of it may be erased."
    )
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    hold_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When everything about the person was erased; the row stays, to be counted."
    )
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Empty when its time was over: retention.py.",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, help_text="Counts the changes, so that a stale one is refused.")
    sample = models.BooleanField(default=False, help_text="Made by `make demo`; not a real person.")

    objects: ClassVar = InquiryQuerySet.as_manager()
    events: Any  # the history, a manager that pghistory makes; its rows have a field for each one listed above

    class Meta:
        verbose_name_plural = "inquiries"
        permissions: ClassVar = [
            ("open_inquiry", "Can open inquiries and read what patients wrote"),
            ("assign_inquiry", "Can give inquiries to other people"),
            ("export_inquiry", "Can export lists of inquiries"),
            ("export_person", "Can hand out everything we keep of one person"),
            ("erase_person", "Can erase everything we keep of one person"),
            ("hold_inquiry", "Can set and lift a legal hold, which keeps inquiries from being erased"),
        ]
        ordering: ClassVar = list(ORDER)
        indexes = INDEXES
        constraints = [
            _one_of("topic", Topic),
            _one_of("writing_for", WritingFor),
            _one_of("reply_by", ReplyBy),
            _one_of("language", Language),
            _one_of("status", Status),
            _one_of("urgency", Urgency),
            models.CheckConstraint(
                name="inquiry_reference_has_no_look_alikes", condition=Q(reference__regex=references.PATTERN)
            ),
            models.CheckConstraint(name="inquiry_name_is_given", condition=~Q(name="")),
            models.CheckConstraint(
                name="inquiry_message_is_neither_empty_nor_endless",
                condition=~Q(message="") & Q(LessThanOrEqual(Length("message"), MESSAGE_LENGTH * NFC_GROWTH)),
            ),
            models.CheckConstraint(
                name="inquiry_can_be_answered_the_way_asked",
                condition=(Q(reply_by=ReplyBy.EMAIL) & ~Q(email=""))
                | (Q(reply_by=ReplyBy.PHONE) & ~Q(phone=""))
                | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_in_quarantine_is_routine",
                condition=~Q(status=Status.QUARANTINED) | Q(urgency=Urgency.ROUTINE),
            ),
            models.CheckConstraint(name="inquiry_is_due_after_it_came", condition=Q(due_at__gte=F("received_at"))),
            models.CheckConstraint(
                name="inquiry_in_hand_has_an_owner",
                condition=Q(status__in=[Status.OPEN, Status.WAITING], owner__isnull=False)
                | Q(status__in=[Status.NEW, Status.QUARANTINED], owner__isnull=True)
                | Q(status=Status.DONE),
            ),
            models.CheckConstraint(
                name="inquiry_waiting_says_until_when",
                condition=Q(status=Status.WAITING, waiting_until__isnull=False)
                | (~Q(status=Status.WAITING) & Q(waiting_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="inquiry_done_says_how_when_and_by_whom",
                condition=Q(
                    status=Status.DONE,
                    outcome__in=Outcome.values,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                )
                # What is erased before anybody ended it has no outcome, and no person where its time was over.
                | Q(status=Status.DONE, closed_at__isnull=False, erased_at__isnull=False)
                | (~Q(status=Status.DONE) & Q(outcome="", closed_at__isnull=True, closed_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="inquiry_acknowledged_says_when_and_by_whom",
                condition=Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False)
                | Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiry_closing_asked_says_how_when_and_by_whom",
                condition=Q(closing_outcome="", closing_asked_at__isnull=True, closing_asked_by__isnull=True)
                | Q(closing_outcome__in=Outcome.values, closing_asked_at__isnull=False, closing_asked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_closing_asked_is_urgent_and_not_over",
                condition=Q(closing_outcome="") | (~Q(urgency=Urgency.ROUTINE) & ~Q(status=Status.DONE)),
            ),
            models.CheckConstraint(
                name="inquiry_acknowledged_is_urgent",
                condition=Q(acknowledged_at__isnull=True) | ~Q(urgency=Urgency.ROUTINE),
            ),
            models.CheckConstraint(
                name="inquiry_held_says_when_by_whom_and_why",
                condition=(Q(held_at__isnull=False, held_by__isnull=False) & ~Q(hold_reason=""))
                | Q(held_at__isnull=True, held_by__isnull=True, hold_reason=""),
            ),
            # The database lets notes and messages of an erased inquiry lose their words. This keeps the mark from
            # being set for anything less than an erasure.
            models.CheckConstraint(
                name="inquiry_erased_holds_nothing_of_the_person",
                condition=Q(erased_at__isnull=True, erased_by__isnull=True)
                | Q(
                    erased_at__isnull=False,
                    name=ERASED,
                    message=ERASED,
                    email="",
                    phone="",
                    contact_times="",
                    voicemail_ok=False,
                    suspicions=[],
                    likeness__isnull=True,
                    held_at__isnull=True,
                    status=Status.DONE,
                ),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="inquiry_takes_only_known_steps", field="status", transitions=STEPS),
            pgtrigger.Protect(
                name="inquiry_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sample=False),
            ),
            pgtrigger.ReadOnly(
                name="inquiry_keeps_what_came_in",
                fields=["reference", "received_at", "follows", "sample"],
            ),
            # The key of a form that was sent twice is made of its words, so it goes with them.
            pgtrigger.Protect(
                name="inquiry_keeps_the_key_of_its_form",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."submission_key" IS DISTINCT FROM NEW."submission_key" AND NEW."erased_at" IS NULL'
                ),
            ),
            pgtrigger.Protect(
                name="inquiry_erased_stays_as_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__erased_at__isnull=False),
            ),
            # What is erased here must not be found by its words any more.
            pgtrigger.Trigger(
                name="inquiry_is_found_as_it_stands",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("name", "email", "phone", "message"),
                func="PERFORM inquiries_read_in(ARRAY[NEW.id]); PERFORM inquiries_forget_name(OLD.name); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        # Reaches logs and admin messages, so it never holds a name.
        return f"Inquiry {self.reference}"

    @property
    def is_erased(self) -> bool:
        """True when nothing of the person is left in it."""
        return self.erased_at is not None

    @property
    def is_held(self) -> bool:
        """True while a legal hold keeps it from being erased."""
        return self.held_at is not None

    @property
    def waits_for_us(self) -> bool:
        """True while the clinic owes the next step."""
        return self.status in (Status.NEW, Status.OPEN)

    @property
    def is_unacknowledged(self) -> bool:
        """True while people are paged about it: urgent, and nobody has said that they are dealing with it."""
        urgent, over = self.urgency != Urgency.ROUTINE, self.status in (Status.DONE, Status.QUARANTINED)
        return urgent and not over and self.acknowledged_at is None

    def is_overdue(self) -> bool:
        """True when we owe the next step and the promised time has passed."""
        return self.waits_for_us and self.due_at < timezone.now()
