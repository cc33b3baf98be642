"""Figure: what a day, a week or twelve weeks came to, without any inquiry in it."""

from django.db import models
from django.db.models import Q


class Figure(models.Model):
    """How many, and how quickly. The worker counts them (figures.py), so that the dashboard need not read inquiries.

    A count holds nothing about a person: it stays when the inquiries behind it are gone.
    """

    class Measure(models.TextChoices):
        """What is counted, and what its seconds run from and to."""

        RECEIVED = "received", "Inquiries received"
        REPLIED = "replied", "First replies, from when the inquiry came"
        ACKNOWLEDGED = "acknowledged", "Crises and emergencies acknowledged, from when they came"

    class Span(models.TextChoices):
        """How long it lasts."""

        DAY = "day", "A day"
        WEEK = "week", "A week from Monday"
        SEASON = "season", "Twelve weeks from a Monday"

    measure = models.CharField(max_length=12, choices=Measure.choices)
    span = models.CharField(max_length=6, choices=Span.choices)
    begins = models.DateField(help_text="Its first day, at the clinic.")
    topic = models.CharField(max_length=20, blank=True, help_text="Empty for all topics together.")
    counted = models.PositiveIntegerField()
    median = models.PositiveIntegerField(null=True, help_text="Seconds. None where nothing takes time.")
    slow = models.PositiveIntegerField(null=True, help_text="Seconds within which 95 of 100 were done.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["begins", "span", "measure", "topic"], name="figure_is_one_per_span_measure_and_topic"
            ),
            models.CheckConstraint(
                name="figure_says_how_long_unless_received",
                condition=Q(measure="received", median__isnull=True, slow__isnull=True)
                | Q(measure__in=["replied", "acknowledged"], median__isnull=False, slow__isnull=False),
            ),
            models.CheckConstraint(name="figure_span_is_known", condition=Q(span__in=["day", "week", "season"])),
        ]

    def __str__(self) -> str:
        return f"{self.measure} in the {self.span} from {self.begins}: {self.counted}"
