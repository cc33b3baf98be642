"""One inquiry on the desk: read it, see why it was raised, do the next thing."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries import references, services, spam
from inquiries.highlight import Piece, pieces
from inquiries.models import Finding, Inquiry, Outcome, Status

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

CHANGE = "inquiries.change_inquiry"
MOST_ALIKE = 5  # of a flood of the same words, naming a few says enough


class ActionForm(forms.Form):
    """What every change carries: the version the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class WaitForm(ActionForm):
    """Until which day."""

    until = forms.DateField(
        label="Wait until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the day to wait until", "invalid": "Enter a day, like 2026-11-30"},
    )


class CloseForm(ActionForm):
    """How it ended."""

    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[("", "Choose an outcome"), *Outcome.choices],
        error_messages={"required": "Choose how the inquiry ended"},
    )


# What can be done, in the order of the buttons: the service, its form, its label, and when it is offered.
ACTIONS: dict[str, tuple[Callable[..., Inquiry], type[ActionForm], str, set[str]]] = {
    # Offered only while people are paged about it.
    "acknowledge": (
        services.acknowledge,
        ActionForm,
        "I am dealing with this",
        {Status.NEW, Status.OPEN, Status.WAITING},
    ),
    "claim": (services.claim, ActionForm, "Claim", {Status.NEW, Status.WAITING}),
    "accept": (services.accept, ActionForm, "Not spam: move to the desk", {Status.QUARANTINED}),
    "wait": (services.wait, WaitForm, "Wait on the patient", {Status.OPEN}),
    "release": (services.release, ActionForm, "Release", {Status.OPEN, Status.WAITING}),
    "close": (
        services.close,
        CloseForm,
        "Close",
        {Status.NEW, Status.OPEN, Status.WAITING, Status.QUARANTINED},
    ),
    "reopen": (services.reopen, ActionForm, "Reopen", {Status.DONE}),
}


def show(desk: "InquiryAdmin", request: HttpRequest, object_id: str, bound: ActionForm | None = None) -> HttpResponse:
    """The page of one inquiry. `bound` is a form that was refused, shown again with what was typed."""
    if request.method not in ("GET", "HEAD") and bound is None:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not desk.has_view_permission(request):
        raise PermissionDenied
    inquiry = _find(object_id)
    practice = Practice.objects.current()
    context = {
        **desk.admin_site.each_context(request),
        "title": str(inquiry),
        "opts": desk.opts,
        "inquiry": inquiry,
        "practice": practice,
        "received_words": clock.in_words(inquiry.received_at, practice),
        "due_words": clock.in_words(inquiry.due_at, practice),
        "acknowledged_words": clock.in_words(inquiry.acknowledged_at, practice) if inquiry.acknowledged_at else "",
        "closed_words": clock.in_words(inquiry.closed_at, practice) if inquiry.closed_at else "",
        "message_pieces": _pieces(inquiry),
        "alike": Inquiry.objects.alike(inquiry).only("reference", "received_at")[:MOST_ALIKE],
        "suspicions": [spam.in_words(name) for name in inquiry.suspicions],
        "notices": inquiry.notices.select_related("email"),
        "actions": _offered(inquiry, bound) if request.user.has_perm(CHANGE) else [],
        "media": desk.media,
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/page.html", context, status=422 if bound else 200)


def _find(object_id: str) -> Inquiry:
    """By its number, as the list links it, or by its reference, as emails do."""
    inquiries = Inquiry.objects.select_related("owner", "closed_by", "acknowledged_by", "follows")
    found = None
    if re.match(references.PATTERN, object_id):
        found = inquiries.filter(reference=object_id).first()
    if found is None and object_id.isdecimal():
        found = inquiries.filter(pk=object_id).first()
    if found is None:
        raise Http404("There is no such inquiry")
    return found


def act(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int, action: str) -> HttpResponse:
    """Make one change through its service; refused ones say why and change nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    if action not in ACTIONS:
        raise Http404("There is no such action")
    service, form_class, label, _ = ACTIONS[action]
    form = form_class(request.POST, prefix=action)
    if not form.is_valid():
        return show(desk, request, str(inquiry_id), bound=form)
    try:
        inquiry = service(inquiry_id, by=request.user, **form.cleaned_data)
    except Inquiry.DoesNotExist as error:
        raise Http404("There is no such inquiry") from error
    except services.Refused as refused:
        messages.error(request, str(refused))
    else:
        paged = " Nobody is paged about it any more." if action == "acknowledge" else ""
        messages.success(request, f"{label}: done. {inquiry} is now “{inquiry.get_status_display()}”.{paged}")
    return redirect(reverse("admin:inquiries_inquiry_change", args=[inquiry_id]))


def _offered(inquiry: Inquiry, bound: ActionForm | None) -> list[dict[str, Any]]:
    offered = []
    for name, (_, form_class, label, when) in ACTIONS.items():
        if inquiry.status in when and (name != "acknowledge" or inquiry.is_unacknowledged):
            form = form_class(prefix=name, initial={"seen": inquiry.version})
            if bound is not None and bound.prefix == name:
                form = bound
            url = reverse("admin:inquiries_inquiry_action", args=[inquiry.pk, name])
            offered.append({"name": name, "label": label, "form": form, "url": url})
    return offered


def _pieces(inquiry: Inquiry) -> list[Piece]:
    found = [finding for finding in inquiry.findings.all() if finding.field == Finding.Field.MESSAGE]
    return pieces(inquiry.message, [(finding.start, finding.end, finding.kind) for finding in found])
