"""The filtered list as a file: for those who may, with a reason, and written down before the first line leaves."""

from functools import partial
from typing import TYPE_CHECKING, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from clinic.practice.models import Practice
from inquiries import access, export
from inquiries.admin import standing
from inquiries.admin.inquiry_page import READ
from inquiries.models import Access
from inquiries.querysets import InquiryQuerySet

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin, QueueList

EXPORT = "inquiries.export_inquiry"


class ExportForm(forms.Form):
    """Why, and how much about each person."""

    reason = forms.CharField(
        label="Why do you need this file?",
        help_text="Kept in the access log with your name. Do not write anything about a patient here.",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write why you need this file"},
    )
    person = forms.BooleanField(label="With names and how to reach people", required=False)
    message = forms.BooleanField(label="With what people wrote", required=False)


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """One address; its query string says which list."""
    view = require_http_methods(["GET", "POST"])(partial(show, desk))
    return [path("export/", desk.admin_site.admin_view(view), name="inquiries_inquiry_export")]


def show(desk: "InquiryAdmin", request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Ask for the reason, then send the file. What people wrote leaves only with somebody who may read it."""
    if not request.user.has_perms(["inquiries.view_inquiry", EXPORT]):
        raise PermissionDenied
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not request.user.has_perms(READ):
        del form.fields["message"]
    chosen = cast("QueueList", desk.get_changelist_instance(request))
    if form.is_valid():
        access.record(request, Access.Deed.EXPORTED, reason=form.cleaned_data["reason"])
        return _file(chosen.queryset, form)
    context = {
        **desk.admin_site.each_context(request),
        "title": "Export", "opts": desk.opts, "form": form,
        "back": reverse("admin:inquiries_inquiry_changelist") + chosen.address,
        "tab": standing.STANDINGS[chosen.standing.value()].label, "found": chosen.found,
        "narrowed": chosen.narrowing.form.narrows or bool(chosen.query),
    }  # fmt: skip
    return TemplateResponse(
        request, "admin/inquiries/inquiry/export.html", context, status=422 if form.is_bound else 200
    )


def _file(listed: InquiryQuerySet, form: ExportForm) -> StreamingHttpResponse:
    wanted = {name: bool(form.cleaned_data.get(name)) for name in ("person", "message")}
    day = Practice.objects.current().today()
    return StreamingHttpResponse(
        export.lines(listed, **wanted),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="inquiries-{day:%Y-%m-%d}.csv"',
            "Cache-Control": "no-store",
        },
    )
