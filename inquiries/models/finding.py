"""Finding: why screening raised an inquiry."""

from django.db import models
from django.db.models import F, Q


class Finding(models.Model):
    """A place in a message, and the rule that it matched. It only ever raises; its absence means nothing."""

    class Field(models.TextChoices):
        """Which of the person's texts the span counts in."""

        MESSAGE = "message", "Message"
        NAME = "name", "Name"
        CONTACT_TIMES = "contact_times", "Good times"

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="findings")
    message = models.ForeignKey(
        "inquiries.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="findings", db_index=False,
        help_text="The later message that the span counts in; empty: what came with the form.",
    )  # fmt: skip
    field = models.CharField(max_length=20, choices=Field.choices, default=Field.MESSAGE)
    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=80)
    start = models.PositiveIntegerField(help_text="First character, counted from 0.")
    end = models.PositiveIntegerField(help_text="The character after the last.")

    class Meta:
        ordering = ["field", "start", "pk"]
        indexes = [
            # The list of those with one kind of flag.
            models.Index(fields=["kind", "inquiry"], name="finding_by_kind"),
            models.Index("message", name="finding_by_message", condition=Q(message__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="finding_spans_forward", condition=Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.rule}"
