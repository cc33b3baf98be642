"""Everything we keep of one person, to be handed to them: a page to read and the same for programs, in one file.

What staff wrote about them is in it, who did what only by role. Left out are drafts that nobody has saved, and why
there is a legal hold: the first are promised to stay with their writer, the second may be a lawyer's.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import events, outbox, spam
from inquiries.conversation.replies import role_of
from inquiries.highlight import WORDS
from inquiries.models import Access, Finding, Inquiry

Facts = dict[str, Any]


def archive(inquiries: Iterable[Inquiry], practice: Practice) -> bytes:
    """A zip file with person.html and person.json."""
    now = timezone.now()
    role = cache(_role)
    told = [everything(inquiry, role) for inquiry in inquiries]
    about = {"clinic": practice.name, "phone": str(practice.phone), "made_at": now, "inquiries": told}
    sections = [_sections(one, practice) for one in told]
    page = {"practice": practice, "made_at": _readable(now, practice), "inquiries": sections}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.html", render_to_string("admin/inquiries/inquiry/person.html", page))
        packed.writestr("person.json", json.dumps(about, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
    return file.getvalue()


def everything(inquiry: Inquiry, role: Callable[[int], str]) -> Facts:
    """One inquiry and all that hangs on it. Lists hold what happened, oldest first; times are in UTC."""
    return {
        "reference": inquiry.reference,
        "question": _question(inquiry),
        "where_it_stands": _standing(inquiry),
        "later_messages": [*_messages(inquiry)],
        "notes_and_calls_of_staff": [
            {"at": each.written_at, "by": role(each.author_id), "what": each.get_kind_display(),
             "how_the_call_went": each.get_call_display(), "text": each.text}
            for each in inquiry.entries.all()
        ],
        "what_our_program_marked": [*_marks(inquiry)],
        "what_happened": [*_history(inquiry, role)],
        "emails": [
            {"at": each.created_at, "what": each.get_kind_display(), "state": outbox.STATES[each.email.status],
             "to": each.email.to if each.kind in each.TO_PATIENT else "The clinic"}
            for each in inquiry.notices.select_related("email")
        ],
        "links_to_the_messages": [
            {"made_at": each.made_at, "expires_at": each.expires_at, "replaced_at": each.replaced_at,
             "codes_sent_at": [code.made_at for code in each.codes.order_by("pk")]}
            for each in inquiry.links.order_by("pk")
        ],
        "who_looked": [
            {"at": row.at, "by": role(row.person_id), "what": row.get_deed_display()}
            for row in Access.objects.filter(inquiry=inquiry).order_by("at", "pk")
        ],
    }  # fmt: skip


def _question(inquiry: Inquiry) -> Facts:
    return {
        "received_at": inquiry.received_at, "name": inquiry.name, "email": inquiry.email, "phone": inquiry.phone,
        "reply_by": inquiry.get_reply_by_display(), "voicemail_allowed": inquiry.voicemail_ok,
        "good_times": inquiry.contact_times, "language": inquiry.get_language_display(),
        "topic": inquiry.get_topic_display(), "writing_for": inquiry.get_writing_for_display(),
        "message": inquiry.message, "sent_again_after": inquiry.follows.reference if inquiry.follows else "",
    }  # fmt: skip


def _standing(inquiry: Inquiry) -> Facts:
    return {
        "status": inquiry.get_status_display(), "urgency": inquiry.get_urgency_display(), "reply_due": inquiry.due_at,
        "waits_until": inquiry.waiting_until, "first_answered_at": inquiry.first_replied_at,
        "closed_at": inquiry.closed_at, "outcome": inquiry.get_outcome_display(),
        "legal_hold_since": inquiry.held_at,
        "looked_like_spam_because": [spam.in_words(name) for name in inquiry.suspicions],
    }  # fmt: skip


def _messages(inquiry: Inquiry) -> Iterator[Facts]:
    for each in inquiry.messages.all():
        yield {
            "at": each.written_at, "by": "The patient" if each.from_patient else each.role,
            "what": each.get_kind_display(), "text": each.text, "sent_at": each.left_at,
            "taken_back_at": each.taken_back_at, "opened_at": each.opened_at,
        }  # fmt: skip


def _marks(inquiry: Inquiry) -> Iterator[Facts]:
    for each in inquiry.findings.select_related("message"):
        said = each.message.text if each.message else getattr(inquiry, each.field)
        where = "Later message" if each.message else Finding.Field(each.field).label
        yield {"where": where, "words": said[each.start : each.end], "read_as": WORDS.get(each.kind, each.kind)}


def _history(inquiry: Inquiry, role: Callable[[int], str]) -> Iterator[Facts]:
    for each in inquiry.events.select_related("pgh_context").order_by("pgh_id"):
        context = each.pgh_context.metadata if each.pgh_context else {}
        what = events.words(context.get("action", "received")).short
        by = role(context["by"]) if "by" in context else ""
        yield {"at": each.pgh_created_at, "what": what, "by": by, "status": each.get_status_display()}


def _role(person_id: int) -> str:
    person = StaffUser.objects.filter(pk=person_id).first()
    return role_of(person) if person else "Clinic staff"


# --- For people to read -----------------------------------------------------------------------------------------------


def _sections(told: Facts, practice: Practice) -> Facts:
    """The same, with words for names and values: each part is a list of things, each thing a list of pairs."""
    parts = {name: held if isinstance(held, list) else [held] for name, held in told.items() if name != "reference"}
    return {
        "reference": told["reference"],
        "parts": [(_label(name), [_pairs(thing, practice) for thing in things]) for name, things in parts.items()],
    }


def _pairs(thing: Facts, practice: Practice) -> list[tuple[str, str]]:
    given = {name: value for name, value in thing.items() if value not in ("", None, [])}
    return [(_label(name), _readable(value, practice)) for name, value in given.items()]


def _label(name: str) -> str:
    return name.replace("_", " ").removesuffix(" at").capitalize()


def _readable(value: Any, practice: Practice) -> str:
    match value:
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return date_format(value.astimezone(practice.zone), "F j, Y, g:i a")
        case list():
            return "; ".join(_readable(each, practice) for each in value)
    return str(value)
