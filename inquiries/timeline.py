"""What has happened to an inquiry, oldest first: messages, changes, notes, calls and emails, in the desk's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from post_office.models import STATUS

from inquiries import events, outbox
from inquiries.models import Entry, Inquiry, Message, Notice, Outcome, Status

MOST = 300  # of each kind; an inquiry that has more shows its newest
SOMEBODY = "Somebody outside the desk"

# A call says how it went.
CALLS = {
    Entry.Call.REACHED: "{who} called and reached the person",
    Entry.Call.VOICEMAIL: "{who} called and left a voicemail",
    Entry.Call.NO_ANSWER: "{who} called: no answer",
    Entry.Call.WRONG_NUMBER: "{who} called: wrong number",
}
# The changes that are themselves something said, and what kind of item each is.
SAYS = {
    "reply": "reply",
    "patient_wrote": "patient",
    "asked_copy": "ask",
    "asked_deletion": "ask",
    "asked_no_answer": "ask",
}


@dataclass(frozen=True)
class Item:
    """One thing that happened."""

    kind: str
    """message (the first), patient or reply (later ones), ask, note, call, change or notice"""
    at: datetime
    title: str
    text: str = ""
    by: int | None = None
    version: int = 0
    """The inquiry's after it; 0 for what is no change."""
    url: str = ""
    failed: bool = False
    message: Message | None = None
    """The later message, or the thing asked for, that was written here."""
    is_said_elsewhere: bool = False
    """A step of which a message's own state tells already: nobody needs to read it twice."""
    starts_new: bool = False
    """The first thing that the reader has not seen."""


@dataclass(frozen=True)
class History:
    """The rows that a timeline is made of, and whose names it needs."""

    inquiry: Inquiry
    events: list[Any]
    entries: dict[int, Entry]
    messages: dict[int, Message]
    notices: list[Notice]
    cut: bool
    """True when the oldest changes were left out."""

    @property
    def people(self) -> set[int]:
        """The keys of everybody in it."""
        keys = {_context(event).get("by") for event in self.events} | {event.owner_id for event in self.events}
        return {key for key in keys if key}

    @property
    def deliveries(self) -> dict[int | None, Notice]:
        """The newest email about each message of staff."""
        return {notice.message_id: notice for notice in self.notices[::-1] if notice.kind == Notice.Kind.REPLY}

    @property
    def on_its_way(self) -> Message | None:
        """The message that has not left yet, if there is one."""
        waiting = (each for each in self.messages.values() if each.leaves_at and not each.left_at)
        return next((message for message in waiting if not message.taken_back_at), None)


def read(inquiry: Inquiry) -> History:
    """The rows of one inquiry, in three queries."""
    newest = list(inquiry.events.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1])
    notices: QuerySet[Notice] = inquiry.notices.select_related("email").defer("email__message", "email__html_message")
    return History(
        inquiry=inquiry,
        events=newest[:MOST][::-1],
        **_written(inquiry),
        notices=list(notices.order_by("-pk")[:MOST]),
        cut=len(newest) > MOST,
    )


WRITTEN: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "entries": (Entry, ("id", "kind", "call", "text", "author_id", "written_at")),
    "messages": (
        Message,
        ("id", "kind", "text", "author_id", "role", "written_at", "then", "leaves_at", "left_at", "taken_back_at",
         "opened_at"),
    ),
}  # fmt: skip


def _written(inquiry: Inquiry) -> dict[str, Any]:
    """What people wrote about it and to each other, by its keys, the newest first: in one query for both."""
    rows = {
        name: ArraySubquery(
            model._default_manager.filter(inquiry=OuterRef("pk"))
            .order_by("-pk")
            .values(row=JSONObject(**{each: each for each in names}))[:MOST]
        )
        for name, (model, names) in WRITTEN.items()
    }
    found = Inquiry.objects.filter(pk=inquiry.pk).order_by().values_list(*rows.values()).get()
    return {
        name: {row["id"]: _as_model(model, row) for row in kept}
        for (name, (model, _)), kept in zip(WRITTEN.items(), found, strict=True)
    }


def _as_model(model: type[Model], row: dict[str, Any]) -> Model:
    kept = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: kept[name].to_python(value) for name, value in row.items()})


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
    unseen = (item for item in merged if item.version > seen and item.by != reader)
    new = next((item for item in unseen if not item.is_said_elsewhere), None)
    return [replace(item, starts_new=item is new) for item in merged]


def known_to(person: int, inquiry: Inquiry, seen: int) -> int:
    """The version that somebody knows of who saw `seen`: that their own message has left since is no news to them."""
    later = inquiry.events.select_related("pgh_context").filter(version__gt=seen).order_by("version")
    for event in later:
        if (_context(event).get("action"), _context(event).get("by")) != ("reply_left", person):
            break
        seen = event.version
    return seen


def since(found: Iterable[Item], version: int) -> list[Item]:
    """What changed after a version."""
    return [item for item in found if item.version > version]


def _change(history: History, event: Any, names: Mapping[int, str]) -> Item:
    context = _context(event)
    by = context.get("by")
    who = names.get(by, "A former colleague") if by else SOMEBODY
    entry = history.entries.get(context.get("entry", 0))
    action, message = context.get("action", ""), history.messages.get(context.get("message", 0))
    waits = action == "reply_left" and message is not None and message.then == Message.Then.WAIT
    said = events.words("wait" if waits and event.waiting_until else action).sentence
    title = (CALLS[Entry.Call(entry.call)] if entry and entry.call else said).format(
        who=who,
        owner=names.get(event.owner_id, "a former colleague"),
        outcome=Outcome(event.outcome).label if event.outcome else "",
        closing=Outcome(event.closing_outcome).label if event.closing_outcome else "",
        status=Status(event.status).label,
        until=f"{event.waiting_until:%A, %B} {event.waiting_until.day}" if event.waiting_until else "",
    )
    kind, text = (entry.kind, entry.text) if entry else (SAYS.get(action, "change") if message else "change", "")
    return Item(
        kind, event.pgh_created_at, title, text, by, event.version,
        message=message if kind in SAYS.values() else None,
        is_said_elsewhere=message is not None and action in ("reply_left", "take_back") and not waits,
    )  # fmt: skip


def _notice(notice: Notice) -> Item:
    return Item(
        kind="notice",
        at=notice.created_at,
        title=f"{notice.get_kind_display()}: {outbox.STATES[notice.email.status].lower()}",
        url=reverse("admin:post_office_email_change", args=[notice.email_id]),
        failed=notice.email.status in (STATUS.failed, STATUS.requeued),
        is_said_elsewhere=notice.kind == Notice.Kind.REPLY
        or (notice.kind == Notice.Kind.NEW_MESSAGE and notice.email.status == STATUS.sent),
    )


def _context(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}
