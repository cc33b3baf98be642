"""Puts the starter pages and their references into the database, and leaves alone what staff made their own."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from clinic.pages.models import Page, Reference

STARTER = Path(__file__).parent / "starter"
PAGE_FIELDS = ("title", "nav_title", "summary", "section", "order", "body", "related")
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

    A page is touched when its text differs from what was loaded, or when a clinician reviewed it: a newer starter
    text has not been reviewed by anyone. Raises ValueError for a starter page without its front matter.
    """
    references = _bring_in(Reference, "key", REFERENCE_FIELDS, read_references(folder))
    pages = _bring_in(Page, "slug", PAGE_FIELDS, read_pages(folder))
    return Loaded(references.added + pages.added, references.refreshed + pages.refreshed, pages.kept)


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


def _bring_in(
    model: type[models.Model], key: str, fields: tuple[str, ...], starters: Iterable[dict[str, Any]]
) -> Loaded:
    # Locked, so that an edit saved at this moment is either seen here or comes after us.
    present: dict[str, Any] = {getattr(row, key): row for row in model._default_manager.select_for_update()}
    missing, stale, kept = [], [], []
    for starter in starters:
        newest = fingerprint(starter[name] for name in fields)
        row = present.get(starter[key])
        if row is None:
            missing.append(model(**starter, based_on=newest))
        elif _touched(row, fields):
            kept.append(starter[key])
        elif row.based_on != newest:
            for name in fields:
                setattr(row, name, starter[name])
            row.based_on = newest
            stale.append(row)
    added = model._default_manager.bulk_create(missing, ignore_conflicts=True) if missing else []
    for row in stale:
        row.save()
    return Loaded(len(added), len(stale), kept)


def _touched(row: Any, fields: tuple[str, ...]) -> bool:
    return bool(getattr(row, "reviewed_by", "")) or row.based_on != fingerprint(getattr(row, name) for name in fields)
