"""Every change to a page's text. Each is one transaction that locks the page, looks again, and says who did it.

The way of a text: draft, approved by a clinician, published. docs/decisions/0011 says why. The database keeps one open
version (draft or approved) and one published version for each page.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clinic.pages.models import Page, State, Version
from clinic.pages.models.page import ALWAYS_PUBLISHED, HELP, HOME
from clinic.pages.models.version import OPEN
from clinic.pages.standing import Standing, standing
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser

REVIEW_EVERY = timedelta(days=365)  # what the form offers; the clinician may choose another day
REVIEW_FACTS = ("reviewed_by", "reviewed_on", "next_review_on")


class Refused(Exception):
    """A change that the page's present state does not allow; the text says why and what to do."""


# --- From the desk ----------------------------------------------------------------------------------------------------


@transaction.atomic
def create(*, slug: str, text: Mapping[str, Any], note: str, by: StaffUser) -> Version:
    """A new page and its first draft. Raises ValidationError for an address that cannot be used."""
    _allow(by, "add_page")
    page = Page(slug=slug, **text)
    page.full_clean()
    page.save()
    return Version.objects.create(page=page, number=1, note=note, author=by, **text)


def save_draft(page_id: int, *, text: Mapping[str, Any], note: str, by: StaffUser, seen: str) -> Version:
    """Keep a text as the page's draft. The draft or approved version before it stays in the list of versions.

    Raises Refused when the page changed since `seen`, or when the text is the same as before.
    """
    _allow(by, "change_page")
    with _change(page_id, seen) as (page, now):
        before = now.open or now.public
        if before and before.text() == dict(text):
            raise Refused(f"Nothing has changed: version {before.number} has the same text.")
        if now.open:
            _close(now.open, by)
        return Version.objects.create(page=page, number=_next_number(page), note=note, author=by, **text)


def restore(page_id: int, *, number: int, by: StaffUser, seen: str) -> Version:
    """Make a new draft of an earlier text. Raises Refused as `save_draft` does, or Version.DoesNotExist."""
    earlier = Version.objects.get(page=page_id, number=number)
    return save_draft(page_id, text=earlier.text(), note=f"Back to the text of version {number}", by=by, seen=seen)


def withdraw(page_id: int, *, by: StaffUser, seen: str) -> Version:
    """Set the open version aside; it stays in the list. Raises Refused when none is open."""
    _allow(by, "change_page")
    with _change(page_id, seen) as (_, now):
        version = _require(now.open, "set aside", *OPEN)
        _close(version, by)
        return version


def approve(page_id: int, *, reviewed_by: str, next_review_on: date, by: StaffUser, seen: str) -> Version:
    """A clinician says that the draft's text is right. `reviewed_by` is their name and credentials, for readers.

    Raises Refused when there is no draft, when the text has errors, or when the next review does not lie ahead.
    """
    _allow(by, "approve_page")
    with _change(page_id, seen) as (_, now):
        version = _require(now.open, "approved", State.DRAFT)
        _sign(version, by, reviewed_by, next_review_on)
        version.state = State.APPROVED
        version.save()
        return version


def review_again(page_id: int, *, reviewed_by: str, next_review_on: date, by: StaffUser, seen: str) -> Version:
    """A clinician says that the text that readers see is (still) right: the same text as a version with a new review.

    Raises Refused when the page is not public, when its text has errors, or when the next review does not lie ahead.
    """
    _allow(by, "approve_page")
    with _change(page_id, seen) as (page, now):
        public = _require(now.public, "reviewed", State.PUBLISHED)
        again = Version(page=page, number=_next_number(page), author=public.author, **page.text())
        again.note = "Reviewed; the text is unchanged"
        _sign(again, by, reviewed_by, next_review_on)
        _close(public, by)
        again.state, again.published_at, again.published_by = State.PUBLISHED, timezone.now(), by
        again.save()
        _show(page, again, *REVIEW_FACTS)  # not updated_at: readers are told when the text last changed
        return again


def publish(page_id: int, *, by: StaffUser, seen: str) -> Version:
    """Show the approved text to readers. Raises Refused unless a version is approved and still has no errors."""
    _allow(by, "publish_page")
    with _change(page_id, seen) as (page, now):
        version = _require(now.open, "published", State.APPROVED)
        _must_be_flawless(version, "published")
        if now.public:
            _close(now.public, by)
        version.state, version.published_at, version.published_by = State.PUBLISHED, timezone.now(), by
        version.save()
        page.published = True
        _show(page, version, "published", "updated_at", *version.text(), *REVIEW_FACTS)
        return version


def take_down(page_id: int, *, by: StaffUser, seen: str) -> Version:
    """Readers no longer find the page. Raises Refused for a page that must always be there, or is not public."""
    _allow(by, "publish_page")
    with _change(page_id, seen) as (page, now):
        version = _require(now.public, "taken down", State.PUBLISHED)
        if page.slug in (HOME, HELP):
            raise Refused(ALWAYS_PUBLISHED)
        _close(version, by)
        page.published = False
        page.save(update_fields=["published"])
        return version


# --- From the loader --------------------------------------------------------------------------------------------------


def record_starters(pages: Sequence[Page]) -> None:
    """Keep the texts that the loader has just put on these pages as published versions without an author."""
    now = timezone.now()
    Version.objects.filter(page__in=pages, state=State.PUBLISHED).update(state=State.PAST, closed_at=now)
    numbered = Page.objects.filter(pk__in=[page.pk for page in pages]).annotate(latest=Max("versions__number"))
    Version.objects.bulk_create(
        Version(
            page=page,
            number=(page.latest or 0) + 1,
            note="The site's starter text",
            state=State.PUBLISHED,
            published_at=now,
            **page.text(),
        )
        for page in numbered
    )


# --- How a change is made ---------------------------------------------------------------------------------------------


@contextmanager
def _change(page_id: int, seen: str) -> Iterator[tuple[Page, Standing]]:
    """One locked change. Raises Refused when the page changed since `seen`, the token on the person's screen."""
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page_id)
        now = standing(page)
        if seen != now.token:
            raise Refused("Somebody changed this page while you were looking at it. This is how it stands now.")
        yield page, now


def _allow(by: StaffUser, permission: str) -> None:
    if not by.has_perm(f"pages.{permission}"):
        raise PermissionDenied


def _require(version: Version | None, verb: str, *allowed: State) -> Version:
    if version is None:
        raise Refused(f"There is nothing that could be {verb}.")
    if version.state not in allowed:
        raise Refused(f"{version} cannot be {verb}: it is “{version.get_state_display()}”.")
    return version


def _sign(version: Version, by: StaffUser, reviewed_by: str, next_review_on: date) -> None:
    _must_be_flawless(version, "approved")
    today = Practice.objects.current().today()
    if next_review_on <= today:
        raise Refused("Choose a day after today for the next review.")
    version.approved_by, version.approved_at, version.reviewed_on = by, timezone.now(), today
    version.reviewed_by, version.next_review_on = reviewed_by, next_review_on


def _must_be_flawless(version: Version, verb: str) -> None:
    if errors := version.render().errors:
        raise Refused(f"This cannot be {verb} yet. " + " ".join(map(str, errors)))


def _close(version: Version, by: StaffUser) -> None:
    version.state, version.closed_at, version.closed_by = State.PAST, timezone.now(), by
    version.save(update_fields=["state", "closed_at", "closed_by"])


def _next_number(page: Page) -> int:
    latest: int | None = page.versions.aggregate(latest=Max("number"))["latest"]
    return (latest or 0) + 1


def _show(page: Page, version: Version, *fields: str) -> None:
    """Copy the version's text and review to the row that readers see, and save these fields of it."""
    for name, value in (*version.text().items(), *((name, getattr(version, name)) for name in REVIEW_FACTS)):
        setattr(page, name, value)
    page.save(update_fields=fields)
