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
    """A note that a person has begun and not yet saved; nobody else sees it."""

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "person"], name="draft_is_one_per_person_and_inquiry"),
            models.CheckConstraint(name="draft_has_words", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"Draft of person {self.person_id} on inquiry {self.inquiry_id}"
