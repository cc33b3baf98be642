"""Where a reader can go: the published pages by section, for the menu, the footer and the ways on."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.pages import loader
from clinic.pages.models import HOME, Page, Section

RECENT = 2.0  # seconds
# What links need. The bodies are long, and nobody reads them here.
FIELDS = ("slug", "nav_title", "summary", "section", "order")


@dataclass(frozen=True)
class Group:
    """One section of the site and its pages in reading order; the home page stands above all sections."""

    section: str
    title: str
    pages: list[Page]


def current() -> list[Group]:
    """The published pages as the database has them, in one query. Raises django.db.Error while it is away.

    For pages that are kept: with `recent` an older menu could be kept under a newer edition.
    """
    return _grouped(Page.objects.published().only(*FIELDS))


def recent() -> list[Group]:
    """As `current`, but up to RECENT seconds old, and never an error: the form and the error pages need ways on.

    While the database is away: what this process saw last, else the pages that the site starts with.
    """
    global _kept, _ask_after
    if monotonic() >= _ask_after or not _kept:
        _ask_after = monotonic() + RECENT
        try:
            _kept = current()
        except Error:
            _kept = _kept or _grouped(Page(**{name: page[name] for name in FIELDS}) for page in loader.read_pages())
    return _kept


def forget() -> None:
    """Let `recent` ask the database again."""
    global _kept, _ask_after
    _kept, _ask_after = [], float("-inf")


def navigation(request: HttpRequest) -> dict[str, SimpleLazyObject]:
    """`navigation` for templates. A page that does not use it costs no query."""
    return {"navigation": SimpleLazyObject(recent)}


def _grouped(pages: Iterable[Page]) -> list[Group]:
    found = sorted((page for page in pages if page.slug != HOME), key=lambda page: (page.order, page.slug))
    groups = [
        Group(section.value, section.label, [page for page in found if page.section == section]) for section in Section
    ]
    return [group for group in groups if group.pages]


_kept: list[Group] = []
_ask_after = float("-inf")
