"""Request in, page out. middleware.py keeps what comes out of here."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from clinic.pages.models import HOME, Page, Reference
from clinic.practice.models import Practice


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page at /."""
    return _show(request, HOME, "pages/home.html")


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Any other page; 404 for a draft."""
    if slug == HOME:
        raise Http404("The home page has one address, /")
    return _show(request, slug, "pages/page.html")


def _show(request: HttpRequest, slug: str, template: str) -> HttpResponse:
    page = get_object_or_404(Page.objects.published(), slug=slug)
    rendered = page.render()
    cited = Reference.objects.in_bulk(rendered.keys, field_name="key")
    context = {
        "page": page,
        "body": mark_safe(rendered.html),  # noqa: S308 - the renderer escapes all raw HTML; test_pages_rendering
        "contents": rendered.contents,
        "references": [cited[key] for key in rendered.keys if key in cited],
        # Asked for here: the context processor would stand in for a practice it cannot read, and the stand-in's
        # phone number would then be kept.
        "practice": Practice.objects.current(),
    }
    return render(request, template, context)
