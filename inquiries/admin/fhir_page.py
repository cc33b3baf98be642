"""One inquiry as a FHIR file: for those who may export and read, with a reason, written down before it leaves."""

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from inquiries import access, rights
from inquiries.admin.export_page import EXPORT, ExportForm
from inquiries.admin.inquiry_page import READ
from inquiries.changes import Refused
from inquiries.fhir import bundle
from inquiries.models import Access, Inquiry

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin


class FhirForm(ExportForm):
    """Only why: a FHIR file always holds the person and what was written."""

    person = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
    message = None  # type: ignore[assignment]


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """One address for each inquiry."""
    view = require_http_methods(["GET", "POST"])(partial(show, desk))
    return [path("<int:inquiry_id>/fhir/", desk.admin_site.admin_view(view), name="inquiries_inquiry_fhir")]


def show(desk: "InquiryAdmin", request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """Ask for the reason, then send the file. Raises PermissionDenied and Http404."""
    if not request.user.has_perms([*READ, EXPORT]):
        raise PermissionDenied
    inquiry = get_object_or_404(Inquiry.objects.select_related("owner"), pk=inquiry_id)
    form = FhirForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_neutral(form, inquiry):
        access.record(request, Access.Deed.EXPORTED, inquiry, reason=form.cleaned_data["reason"])
        return _file(inquiry)
    context = {
        **desk.admin_site.each_context(request),
        "title": f"Export {inquiry}", "opts": desk.opts, "form": form, "inquiry": inquiry,
    }  # fmt: skip
    return TemplateResponse(request, "admin/inquiries/inquiry/fhir.html", context, status=422 if form.is_bound else 200)


def _is_neutral(form: FhirForm, inquiry: Inquiry) -> bool:
    """False, with what is wrong on the form, for a reason that names the person: the access log keeps it for good."""
    try:
        rights.require_neutral(form.cleaned_data["reason"], [inquiry])
    except Refused as refused:
        form.add_error("reason", str(refused))
        return False
    return True


def _file(inquiry: Inquiry) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{inquiry.reference}.json"'}
    return HttpResponse(bundle.write(inquiry), content_type="application/fhir+json", headers=named)
