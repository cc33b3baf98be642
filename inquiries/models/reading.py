"""Look and Draft: what one person on the desk has seen of an inquiry, and what they have begun to write."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Look(models.Model):
    """When a person last had an inquiry in front of them: "new since you looked", and who else is looking now."""

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(
        default=0, db_default=0, help_text="The inquiry's, as it was on the screen: what came later is new to them."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inquiry", "person"], name="look_is_one_per_person_and_inquiry")]

    def __str__(self) -> str:
        return f"Look of person {self.person_id} at inquiry {self.inquiry_id}"


class Draft(models.Model):
    """A note or a message that a person has begun and neither saved nor sent; nobody else sees it."""

    class Kind(models.TextChoices):
        """What it is to become. Each has its own: what was meant for colleagues must never stand in a message."""

        NOTE = "note", "Note"
        REPLY = "reply", "Message to the patient"

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTE, db_default=Kind.NOTE)
    text = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "person", "kind"], name="draft_is_one_of_each_kind_per_person"),
            models.CheckConstraint(name="draft_kind_is_known", condition=models.Q(kind__in=["note", "reply"])),
            models.CheckConstraint(name="draft_has_words", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"Draft of person {self.person_id} on inquiry {self.inquiry_id}"
