"""What a person asks of us about what we keep: a copy, erasing it; and legal holds. Each with a look at it before.

Whoever asks may have written more than once, so the first page lists everything of the same person. Nothing happens
until the second one says what would, and has a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import access, handing_out, rights, services
from inquiries.admin.inquiry_page import READ
from inquiries.models import Access, Inquiry, Message
from inquiries.relations import of_same_person

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

PAGE = "admin:inquiries_inquiry_rights"


@dataclass(frozen=True)
class Deed:
    """One thing that can be done with what was ticked."""

    label: str
    permission: str
    recorded: str
    why_not: Callable[[Inquiry], str]
    """In a sentence, what keeps it from being done with an inquiry."""
    do: Callable[..., Inquiry] | None = None
    """The service; None for the copy, which changes nothing."""


def _is_erased(inquiry: Inquiry) -> str:
    return f"{inquiry} was erased." if inquiry.is_erased else ""


DEEDS = {
    "export": Deed("Export", "inquiries.export_person", Access.Deed.COPIED, _is_erased),
    "erase": Deed(
        *("Erase", "inquiries.erase_person", Access.Deed.ERASED),
        why_not=partial(rights.why_not_erase, unanswered_too=True),
        do=services.erase,
    ),
    "hold": Deed(
        *("Set a legal hold", "inquiries.hold_inquiry", Access.Deed.HELD),
        why_not=lambda inquiry: _is_erased(inquiry) or (f"{inquiry} is held already." if inquiry.is_held else ""),
        do=services.hold,
    ),
    "lift": Deed(
        *("Lift the legal hold", "inquiries.hold_inquiry", Access.Deed.HELD),
        why_not=lambda inquiry: "" if inquiry.is_held else f"There is no legal hold on {inquiry}.",
        do=services.lift_hold,
    ),
}


class ReasonForm(forms.Form):
    """Why; and, before an unanswered question is erased, that nobody will answer it."""

    reason = forms.CharField(
        label="Why do you do this?",
        help_text="Kept for good, in the access log with your name. Do not name the person here.",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write why you do this"},
    )
    unanswered_too = forms.BooleanField(
        label="Somebody still waits for our answer. I know that nobody will give it",
        error_messages={"required": "Tick that you know nobody will answer"},
    )

    def __init__(self, *args: Any, inquiries: list[Inquiry], asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.inquiries = inquiries
        if not asks:
            del self.fields["unanswered_too"]

    def clean_reason(self) -> str:
        """Refused when it names the person."""
        reason: str = self.cleaned_data["reason"]
        try:
            rights.require_neutral(reason, self.inquiries)
        except services.Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return reason


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """The first page by GET; what follows by POST: what was ticked does not belong into an address."""
    first = path(
        "<int:inquiry_id>/rights/",
        desk.admin_site.admin_view(require_GET(partial(show, desk))),
        name="inquiries_inquiry_rights",
    )
    deeds = [
        path(
            f"<int:inquiry_id>/rights/{word}/",
            desk.admin_site.admin_view(require_POST(partial(do, desk, word))),
            name=f"inquiries_inquiry_rights_{word}",
        )
        for word in DEEDS
    ]
    return [first, *deeds]


def may(person: StaffUser) -> list[str]:
    """Which of the deeds this person may do."""
    return [word for word, deed in DEEDS.items() if person.has_perms([*READ, deed.permission])]


def show(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """Every inquiry of the same person, to be ticked, and what the person has asked for."""
    allowed = may(cast(StaffUser, request.user))
    if not allowed:
        raise PermissionDenied
    inquiry = _find(inquiry_id)
    with transaction.atomic():
        access.record(request, Access.Deed.OPENED, inquiry)
        access.record(request, Access.Deed.LISTED, inquiry)
    practice = Practice.objects.recent()
    asked = Message.objects.filter(kind__in=[Message.Kind.COPY, Message.Kind.DELETION])
    same = of_same_person(inquiry).select_related("held_by", "erased_by")
    rows = [_row(each, practice) for each in same.prefetch_related(Prefetch("messages", asked, to_attr="asked"))]
    context = {
        **_frame(desk, request, inquiry),
        "title": f"Rights and retention: {inquiry}",
        "rows": rows,
        "deeds": [(word, DEEDS[word].label) for word in allowed if word != "lift" or any(row["held"] for row in rows)],
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/rights.html", context)


def do(desk: "InquiryAdmin", word: str, request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """What would happen to what was ticked; with a reason and the second button, do it."""
    deed, person = DEEDS[word], cast(StaffUser, request.user)
    if word not in may(person):
        raise PermissionDenied
    inquiry = _find(inquiry_id)
    chosen = _chosen(request, inquiry)
    if not chosen:
        messages.warning(request, "Tick at least one inquiry first.")
        return redirect(PAGE, inquiry_id)
    able = [(each, seen) for each, seen in chosen if not deed.why_not(each)]
    asks = word == "erase" and any(each.waits_for_us for each, _ in able)
    confirmed = request.POST if "confirm" in request.POST else None
    form = ReasonForm(confirmed, inquiries=[each for each, _ in chosen], asks=asks)
    if able and form.is_valid():
        if deed.do is None:
            return _hand_out(request, [each for each, _ in able], form.cleaned_data["reason"])
        _do_each(request, word, chosen, person, form.cleaned_data)
        return redirect(PAGE, inquiry_id)
    context = {
        **_frame(desk, request, inquiry),
        "title": f"{deed.label}: {inquiry}", "deed": deed, "word": word, "form": form,
        "able": [(each, seen, _what_goes(each)) for each, seen in able],
        "refused": [why for each, _ in chosen if (why := deed.why_not(each))],
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/inquiries/inquiry/rights_do.html", context, status=status)


def _do_each(
    request: HttpRequest, word: str, chosen: list[tuple[Inquiry, int]], person: StaffUser, given: dict[str, Any]
) -> None:
    """Each one is a change of its own, with its row in the access log, or neither."""
    deed, done = DEEDS[word], 0
    service = cast(Callable[..., Inquiry], deed.do)
    for inquiry, seen in chosen:
        try:
            with transaction.atomic():
                access.record(request, Access.Deed(deed.recorded), inquiry, given["reason"])
                service(inquiry.pk, by=person, seen=seen, **given)
        except services.Refused as refused:
            messages.warning(request, str(refused))
        else:
            done += 1
    if word == "erase":  # or this answer would write what was searched for into the session again
        for key in [key for key in request.session.keys() if not rights.stays_in_session(key)]:  # noqa: SIM118 - a session is no dict
            del request.session[key]
    if done:
        messages.success(request, f"{deed.label}: done for {done} {'inquiry' if done == 1 else 'inquiries'}.")


def _hand_out(request: HttpRequest, inquiries: list[Inquiry], reason: str) -> HttpResponse:
    with transaction.atomic():
        for inquiry in inquiries:
            access.record(request, Access.Deed.COPIED, inquiry, reason)
        packed = handing_out.archive(inquiries, Practice.objects.current())
    name = f"person-{inquiries[0].reference}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(packed, content_type="application/zip", headers=headers)


def _find(inquiry_id: int) -> Inquiry:
    inquiry = Inquiry.objects.filter(pk=inquiry_id).first()
    if inquiry is None:
        raise Http404("There is no such inquiry")
    return inquiry


def _chosen(request: HttpRequest, inquiry: Inquiry) -> list[tuple[Inquiry, int]]:
    """What was ticked, each with the version that was on the screen; only what is of the same person."""
    same = {f"{each.pk}": each for each in of_same_person(inquiry).select_related("held_by")}
    ticked = [value.partition("-") for value in request.POST.getlist("chosen")]
    return [(same[key], int(seen)) for key, _, seen in ticked if key in same and seen.isdecimal() and len(seen) < 10]


def _frame(desk: "InquiryAdmin", request: HttpRequest, inquiry: Inquiry) -> dict[str, Any]:
    return {**desk.admin_site.each_context(request), "opts": desk.opts, "inquiry": inquiry}


def _row(inquiry: Inquiry, practice: Practice) -> dict[str, Any]:
    in_words = partial(clock.in_words, practice=practice)
    return {
        "inquiry": inquiry,
        "received": in_words(inquiry.received_at),
        "held": in_words(inquiry.held_at) if inquiry.held_at else "",
        "erased": in_words(inquiry.erased_at) if inquiry.erased_at else "",
        "asked": [f"{each.get_kind_display()}, {in_words(each.written_at)}" for each in inquiry.asked],  # type: ignore[attr-defined]  # fetched with it
    }


def _what_goes(inquiry: Inquiry) -> str:
    """How much hangs on it, in words."""
    counts = {
        "message": inquiry.messages.count() + 1,
        "note or call": inquiry.entries.count(),
        "draft": inquiry.drafts.count(),
        "email": inquiry.notices.count(),
    }
    plural = {"note or call": "notes and calls"}
    return ", ".join(
        f"{count} {name if count == 1 else plural.get(name, name + 's')}" for name, count in counts.items() if count
    )
