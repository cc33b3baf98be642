"""What a browser may ask of one inquiry besides its page: a change, a draft, who else is looking."""

from functools import partial
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import entries, looks, services, timeline
from inquiries.admin import inquiry_page
from inquiries.admin.action_forms import ActionForm
from inquiries.admin.actions import ACTIONS, offered
from inquiries.admin.inquiry_page import READ
from inquiries.admin.lines import lines
from inquiries.changes import ACT, may_act
from inquiries.conversation import replies
from inquiries.models import Draft, Inquiry, Look

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

CONFLICT = 409
# The fields that are kept as drafts, and what each is to become.
TEXTS = {"entry-text": Draft.Kind.NOTE, "reply-text": Draft.Kind.REPLY}


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """Each below a word of its own, or "5/change/" would be taken for a change."""
    return [
        path(
            f"<int:inquiry_id>/{address}",
            desk.admin_site.admin_view(require_http_methods([method])(partial(view, desk))),
            name=f"inquiries_inquiry_{name}",
        )
        for address, method, view, name in (
            ("do/<str:action>/", "POST", act, "action"),
            ("draft/", "POST", draft, "draft"),
            ("viewing/", "GET", viewing, "viewing"),
        )
    ]


def act(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int, action: str) -> HttpResponse:
    """Make one change through its service; a refused one says why and changes nothing, and no text is lost."""
    person = allowed(request, *READ, ACT)
    if action not in ACTIONS:
        raise Http404("There is no such action")
    chosen = ACTIONS[action]
    if not person.has_perm(chosen.permission):
        raise PermissionDenied
    asked = known(inquiry_id)
    form = chosen.form(request.POST, prefix=action, people=list(may_act()))
    if not form.is_valid():
        keep(request, inquiry_id, person)
        return inquiry_page.show(desk, request, str(inquiry_id), bound=form)
    given = form.cleaned_data
    if action == "entry":  # often written right after a message, which leaves meanwhile
        given["seen"] = timeline.known_to(person.pk, asked, given["seen"])
    try:
        inquiry = chosen.service(inquiry_id, by=person, **given)
    except services.Stale:
        if action == "reply" and replies.is_leaving(asked, given["text"], by=person):  # the button was pressed twice
            return redirect(reverse("admin:inquiries_inquiry_change", args=[inquiry_id]))
        keep(request, inquiry_id, person)
        return conflict(desk, request, inquiry_id, action, form)
    except services.Refused as refused:
        keep(request, inquiry_id, person)
        messages.error(request, str(refused))
    else:
        if action != "reply":  # the page itself says that, with the way to take it back
            messages.success(request, _done(action, chosen.label, inquiry))
    return redirect(reverse("admin:inquiries_inquiry_change", args=[inquiry_id]))


def _done(action: str, label: str, inquiry: Inquiry) -> str:
    if action == "entry":
        return "Saved."
    if action == "contact":
        return "Corrected. A link that was sent to another address leads nowhere now."
    if action == "close" and inquiry.closing_outcome:
        return f"A second person has to confirm before {inquiry} is closed. Nobody is paged about it any more."
    paged = " Nobody is paged about it any more." if action == "acknowledge" else ""
    return f"{label}: done. {inquiry} is now “{inquiry.get_status_display()}”.{paged}"


def conflict(
    desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int, action: str, form: ActionForm
) -> HttpResponse:
    """What changed since the person's screen was drawn, and their change ready to be made on what stands now."""
    opened = inquiry_page.open_for(request, str(inquiry_id))
    again = request.POST.copy()
    again[form.add_prefix("seen")] = str(opened.inquiry.version)
    bound = type(form)(again, prefix=action, people=opened.able)
    seen = form.cleaned_data["seen"]
    context = {
        **inquiry_page.frame(desk, request, opened),
        "changed": lines(opened, timeline.since(opened.items, seen)),
        "label": ACTIONS[action].label,
        # None when what stands now no longer allows it.
        "offer": offered(opened.inquiry, opened.person, opened.able, bound).get(action),
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/conflict.html", context, status=CONFLICT)


def draft(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """Keep what the person has typed so far: for the script as they type, for the button "Save draft" without one."""
    person = allowed(request, *READ, ACT)
    known(inquiry_id)
    keep(request, inquiry_id, person)
    if request.accepts("text/html"):
        messages.success(request, "Draft saved. Only you see it.")
        return redirect(reverse("admin:inquiries_inquiry_change", args=[inquiry_id]))
    now = timezone.now().astimezone(Practice.objects.recent().zone)
    return JsonResponse({"saved": f"Draft saved at {clock.time_in_words(now)}. Only you see it."})


def viewing(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """Say that this person is still looking; who else is, and whether the page has grown old.

    The form's token comes with it: who signs in again in another tab can go on with this one.
    """
    person = allowed(request, *READ)
    inquiry = known(inquiry_id)
    looks.look(inquiry, person)
    kept = Look.objects.filter(inquiry=inquiry).select_related("person")
    names = looks.viewing([(each.person, each.looked_at) for each in kept], reader=person)
    return JsonResponse({"viewing": names, "version": inquiry.version, "token": get_token(request)})


def allowed(request: HttpRequest, *permissions: str) -> StaffUser:
    """The person who asks. Raises PermissionDenied without the permissions."""
    person = cast(StaffUser, request.user)
    if not person.has_perms(permissions):
        raise PermissionDenied
    return person


def known(inquiry_id: int) -> Inquiry:
    """The inquiry, of which nothing is read yet but its version. Raises Http404."""
    inquiry = Inquiry.objects.filter(pk=inquiry_id).only("version").first()
    if inquiry is None:
        raise Http404("There is no such inquiry")
    return inquiry


def keep(request: HttpRequest, inquiry_id: int, person: StaffUser) -> None:
    """Keep as a draft what was typed, whatever becomes of it."""
    for field, kind in TEXTS.items():
        if field in request.POST:
            entries.keep_draft(inquiry_id, text=request.POST[field], by=person, kind=kind)
