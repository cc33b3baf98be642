"""The clinic's own facts: one row that staff edit, and the extra days on which the clinic is closed."""

from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, prefetch_related_objects
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from clinic.practice import clock, hours
from clinic.practice.validators import (
    EXAMPLE_HOURS,
    validate_country,
    validate_opening_hours,
    validate_time_zone,
)

RECENT = 2.0  # seconds


def example_on_call() -> list[str]:
    """Who is paged until staff enter somebody."""
    return ["on-call@example.org"]


class PracticeManager(models.Manager["Practice"]):
    """Finds the one row."""

    def current(self) -> "Practice":
        """The clinic's facts, in one query. A row that went missing comes back with example facts.

        A patient must not be turned away because of it, and the site's checks warn about example facts.
        """
        practice, _ = self.get_or_create(pk=1)
        return practice

    def recent(self) -> "Practice":
        """As `current`, closures included, but up to RECENT seconds old: no query for each patient who writes.

        What is computed from it is stored once (the promised time), so processes need not agree to the second.
        """
        kept = self._kept
        if kept is None or monotonic() > kept[0]:
            practice = self.current()
            prefetch_related_objects([practice], "closures")
            self._kept = kept = monotonic() + RECENT, practice
        return kept[1]

    def forget(self) -> None:
        """Let `recent` ask the database again."""
        self._kept = None

    _kept: tuple[float, "Practice"] | None = None


class Practice(models.Model):
    """The clinic's own facts, shown on every page, and what it promises."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=100, default="Riverside Example Clinic", help_text="As patients know it.")
    phone = PhoneNumberField(
        region="US",
        default="+12125550123",
        help_text="Shown on every page, also when the site cannot take a question. Someone should pick up here.",
    )
    address = models.TextField(
        max_length=500,
        default="12 Example Street\nNew York, NY 10001",
        help_text="Street address for visitors, as on an envelope.",
    )
    timezone = models.CharField(
        "time zone",
        max_length=64,
        default="America/New_York",
        validators=[validate_time_zone],
        help_text="Where the clinic is: America/New_York, America/Chicago, America/Denver, America/Phoenix, "
        "America/Los_Angeles, America/Anchorage, Pacific/Honolulu …",
    )
    opening_hours = models.CharField(
        max_length=400,
        default=EXAMPLE_HOURS,
        validators=[validate_opening_hours],
        help_text="In OpenStreetMap’s way of writing. Mo-Fr 09:00-17:00; Sa 10:00-13:00; PH off means weekdays 9 to 5, "
        "Saturdays 10 to 1, closed on public holidays. With a lunch break: Mo-Fr 09:00-12:00,13:00-17:00. "
        "The reply time we promise to patients counts these hours only.",
    )
    holidays_country = models.CharField(
        "country of the public holidays",
        max_length=2,
        default="US",
        validators=[validate_country],
        help_text="Two capital letters. Says which days PH means in the opening hours.",
    )
    reply_target_hours = models.PositiveSmallIntegerField(
        "reply target in opening hours",
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text="How long an ordinary question may take, counted only while the clinic is open. With 8, a question "
        "that arrives on Friday at 4 pm is promised a reply by Monday at 4 pm. It changes new questions only.",
    )
    crisis_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="By when someone must look at a message from a person in crisis: minutes, day and night.",
    )
    emergency_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="By when someone must look at a possible medical emergency: minutes, day and night.",
    )
    inbox_email = models.EmailField(
        "front desk email",
        default="front-desk@example.org",
        help_text="Gets a notice for each new question. The notice holds no patient data.",
    )
    on_call_addresses = ArrayField(
        models.EmailField(),
        default=example_on_call,
        help_text="One address a line. They are paged about a crisis or an emergency, day and night, until somebody "
        "acknowledges it. At least one.",
    )

    keep_quarantined_days = models.PositiveSmallIntegerField(
        "keep suspected spam for (days)",
        null=True,
        blank=True,
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="From the day it came, unless somebody moves it to the desk. Empty: for ever.",
    )
    keep_closed_months = models.PositiveSmallIntegerField(
        "keep closed inquiries for (months)",
        null=True,
        blank=True,
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text="From the day each was closed last. Ask a lawyer what your state asks of a clinic’s records. "
        "Empty: for ever.",
    )
    keep_unanswered_months = models.PositiveSmallIntegerField(
        "keep inquiries that nobody closed for (months)",
        null=True,
        blank=True,
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text="From the day on which anything happened to each last. Crises and emergencies stay until somebody "
        "closes them. Empty: for ever.",
    )

    objects: ClassVar[PracticeManager] = PracticeManager()

    class Meta:
        verbose_name_plural = "practice"
        constraints = [
            models.CheckConstraint(name="practice_is_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="practice_replies_within_1_to_200_opening_hours", condition=Q(reply_target_hours__range=(1, 200))
            ),
            models.CheckConstraint(
                name="practice_looks_at_a_crisis_within_a_day", condition=Q(crisis_minutes__range=(1, 24 * 60))
            ),
            models.CheckConstraint(
                name="practice_looks_at_an_emergency_within_a_day", condition=Q(emergency_minutes__range=(1, 24 * 60))
            ),
            models.CheckConstraint(
                name="practice_has_somebody_on_call",
                condition=Q(on_call_addresses__len__gte=1),
                violation_error_message="Enter at least one on-call address.",
            ),
            models.CheckConstraint(
                name="practice_keeps_suspected_spam_for_a_day_or_more",
                condition=Q(keep_quarantined_days=None) | Q(keep_quarantined_days__range=(1, 3650)),
            ),
            models.CheckConstraint(
                name="practice_keeps_inquiries_for_a_month_or_more",
                condition=(Q(keep_closed_months=None) | Q(keep_closed_months__range=(1, 600)))
                & (Q(keep_unanswered_months=None) | Q(keep_unanswered_months__range=(1, 600))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone; UTC if the stored name is none, so that a patient is still answered."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")

    def today(self) -> date:
        """The day at the clinic now."""
        return timezone.localdate(timezone=self.zone)

    @property
    def opening_lines(self) -> clock.Lines:
        """The week's hours in words, for templates."""
        return clock.opening_lines(self)

    def closed_days(self) -> list[hours.Closed]:
        """First and last day of each closure."""
        return [(closure.first_day, closure.last_day) for closure in self.closures.all()]

    def clean(self) -> None:
        """Refuse settings with which no reply time could be promised; closures are checked where they are edited."""
        self.check_promise([])

    def check_promise(self, closures: list[hours.Closed]) -> None:
        """Raise ValidationError, by field, if a routine inquiry received now could not be answered within a year."""
        now = datetime.now(UTC)
        try:
            clock.after_open_time(self, now, timedelta(), closures)
        except hours.UnreadableHours:
            return  # the field's own validator has said so
        except clock.CannotPromise as error:
            message = "With these hours the clinic never opens in the next year."
            raise ValidationError({"opening_hours": message}) from error
        try:
            clock.after_open_time(self, now, timedelta(hours=self.reply_target_hours), closures)
        except clock.CannotPromise as error:
            message = f"The clinic is not open for {self.reply_target_hours} hours in the next year."
            raise ValidationError({"reply_target_hours": message}) from error


class Closure(models.Model):
    """Days on which the clinic is closed besides its usual hours: no opening time is counted on them."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="closures", default=1)
    first_day = models.DateField(help_text="Closed from midnight at the start of this day …")
    last_day = models.DateField(help_text="… to midnight at the end of this day. The same day for one day.")
    reason = models.CharField(max_length=100, blank=True, help_text="For staff only, for example: team training.")

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="closure_ends_after_it_begins",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message="The last day is before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"Closed from {self.first_day} to {self.last_day}"
