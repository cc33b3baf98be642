"""Request in, page out. middleware.py keeps what comes out of here."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from clinic.pages import navigation, sharing, structured
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
    return render(request, template, context(page))


def context(page: Page) -> dict[str, Any]:
    """What the templates of a page show; the preview in the admin shows the same."""
    rendered = page.render()
    cited = Reference.objects.in_bulk(rendered.keys, field_name="key")
    sources = [cited[key] for key in rendered.keys if key in cited]
    # Asked for here: the context processors would stand in for what they cannot read, and the stand-in's phone
    # number or an older menu would then be kept.
    practice = Practice.objects.current()
    return {
        "page": page,
        "body": mark_safe(rendered.html),  # noqa: S308 - the renderer escapes all raw HTML; test_pages_rendering
        "contents": rendered.contents,
        "references": sources,
        "share": {
            "address": sharing.address(page),
            "email": sharing.by_email(page),
            "services": list(sharing.services(page)),
        },
        "structured_data": structured.data(page, sources, practice),
        "practice": practice,
        "navigation": navigation.current(),
    }
