"""Which pages a clinician should look at."""

from datetime import date

from django.db.models import F, Q
from django.utils import timezone

from clinic.pages.models import Page
from clinic.pages.models.page import PageQuerySet
from clinic.practice.models import Practice


def today() -> date:
    """The day at the clinic."""
    return timezone.localdate(timezone=Practice.objects.recent().zone)


def overdue(on: date | None = None) -> PageQuerySet:
    """Public pages that no clinician approved yet, or whose day for the next review has passed; longest first."""
    pages = Page.objects.published().filter(Q(next_review_on=None) | Q(next_review_on__lt=on or today()))
    return pages.order_by(F("next_review_on").asc(nulls_first=True), "title")


def in_words(page: Page, on: date | None = None) -> str:
    """How a page stands with its review: "Never approved", "Overdue since …", or the day of the next one."""
    if page.next_review_on is None:
        return "Never approved by a clinician"
    day = f"{page.next_review_on:%B} {page.next_review_on.day}, {page.next_review_on.year}"
    return f"Overdue since {day}" if page.next_review_on < (on or today()) else f"Due by {day}"
