"""The first page of the desk: what waits now, how quickly people are answered, and whether our machinery is at work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import figures
from inquiries.admin import panels, system
from inquiries.admin.standing import STANDINGS, count_each, in_words
from inquiries.alarms import Alarm, alarms
from inquiries.changes import ACT
from inquiries.models import Answer, AnswerVersion, Inquiry

LIST = "admin:inquiries_inquiry_changelist"


@dataclass(frozen=True)
class Card:
    """A number, what it counts, and the list that holds just these."""

    label: str
    number: str
    url: str
    look: str


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows beyond Django's own; nothing of inquiries to somebody who may not see their list."""
    person = cast(StaffUser, request.user)
    if person.has_perms(["inquiries.view_answer", "inquiries.approve_answer"]):
        context |= {"approves_answers": True, "waiting_answers": waiting_for_approval()}
    if not person.has_perm("inquiries.view_inquiry"):
        return context
    now, practice = timezone.now(), Practice.objects.recent()
    return context | {
        "desk": True,
        "alarms": alarms(now) if person.has_perm("post_office.view_email") else [Alarm(a.text) for a in alarms(now)],
        "can_act": person.has_perms([ACT, "inquiries.open_inquiry"]),
        "cards": cards(person, now),
        "panels": panels.panels(figures.recent(now, practice.zone), practice),
        "system": system.state(person, now),
    }


def waiting_for_approval() -> QuerySet[Answer]:
    """The prepared answers whose newest text no clinician has approved yet; the retired ones wait for nobody."""
    newest = AnswerVersion.objects.filter(answer=OuterRef("pk")).order_by("-number")
    answers = Answer.objects.filter(retired_at=None).annotate(approved=Subquery(newest.values("approved_at")[:1]))
    return answers.filter(approved=None)


def cards(person: StaffUser, now: datetime | None = None) -> list[Card]:
    """What waits now, the gravest first."""
    every, listed = Inquiry.objects.all(), reverse(LIST)
    tabs = ("unassigned", "mine", "undelivered", "quarantine")
    lists = {
        "Crisis, not acknowledged": ("standing=crisis&flag=unacknowledged", every.unacknowledged(), "alarm"),
        "Overdue": ("standing=waits&due=overdue", every.overdue(now), "alarm"),
        "Due within the hour": ("standing=waits&due=hour", every.due_soon(now), "soon"),
        **{STANDINGS[tab].label: (f"standing={tab}", STANDINGS[tab].of(every, person), "") for tab in tabs},
    }
    numbers = count_each({label: inquiries for label, (_, inquiries, _) in lists.items()})
    return [
        Card(label, in_words(numbers[label]), f"{listed}?{query}", look if numbers[label] else "none")
        for label, (query, _, look) in lists.items()
    ]
