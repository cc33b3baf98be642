"""Which pages a clinician should look at."""

from datetime import date

from django.db.models import F, Q

from clinic.pages.models import Page
from clinic.pages.models.page import PageQuerySet
from clinic.practice.models import Practice


def today() -> date:
    """The day at the clinic."""
    return Practice.objects.recent().today()


def overdue(on: date | None = None) -> PageQuerySet:
    """Public pages that no clinician approved yet, or whose day for the next review has passed; longest first."""
    pages = Page.objects.published().filter(Q(next_review_on=None) | Q(next_review_on__lt=on or today()))
    return pages.order_by(F("next_review_on").asc(nulls_first=True), "title")


def is_overdue(page: Page, on: date | None = None) -> bool:
    """True for a page that a clinician should look at now."""
    return page.next_review_on is None or page.next_review_on < (on or today())


def in_words(page: Page, on: date | None = None) -> str:
    """How a page stands with its review: never approved, overdue since a day, or due by a day."""
    if page.next_review_on is None:
        return "Never approved by a clinician"
    return f"{'Overdue since' if is_overdue(page, on) else 'Due by'} {day_in_words(page.next_review_on)}"


def day_in_words(day: date) -> str:
    """ "November 21, 2026"."""
    return f"{day:%B} {day.day}, {day.year}"
