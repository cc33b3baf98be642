"""The handover: what the next shift must know, on one page that prints. No word of a message is on it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries import access
from inquiries.admin.rows import Row, with_what_a_row_needs
from inquiries.admin.standing import count_each, in_words
from inquiries.models import Access, Inquiry, Status, Urgency
from inquiries.querysets import InquiryQuerySet
from inquiries.shift import Shift, shift

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

MOST_ROWS = 40  # on one sheet or two; the queue has the rest


@dataclass(frozen=True)
class Line:
    """One inquiry, with its time as a clock shows it: "in 5 minutes" is wrong on paper."""

    inquiry: Inquiry
    when: str
    flags: str
    is_late: bool


@dataclass(frozen=True)
class Question:
    """What the next shift asks: which inquiries answer it, and which of their times it is about."""

    title: str
    column: str
    nothing: str
    inquiries: InquiryQuerySet
    time: str
    """The field with the time in the column."""


@dataclass(frozen=True)
class Part:
    """The answer: how many there are, and the first of them."""

    key: str
    question: Question
    number: str
    lines: list[Line]
    is_cut: bool


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """One page, to be read."""
    view = require_safe(partial(show, desk))
    return [path("handover/", desk.admin_site.admin_view(view), name="inquiries_inquiry_handover")]


def show(desk: "InquiryAdmin", request: HttpRequest) -> HttpResponse:
    """The page. It shows names, so whoever looks is written down."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    access.record(request, Access.Deed.LISTED)
    now, practice = timezone.now(), Practice.objects.recent()
    ahead = shift(practice, now)
    context = {
        **desk.admin_site.each_context(request),
        "title": "Handover",
        "practice": practice,
        "now": clock.in_words(now, practice, now),
        "closes_at": clock.in_words(ahead.closes_at, practice, now),
        "since": clock.in_words(ahead.since, practice, now),
        "may_open": request.user.has_perm("inquiries.open_inquiry"),
        **answers(practice, ahead, now),
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/handover.html", context)


def answers(practice: Practice, ahead: Shift, now: datetime) -> dict[str, Any]:
    """Every part, and how many of those that came in are still to take; counted in one question to the database."""
    asked = questions(practice, ahead, now)
    to_take = Inquiry.objects.received_between(ahead.since, now).unassigned()
    numbers = count_each({key: question.inquiries for key, question in asked.items()} | {"to take": to_take})
    parts = [_answer(key, question, numbers[key], practice, now) for key, question in asked.items()]
    return {"parts": parts, "came_in": in_words(numbers["new"]), "to_take": in_words(numbers["to take"])}


def questions(practice: Practice, ahead: Shift, now: datetime) -> dict[str, Question]:
    """In the order in which a shift needs them."""
    every = Inquiry.objects.all()
    # What is pinned stands in the first part: twice on one sheet, it would be counted twice.
    owed = every.waits_for_us().filter(pinned=False, due_at__lt=ahead.closes_at).in_order()
    back = every.waits_on_patient().filter(waiting_until__lte=ahead.next_day).order_by("waiting_until", "pk")
    new = every.received_between(ahead.since, now).exclude(status=Status.QUARANTINED)
    newest = new.order_by("-pinned", "-received_at", "-pk")
    crises = every.unacknowledged().in_order()
    return {
        "crisis": Question("Crises that nobody has acknowledged", "Due", "None.", crises, "due_at"),
        "due": Question("Others that are overdue, or due before we close", "Due", "Nothing.", owed, "due_at"),
        "back": Question(
            "Back from waiting on the patient by the next open day", "Back on", "None.", back, "waiting_until"
        ),
        "new": Question("What came in", "Came in", "Nothing.", newest, "received_at"),
    }


def _answer(key: str, question: Question, number: int, practice: Practice, now: datetime) -> Part:
    rows = [Row(inquiry) for inquiry in with_what_a_row_needs(question.inquiries)[:MOST_ROWS]]
    lines = [
        Line(
            inquiry=row.inquiry,
            when=_when(getattr(row.inquiry, question.time), practice, now),
            flags=_flags(row),
            is_late=row.is_overdue and question.column == "Due",
        )
        for row in rows
    ]
    return Part(key, question, in_words(number), lines, number > len(lines))


def _when(moment: date, practice: Practice, now: datetime) -> str:
    """The day; of a moment, the time on the practice's clock, too."""
    if not isinstance(moment, datetime):
        return _day(moment)
    local = moment.astimezone(practice.zone)
    is_today = local.date() == now.astimezone(practice.zone).date()
    return f"{'Today' if is_today else _day(local)}, {clock.time_in_words(local)}"


def _flags(row: Row) -> str:
    return ", ".join(badge.word for badge in row.badges if badge.word != Urgency.ROUTINE.label)


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
