"""Days as staff enter them, and when they begin on the clinic's wall clock."""

from datetime import date, datetime, time

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from clinic.practice.models import Practice

INVALID = "Enter a day, like 2026-11-30"
# The day after the last one that Python knows cannot be counted: it would end in an error page.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


class DayField(forms.DateField):
    """One day, picked or typed; one that no calendar at a clinic holds is refused like one that is none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": INVALID}
    default_validators = [MinValueValidator(FIRST, INVALID), MaxValueValidator(LAST, INVALID)]


def begins(day: date, practice: Practice) -> datetime:
    """Its midnight where the practice is."""
    return datetime.combine(day, time(), practice.zone)
