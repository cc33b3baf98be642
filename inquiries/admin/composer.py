"""Writing to the patient from an inquiry's page: a prepared answer, a last look, and what can be done afterwards."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import entries, services
from inquiries.admin import acting, answer_picker, inquiry_page
from inquiries.admin.actions import ACTIONS
from inquiries.admin.inquiry_page import READ
from inquiries.admin.reply_form import ReplyForm
from inquiries.changes import ACT
from inquiries.conversation.replies import clean, role_of
from inquiries.conversation.words import words
from inquiries.models import Draft, Inquiry, Message

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

FIELDS = ("seen", "text", "checked", "then", "wait_until")
# What can be done to a message that was written: its service, and what is said when it is done.
DEEDS: dict[str, tuple[Callable[..., Message], str]] = {
    "take-back": (services.take_back, "Taken back: nothing was sent. The text is in its writer’s box again."),
    "send-again": (services.send_again, "It is sent again within seconds, to the address that is on file now."),
    "came-back": (services.bounced, "Noted: the email did not arrive. Call, or correct how to reach them."),
}


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """Everything here is a POST: what is typed belongs into no address."""
    return [
        path(
            f"<int:inquiry_id>/{address}",
            desk.admin_site.admin_view(require_POST(partial(view, desk))),
            name=f"inquiries_inquiry_{name}",
        )
        for address, view, name in (
            ("reply/", preview, "reply"),
            ("insert/", insert, "insert"),
            ("message/<int:message_id>/<str:deed>/", do, "message"),
        )
    ]


def preview(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """The message as the patient will see it, and the button that sends it; or the page again, to write on.

    Whoever has not seen the inquiry's last change is told here, before they read their own words once more.
    """
    person = acting.allowed(request, *READ, ACT)
    version = acting.known(inquiry_id).version
    acting.keep(request, inquiry_id, person)
    if "edit" in request.POST:
        form = ReplyForm(prefix="reply", initial=_typed(request))
        return inquiry_page.show(desk, request, str(inquiry_id), bound=form)
    form = ReplyForm(request.POST, prefix="reply")
    if not form.is_valid():
        return inquiry_page.show(desk, request, str(inquiry_id), bound=form)
    if form.cleaned_data["seen"] != version:
        return acting.conflict(desk, request, inquiry_id, "reply", form)
    opened = inquiry_page.open_for(request, str(inquiry_id))
    offered = ACTIONS["reply"].offered(opened.inquiry, person)
    if not offered or opened.history.on_its_way:
        return redirect(reverse("admin:inquiries_inquiry_change", args=[inquiry_id]))
    context = {
        **inquiry_page.frame(desk, request, opened),
        "form": form,
        "hidden": [form[name].as_hidden() for name in FIELDS],
        "given": form.cleaned_data,
        "text": clean(form.cleaned_data["text"]),
        "who": words(opened.inquiry.language)[f"role_{role_of(person)}"],
        "send_url": reverse("admin:inquiries_inquiry_action", args=[inquiry_id, "reply"]),
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/preview.html", context)


def insert(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """The page again, with a prepared answer below what was typed; nothing is sent, and kept is only the draft.

    The version that the person saw stays: what they have not read yet still stops them before they send.
    """
    person = acting.allowed(request, *READ, ACT)
    inquiry = Inquiry.objects.filter(pk=inquiry_id).first()
    if inquiry is None:
        raise Http404("There is no such inquiry")
    typed, chosen = _typed(request), request.POST.get(answer_picker.CHOSEN, "")
    inserted = answer_picker.insert(chosen, typed["text"], inquiry, Practice.objects.current())
    entries.keep_draft(inquiry_id, text=inserted.text, by=person, kind=Draft.Kind.REPLY)
    form = ReplyForm(prefix="reply", initial={**typed, "text": inserted.text})
    return inquiry_page.show(desk, request, str(inquiry_id), bound=form, inserted=inserted)


def do(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int, message_id: int, deed: str) -> HttpResponse:
    """Take a message back, send it again, or say that its email came back; then the inquiry's page."""
    person: StaffUser = acting.allowed(request, *READ, ACT)
    if deed not in DEEDS or not Message.objects.filter(pk=message_id, inquiry=inquiry_id, role__gt="").exists():
        raise Http404("There is no such message")
    service, said = DEEDS[deed]
    try:
        service(message_id, by=person)
    except services.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(reverse("admin:inquiries_inquiry_change", args=[inquiry_id]))


def _typed(request: HttpRequest) -> dict[str, str]:
    """Everything as it was typed, of which nothing is called wrong yet."""
    return {name: request.POST.get(f"reply-{name}", "") for name in FIELDS}
