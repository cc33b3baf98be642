"""Read a text before readers do: as the public page, or beside another version."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.utils import timezone

from clinic.numbers import whole
from clinic.pages import views
from clinic.pages.admin.forms import NewPageForm, TextForm
from clinic.pages.differences import differences
from clinic.pages.models import HOME, Page, Version

if TYPE_CHECKING:
    from clinic.pages.admin.pages import PageAdmin


def preview(desk: "PageAdmin", request: HttpRequest, page_id: int | None) -> HttpResponse:
    """The posted text as the public page, whatever is still wrong with it. Nothing is saved."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _require_staff(desk, request)
    form: TextForm
    if page_id is None:
        form = NewPageForm(request.POST)
        form.is_valid()
        slug = form.cleaned_data.get("slug", "new-page")  # a page without an address cannot be shown
    else:
        form = TextForm(request.POST)
        form.is_valid()
        slug = get_object_or_404(Page, pk=page_id).slug
    faults = [
        f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items() if name != "note"
    ]
    return _as_public_page(request, slug, form.text(), "Preview of an unsaved text", faults)


def read(desk: "PageAdmin", request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """One version as the public page."""
    _require_staff(desk, request)
    version = get_object_or_404(Version.objects.select_related("page"), page=page_id, number=number)
    title = f"Version {number}: {version.get_state_display()}"
    return _as_public_page(request, version.page.slug, version.text(), title, [])


def compare(desk: "PageAdmin", request: HttpRequest, page_id: int) -> HttpResponse:
    """What changed between the versions `from` and `to`; 404 when there is no such version."""
    _require_staff(desk, request)
    page = get_object_or_404(Page, pk=page_id)
    before, after = (
        get_object_or_404(Version, page=page, number=whole(number))
        for number in (request.GET.get("from", ""), request.GET.get("to", ""))
    )
    context = {
        **desk.admin_site.each_context(request),
        "title": f"{page.title}: versions {before.number} and {after.number}",
        "opts": desk.opts,
        "media": desk.media,
        "original": page,  # Unfold's heading names it
        "page": page,
        "before": before,
        "after": after,
        "differences": differences(before, after),
    }
    return TemplateResponse(request, "admin/pages/page/compare.html", context)


def _require_staff(desk: "PageAdmin", request: HttpRequest) -> None:
    if not desk.has_view_permission(request):
        raise PermissionDenied


def _as_public_page(
    request: HttpRequest, slug: str, text: dict[str, Any], title: str, faults: list[str]
) -> HttpResponse:
    """In the public templates, under a line that says what this is; the review stands for no unsaved text."""
    page = Page(slug=slug, updated_at=timezone.now(), **text)
    context = {
        **views.context(page),
        "layout": "pages/home.html" if slug == HOME else "pages/page.html",
        "preview_title": title,
        "faults": [*faults, *map(str, page.render().errors)],
    }
    return render(request, "admin/pages/page/preview.html", context)
