"""What has happened to an inquiry, oldest first: the message, changes, notes, calls and emails, in the desk's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from post_office.models import STATUS

from inquiries import events, outbox
from inquiries.models import Entry, Inquiry, Notice, Outcome, Status

MOST = 300  # changes; an inquiry that has more shows its newest
SOMEBODY = "Somebody outside the desk"

# A call says how it went.
CALLS = {
    Entry.Call.REACHED: "{who} called and reached the person",
    Entry.Call.VOICEMAIL: "{who} called and left a voicemail",
    Entry.Call.NO_ANSWER: "{who} called: no answer",
    Entry.Call.WRONG_NUMBER: "{who} called: wrong number",
}


@dataclass(frozen=True)
class Item:
    """One thing that happened."""

    kind: str
    """message, note, call, change or notice"""
    at: datetime
    title: str
    text: str = ""
    by: int | None = None
    version: int = 0
    """The inquiry's after it; 0 for what is no change."""
    url: str = ""
    failed: bool = False
    starts_new: bool = False
    """The first thing that the reader has not seen."""


@dataclass(frozen=True)
class History:
    """The rows that a timeline is made of, and whose names it needs."""

    inquiry: Inquiry
    events: list[Any]
    entries: dict[int, Entry]
    notices: list[Notice]
    cut: bool
    """True when the oldest changes were left out."""

    @property
    def people(self) -> set[int]:
        """The keys of everybody in it."""
        keys = {_context(event).get("by") for event in self.events} | {event.owner_id for event in self.events}
        return {key for key in keys if key}


def read(inquiry: Inquiry) -> History:
    """The rows of one inquiry, in three queries."""
    newest = list(inquiry.events.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1])
    notices: QuerySet[Notice] = inquiry.notices.select_related("email").defer("email__message", "email__html_message")
    return History(
        inquiry=inquiry,
        events=newest[:MOST][::-1],
        entries={entry.pk: entry for entry in inquiry.entries.order_by("-pk")[:MOST]},
        notices=list(notices.order_by("-pk")[:MOST]),
        cut=len(newest) > MOST,
    )


def items(history: History, names: Mapping[int, str], *, reader: int, seen: int | None = None) -> list[Item]:
    """The timeline. `seen` is the version that the reader had on the screen last; None when they never looked."""
    first = Item("message", history.inquiry.received_at, events.words("received").sentence)
    changes = [_change(history, event, names) for event in history.events if event.pgh_label != "received"]
    # In the order in which they were made: a change that had to wait for another carries the earlier time.
    latest, ordered = first.at, []
    for item in changes:
        latest = max(latest, item.at)
        ordered.append(replace(item, at=latest))
    merged = [first, *sorted([*ordered, *map(_notice, history.notices)], key=attrgetter("at"))]
    if seen is None:
        return merged
    new = next((item for item in merged if item.version > seen and item.by != reader), None)
    return [replace(item, starts_new=item is new) for item in merged]


def since(found: Iterable[Item], version: int) -> list[Item]:
    """What changed after a version."""
    return [item for item in found if item.version > version]


def _change(history: History, event: Any, names: Mapping[int, str]) -> Item:
    context = _context(event)
    by = context.get("by")
    who = names.get(by, "A former colleague") if by else SOMEBODY
    entry = history.entries.get(context.get("entry", 0))
    said = events.words(context.get("action", "")).sentence
    title = (CALLS[Entry.Call(entry.call)] if entry and entry.call else said).format(
        who=who,
        owner=names.get(event.owner_id, "a former colleague"),
        outcome=Outcome(event.outcome).label if event.outcome else "",
        closing=Outcome(event.closing_outcome).label if event.closing_outcome else "",
        status=Status(event.status).label,
        until=f"{event.waiting_until:%A, %B} {event.waiting_until.day}" if event.waiting_until else "",
    )
    kind, text = (entry.kind, entry.text) if entry else ("change", "")
    return Item(kind, event.pgh_created_at, title, text, by, event.version)


def _notice(notice: Notice) -> Item:
    return Item(
        kind="notice",
        at=notice.created_at,
        title=f"{notice.get_kind_display()}: {outbox.STATES[notice.email.status].lower()}",
        url=reverse("admin:post_office_email_change", args=[notice.email_id]),
        failed=notice.email.status in (STATUS.failed, STATUS.requeued),
    )


def _context(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}
