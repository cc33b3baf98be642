"""The list's one button: take the next inquiry."""

from functools import partial
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from clinic.staff.models import StaffUser
from inquiries import queue
from inquiries.admin.inquiry_page import READ
from inquiries.changes import ACT, Refused

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

LIST = "admin:inquiries_inquiry_changelist"


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """By POST only: a link that is looked at must not take anything."""
    view = require_POST(partial(claim_next, desk))
    return [path("claim-next/", desk.admin_site.admin_view(view), name="inquiries_inquiry_claim_next")]


def claim_next(desk: "InquiryAdmin", request: HttpRequest) -> HttpResponse:
    """Take the first one and open it; a calm word when nothing is left."""
    person = cast(StaffUser, request.user)
    if not person.has_perms([*READ, ACT]):
        raise PermissionDenied
    try:
        inquiry = queue.claim_next(by=person)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect(LIST)
    if inquiry is None:
        messages.info(request, "Nothing is left to take: every inquiry has somebody who looks after it.")
        return redirect(LIST)
    messages.success(request, f"{inquiry} is yours. If you cannot finish it, release it: it keeps its place.")
    return redirect("admin:inquiries_inquiry_change", inquiry.pk)
