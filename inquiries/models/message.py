"""Message: what the patient and the clinic write to each other after the first question."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from inquiries.models.choices import ERASED


class Message(models.Model):
    """One message, or one thing that the patient asks for with a button. Written once, by a service.

    The clinic's leave twenty seconds after they were written, so that a slip can be taken back.
    """

    class Kind(models.TextChoices):
        """What it is."""

        MESSAGE = "message", "Message"
        COPY = "copy", "Asks for a copy of what we keep"
        DELETION = "deletion", "Asks us to delete what we keep"
        NO_ANSWER = "no_answer", "Needs no answer any more"

    class Then(models.TextChoices):
        """What becomes of the inquiry when the clinic's message has left."""

        KEEP = "keep", "Keep it open: I will write again"
        WAIT = "wait", "Wait for the patient"
        ANSWERED = "answered", "Close it as answered"

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MESSAGE)
    text = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty: the patient.",
    )  # fmt: skip
    role = models.CharField(max_length=40, blank=True, help_text="What the patient is told about who wrote.")
    written_at = models.DateTimeField(default=timezone.now)
    submission_key = models.UUIDField(
        null=True, unique=True, help_text="Of the patient's form, so that pressing the button twice keeps one message."
    )
    then = models.CharField(max_length=10, choices=Then.choices, blank=True)
    wait_until = models.DateField(null=True, blank=True)
    leaves_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="When it could not be taken back any more.")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When the patient first had it on the screen.")

    class Meta:
        ordering: ClassVar = ["written_at", "pk"]
        indexes = [
            # The worker, every few seconds: which have left?
            models.Index(
                "leaves_at",
                name="message_about_to_leave",
                condition=Q(leaves_at__isnull=False, left_at__isnull=True, taken_back_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_is_the_patients_or_the_clinics",
                condition=Q(author__isnull=True, submission_key__isnull=False, leaves_at__isnull=True, then="", role="")
                | Q(
                    ~Q(role=""),
                    author__isnull=False,
                    submission_key__isnull=True,
                    leaves_at__isnull=False,
                    kind="message",
                    then__in=["keep", "wait", "answered"],
                ),
            ),
            models.CheckConstraint(name="message_has_words", condition=~Q(kind="message") | ~Q(text="")),
            models.CheckConstraint(
                name="message_left_or_was_taken_back",
                condition=Q(left_at__isnull=True) | Q(taken_back_at__isnull=True),
            ),
            models.CheckConstraint(
                name="message_that_waits_says_until_when",
                condition=Q(then="wait", wait_until__isnull=False) | (~Q(then="wait") & Q(wait_until__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="message_keeps_what_was_written",
                fields=["inquiry", "kind", "author", "role", "written_at"],
            ),
            # As for notes and calls. The key may be made of the words: arrivals.py.
            pgtrigger.Protect(
                name="message_keeps_its_words",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.text, OLD.submission_key) IS DISTINCT FROM ROW(NEW.text, NEW.submission_key)"
                    f" AND NOT (NEW.text IN ('', '{ERASED}') AND inquiries_is_erased(OLD.inquiry_id))"
                ),
            ),
            pgtrigger.Trigger(
                name="message_is_found",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("text", "taken_back_at") | pgtrigger.Delete,
                func="PERFORM inquiries_read_in(ARRAY[COALESCE(NEW.inquiry_id, OLD.inquiry_id)]); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk} about inquiry {self.inquiry_id}"

    @property
    def from_patient(self) -> bool:
        """True for what the patient wrote."""
        return self.author_id is None

    def can_be_taken_back(self) -> bool:
        """True while the clinic's message has not left."""
        waits = self.left_at is None and self.taken_back_at is None
        return waits and self.leaves_at is not None and self.leaves_at > timezone.now()
