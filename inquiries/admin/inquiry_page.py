"""One inquiry on the desk: what happened, why it was raised, what to do next."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from clinic.numbers import whole
from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import access, looks, references, spam, timeline
from inquiries.admin import answer_picker
from inquiries.admin.action_forms import ActionForm
from inquiries.admin.actions import FIRST, offered
from inquiries.admin.lines import findings, lines
from inquiries.changes import may_act
from inquiries.delivery import delivery
from inquiries.highlight import flags
from inquiries.models import Access, Draft, Finding, Inquiry, Look
from inquiries.relations import related

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

READ = ("inquiries.view_inquiry", "inquiries.open_inquiry")
MOST_OPENERS = 10
MOMENTS = ("due_at", "acknowledged_at", "closed_at", "closing_asked_at", "first_replied_at")


@dataclass(frozen=True)
class Colleague:
    """Somebody on the staff, and what they have to do with an inquiry."""

    person: StaffUser
    is_able: bool
    """They may act on inquiries."""
    looked_at: datetime | None
    """When they last had this one in front of them; `seen` is the version that was on their screen."""
    seen: int | None
    opened_at: datetime | None
    """When they last opened it, by the access log."""


@dataclass
class Opened:
    """An inquiry that somebody has in front of them, with what the pages about it need."""

    inquiry: Inquiry
    practice: Practice
    person: StaffUser
    history: timeline.History
    people: list[Colleague]

    @property
    def able(self) -> list[StaffUser]:
        """Those who may act."""
        return [each.person for each in self.people if each.is_able]

    @property
    def seen(self) -> int | None:
        """The version that this person had on the screen last; None when they never looked."""
        return next((each.seen for each in self.people if each.person == self.person), None)

    @property
    def items(self) -> list[timeline.Item]:
        """What happened, oldest first."""
        names = {each.person.pk: str(each.person) for each in self.people}
        return timeline.items(self.history, names, reader=self.person.pk, seen=self.seen)

    def in_words(self, moment: datetime | None) -> str:
        """The moment on the practice's clock; empty for none."""
        return clock.in_words(moment, self.practice) if moment else ""

    def viewing(self) -> list[str]:
        """Who else has it in front of them now."""
        return looks.viewing([(each.person, each.looked_at) for each in self.people], reader=self.person)

    def openers(self) -> list[tuple[str, str]]:
        """Who has opened it, each person once, the last one first: from the access log."""
        opened = [(each.opened_at, str(each.person)) for each in self.people if each.opened_at]
        return [(name, self.in_words(at)) for at, name in sorted(opened, reverse=True)[:MOST_OPENERS]]


def open_for(request: HttpRequest, object_id: str) -> Opened:
    """The inquiry, and the record that this person opened it. Raises PermissionDenied and Http404."""
    person = cast(StaffUser, request.user)
    if not person.has_perms(READ):
        raise PermissionDenied
    inquiry = find(object_id, person)
    access.record(request, Access.Deed.OPENED, inquiry)
    history = timeline.read(inquiry)
    return Opened(inquiry, Practice.objects.recent(), person, history, colleagues(inquiry, history.people))


def colleagues(inquiry: Inquiry, named: set[int]) -> list[Colleague]:
    """Everybody who may act on inquiries, is named in this one's history, or had it open: in one query."""
    able, kept = may_act(), Look.objects.filter(inquiry=inquiry)
    opened = Access.objects.filter(inquiry=inquiry, deed=Access.Deed.OPENED)
    own, last = kept.filter(person=OuterRef("pk")), opened.filter(person=OuterRef("pk")).order_by("-at")
    people = StaffUser.objects.annotate(
        is_able=Exists(able.filter(pk=OuterRef("pk"))),
        looked_at=Subquery(own.values("looked_at")),
        seen=Subquery(own.values("version")),
        opened_at=Subquery(last.values("at")[:1]),
    )
    # Lists of people, not "is not null" of the columns above: those would be worked out a second time for everybody.
    had_it_open = Q(pk__in=kept.values("person")) | Q(pk__in=opened.values("person"))
    concerned = people.filter(Q(pk__in=able.values("pk")) | Q(pk__in=named) | had_it_open)
    return [
        Colleague(each, each.is_able, each.looked_at, each.seen, each.opened_at)
        for each in concerned.order_by("first_name", "email")
    ]


def find(object_id: str, person: StaffUser) -> Inquiry:
    """By its number, as the list links it, or by its reference, as emails do; with this person's drafts, if any."""
    found = Finding.objects.filter(inquiry=OuterRef("pk")).order_by("field", "start", "pk")
    names = ("message_id", "field", "kind", "rule", "start", "end")
    row = JSONObject(**{name: name for name in names})
    inquiries = Inquiry.objects.select_related("owner", "closed_by", "acknowledged_by", "closing_asked_by").annotate(
        found=ArraySubquery(found.values(row=row)),
        own_note=FilteredRelation("drafts", condition=Q(drafts__person=person, drafts__kind=Draft.Kind.NOTE)),
        note_text=F("own_note__text"),
        note_saved_at=F("own_note__saved_at"),
        own_reply=FilteredRelation("drafts", condition=Q(drafts__person=person, drafts__kind=Draft.Kind.REPLY)),
        reply_text=F("own_reply__text"),
        reply_saved_at=F("own_reply__saved_at"),
    )
    inquiry = None
    if re.match(references.PATTERN, object_id):
        inquiry = inquiries.filter(reference=object_id).first()
    if inquiry is None and (number := whole(object_id)) is not None:
        inquiry = inquiries.filter(pk=number).first()
    if inquiry is None:
        raise Http404("There is no such inquiry")
    return inquiry


def show(
    desk: "InquiryAdmin",
    request: HttpRequest,
    object_id: str,
    bound: ActionForm | None = None,
    inserted: answer_picker.Inserted | None = None,
) -> HttpResponse:
    """The page of one inquiry. `bound` is a form shown again with what was typed: refused, or with words inserted."""
    if request.method not in ("GET", "HEAD") and bound is None:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    with transaction.atomic():  # one for both records of this opening
        opened = open_for(request, object_id)
        looks.look(opened.inquiry, opened.person, version=opened.inquiry.version)
    inquiry = opened.inquiry
    offers = offered(inquiry, opened.person, opened.able, bound)
    leaving = opened.history.on_its_way
    if leaving and not bound:
        offers.pop("reply", None)  # one at a time, or the second would be sent unread by whoever takes back the first
    context = {
        **frame(desk, request, opened),
        "actions": offers,
        "flags": flags(findings(inquiry)),
        "first": next((offers[name] for name in FIRST if name in offers), None),
        "calls": [entry for entry in opened.history.entries.values() if entry.call],
        "form": bound,
        "leaving": leaving and delivery(leaving, None, sample=inquiry.sample),
        "looked": opened.openers(),
        "message": leaving,
        "picker": answer_picker.picker(inquiry, inserted) if "reply" in offers else None,
        "related": related(inquiry),
        "suspicions": [spam.in_words(name) for name in inquiry.suspicions],
    }
    status = 422 if bound and bound.is_bound else 200
    return TemplateResponse(request, "admin/inquiries/inquiry/page.html", context, status=status)


def frame(desk: "InquiryAdmin", request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """What the page and the page about a conflict share."""
    return {
        **desk.admin_site.each_context(request),
        "title": str(opened.inquiry),
        "opts": desk.opts,
        "media": desk.media,
        "inquiry": opened.inquiry,
        "practice": opened.practice,
        "history_is_cut": opened.history.cut,
        "lines": lines(opened, [item for item in opened.items if not item.is_said_elsewhere]),
        "viewing": opened.viewing(),
        "words": {
            name: opened.in_words(getattr(opened.inquiry, name))
            for name in (*MOMENTS, "note_saved_at", "reply_saved_at")
        },
    }
