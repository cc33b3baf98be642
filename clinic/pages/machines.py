"""What programs ask for rather than people: search engines, security researchers' tools, browsers that pin a site."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic.pages.models import Page
from clinic.practice.models import Practice

# Seconds. Short enough that a new page is found the same day, long enough that robots cost us little.
KEPT = 60 * 60
# RFC 9116 asks for less than a year. The date moves on with every day, so it never passes while somebody runs the site.
SECURITY_TXT_HOLDS = timedelta(days=180)
TINT, PAPER = "#edf1ea", "#fdfcf9"  # the top of a page and its ground, as in tokens.css


@require_safe
@cache_control(public=True, max_age=KEPT)
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be found. Receipts say "noindex" themselves, which a robot must be able to read."""
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}", "", f"Sitemap: {full(reverse('pages:sitemap'))}"]
    return _text(lines)


@require_safe
@cache_control(public=True, max_age=KEPT)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every published page with the day its text last changed, and the form, whose date nobody keeps. One query."""
    pages = Page.objects.published().only("slug", "updated_at").order_by("slug")
    places = [(full(page.get_absolute_url()), page.updated_at.isoformat(timespec="seconds")) for page in pages]
    places.append((full(reverse("inquiries:contact")), ""))
    return render(request, "pages/sitemap.xml", {"places": places}, content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=KEPT)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116). The form comes first: a person reads every message."""
    today = datetime.combine(datetime.now(UTC).date(), time.min, tzinfo=UTC)
    phone = Practice.objects.recent().phone
    lines = [
        f"Contact: {full(reverse('inquiries:contact'))}",
        *([f"Contact: {phone.as_rfc3966}"] if phone else []),
        f"Expires: {today + SECURITY_TXT_HOLDS:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, es",
        f"Canonical: {full(reverse('pages:security_txt'))}",
    ]
    return _text(lines)


@require_safe
@cache_control(public=True, max_age=KEPT)
def manifest(request: HttpRequest) -> HttpResponse:
    """The name and the icons for a phone's home screen. It opens in the browser, where the address can be seen."""
    icons = [
        {"src": static(f"clinic/icon-{name}.png"), "type": "image/png", "sizes": sizes, "purpose": purpose}
        for name, sizes, purpose in [
            ("192", "192x192", "any"),
            ("512", "512x512", "any"),
            ("maskable", "512x512", "maskable"),
        ]
    ]
    name = Practice.objects.recent().name
    colours = {"theme_color": TINT, "background_color": PAPER}
    facts = {"name": name, "lang": "en-US", "start_url": reverse("pages:home"), "display": "browser"}
    return JsonResponse({**facts, **colours, "icons": icons}, content_type="application/manifest+json")


def full(path: str) -> str:
    """A path as an address that works outside of this site, whatever host the request named."""
    return settings.SITE_URL + path


def _text(lines: list[str]) -> HttpResponse:
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
