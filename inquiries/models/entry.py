"""Entry: what staff wrote down about an inquiry."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from inquiries.models.choices import ERASED


class Entry(models.Model):
    """A note, or a call and how it went. Written once, by a service; a mistake is put right by a second entry."""

    class Kind(models.TextChoices):
        """What was written down."""

        NOTE = "note", "Note"
        CALL = "call", "Call"

    class Call(models.TextChoices):
        """How a call went."""

        REACHED = "reached", "Reached the person"
        VOICEMAIL = "voicemail", "Left a voicemail"
        NO_ANSWER = "no_answer", "No answer"
        WRONG_NUMBER = "wrong_number", "Wrong number"

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    call = models.CharField("how the call went", max_length=20, choices=Call.choices, blank=True)
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "entries"
        ordering: ClassVar = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="entry_is_a_note_with_words_or_a_call_with_its_end",
                condition=(Q(kind="note", call="") & ~Q(text=""))
                | Q(kind="call", call__in=["reached", "voicemail", "no_answer", "wrong_number"]),
            ),
        ]
        triggers = [
            # Only its words can go, and only with everything else about the person: see Inquiry's constraints.
            pgtrigger.Protect(
                name="entry_is_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"NOT (NEW.text IN (OLD.text, '{ERASED}') AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text'"
                    " AND inquiries_is_erased(OLD.inquiry_id))"
                ),
            ),
            pgtrigger.Trigger(
                name="entry_is_found",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("text") | pgtrigger.Delete,
                func="PERFORM inquiries_read_in(ARRAY[COALESCE(NEW.inquiry_id, OLD.inquiry_id)]); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on inquiry {self.inquiry_id}"
