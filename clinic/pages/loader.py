"""Puts the starter pages and their references into the database, and leaves alone what staff made their own."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from clinic.pages import services
from clinic.pages.models import TEXT_FIELDS, Page, Reference, Version
from clinic.pages.models.version import OPEN

STARTER = Path(__file__).parent / "starter"
REFERENCE_FIELDS = ("authors", "year", "title", "journal", "doi", "pmid", "url", "note")


@dataclass(frozen=True)
class Loaded:
    """How many rows were added and refreshed, and which pages stay as staff or a clinician left them."""

    added: int
    refreshed: int
    kept: list[str]


@transaction.atomic
def load(folder: Path = STARTER) -> Loaded:
    """Add what is missing and refresh what nobody touched; safe to run at every start and from several processes.

    A page is touched when its text differs from what was loaded, when a clinician reviewed it (a newer starter text
    has not been reviewed by anyone), when somebody works on a draft of it, or took it down. Raises ValueError for a
    starter page without its front matter.
    """
    references = _bring_in(Reference.objects.all(), "key", REFERENCE_FIELDS, read_references(folder), _edited_reference)
    drafts = Version.objects.filter(page=OuterRef("pk"), state__in=OPEN)
    pages = _bring_in(
        Page.objects.annotate(has_draft=Exists(drafts)), "slug", TEXT_FIELDS, read_pages(folder), _edited_page
    )
    if pages.added or pages.refreshed:
        # Another process may have added them at the same moment, versions and all.
        added = Page.objects.filter(slug__in=pages.added, versions=None)
        services.record_starters([*added, *pages.refreshed])
    return Loaded(
        len(references.added) + len(pages.added), len(references.refreshed) + len(pages.refreshed), pages.kept
    )


def read_pages(folder: Path = STARTER) -> Iterator[dict[str, Any]]:
    """The starter pages: `name: value` lines between two --- lines, then the body."""
    for path in sorted(folder.glob("*.md")):
        opening, _, rest = path.read_text(encoding="utf-8").partition("---\n")
        head, closing, body = rest.partition("\n---\n")
        if opening or not closing:
            raise ValueError(f"{path.name} does not start with its front matter between two --- lines")
        values: dict[str, Any] = dict(line.split(": ", 1) for line in head.splitlines())
        values["related"] = [slug.strip() for slug in values.get("related", "").split(",") if slug.strip()]
        values |= {"slug": path.stem, "body": body.strip() + "\n", "published": True}
        yield {**values, "order": int(values["order"])}


def read_references(folder: Path = STARTER) -> Iterator[dict[str, Any]]:
    """The starter references."""
    for entry in json.loads((folder / "references.json").read_text(encoding="utf-8")):
        yield {name: entry[name] for name in ("key", *REFERENCE_FIELDS)}


def fingerprint(values: Iterable[Any]) -> str:
    """A hash of a row's loaded fields: equal to `based_on` as long as nobody edited the row.

    Empty lists are left out: a page loaded before it could have related pages must not look edited.
    """
    return hashlib.sha256(json.dumps([value for value in values if value != []]).encode()).hexdigest()


@dataclass(frozen=True)
class _Brought:
    added: list[str]
    refreshed: list[Any]
    kept: list[str]


def _bring_in(
    rows: models.QuerySet[Any],
    key: str,
    fields: tuple[str, ...],
    starters: Iterable[dict[str, Any]],
    edited: Callable[[Any], bool],
) -> _Brought:
    # Locked, so that an edit saved at this moment is either seen here or comes after us.
    present: dict[str, Any] = {getattr(row, key): row for row in rows.select_for_update()}
    missing, stale, kept = [], [], []
    for starter in starters:
        newest = fingerprint(starter[name] for name in fields)
        row = present.get(starter[key])
        if row is None:
            missing.append(rows.model(**starter, based_on=newest))
        elif edited(row):
            kept.append(starter[key])
        elif row.based_on != newest:
            for name in fields:
                setattr(row, name, starter[name])
            row.based_on = newest
            stale.append(row)
    if missing:
        rows.model.objects.bulk_create(missing, ignore_conflicts=True)
    for row in stale:
        row.save()
    return _Brought([getattr(row, key) for row in missing], stale, kept)


def _edited_reference(row: Any) -> bool:
    return bool(row.based_on != fingerprint(getattr(row, name) for name in REFERENCE_FIELDS))


def _edited_page(row: Any) -> bool:
    ours = row.reviewed_by or row.has_draft or not row.published
    return bool(ours or row.based_on != fingerprint(row.text().values()))
