"""What the design promises: it can be read in both schemes, loads nothing from elsewhere and needs no inline code."""

import gzip
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from clinic.pages import loader, rendering
from clinic.staff.models import StaffUser
from inquiries import services
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "clinic" / "static" / "clinic"
TOKENS = (STATIC / "tokens.css").read_text()
# Every sheet of the public site; the desk, which lives in Unfold, has colours of its own.
SHEETS = [path for path in sorted(STATIC.glob("*.css")) if path.name not in ("tokens.css", "desk.css")]
# The admin's screens and emails keep rules of their own.
TEMPLATES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if path.relative_to(ROOT / "templates").parts[0] not in ("admin", "emails")
]

# Text and the grounds it stands on. WCAG 2.2, criterion 1.4.3: at least 4.5 to 1.
TEXT = {
    "ink": ["paper", "raised", "tint"],
    "ink-soft": ["paper", "raised", "tint"],
    "link": ["paper", "raised", "tint"],
    "link-hover": ["paper", "raised", "tint"],
    "error": ["paper", "raised"],
    "on-warm": ["warm"],
    "on-wine": ["wine"],
    "on-pine": ["pine"],
    "on-pine-soft": ["pine"],
    "on-action": ["action", "action-hover"],
    "focus-edge": ["focus"],
    "pine": ["on-pine"],  # the button on the home page's dark ground
}
# Edges, marks and drawings that carry meaning. WCAG 2.2, criterion 1.4.11: at least 3 to 1.
SHAPES = {
    "line-strong": ["paper", "raised"],
    "action": ["paper", "tint"],
    "error": ["paper"],
    "drawing": ["pine"],
}
ONLY_DECORATION = {"line"}
# Parts that never stand on a page with an author's headings.
ON_FORMS_ONLY = {"_emergency.html", "_error_summary.html", "_help_first.html"}
GROUNDS = ["paper", "raised", "tint", "warm", "wine", "pine"]
SCHEMES = ["light", "dark"]


def colours(scheme: str) -> dict[str, str]:
    """Token names and their hex colours; dark overrides light."""
    screen = TOKENS.partition("@media print")[0]
    light, _, dark = screen.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", light))
    if scheme == "dark":
        found.update(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", dark))
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hex colours, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def too_weak(pairs: dict[str, list[str]], scheme: str, least: float) -> list[str]:
    """The pairs below the ratio, with what they reach."""
    colour = colours(scheme)
    return [
        f"{front} on {ground}: {ratio:.2f}"
        for front, grounds in pairs.items()
        for ground in grounds
        if (ratio := contrast(colour[front], colour[ground])) < least
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_text_can_be_read(scheme):
    assert too_weak(TEXT, scheme, 4.5) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_of_controls_and_drawings_can_be_seen(scheme):
    assert too_weak(SHAPES, scheme, 3) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_one_of_the_two_focus_rings_shows_on_every_ground(scheme, ground):
    colour = colours(scheme)

    best = max(contrast(colour[ring], colour[ground]) for ring in ("focus", "focus-edge"))

    assert best >= 3


def test_every_colour_is_measured():
    measured = {*TEXT, *SHAPES, *(ground for grounds in TEXT.values() for ground in grounds)}

    assert set(colours("light")) - measured - ONLY_DECORATION == set()


def test_the_dark_scheme_changes_no_name_that_the_light_one_lacks():
    assert set(colours("dark")) == set(colours("light"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_only_the_tokens_name_a_colour(sheet):
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*;)|\b(?:rgb|hsl|oklch|oklab)a?\(", sheet.read_text()) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_token_that_is_used_exists(sheet):
    used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text()))

    assert used - set(re.findall(r"--([a-z0-9-]+):", TOKENS)) == set()


@pytest.mark.parametrize("sheet", [STATIC / "tokens.css", *SHEETS], ids=lambda path: path.name)
def test_a_sheet_loads_nothing(sheet):
    assert re.findall(r"url\(|@import|@font-face|data:|https?:", sheet.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_inline_code_and_loads_nothing_from_elsewhere(template):
    forbidden = r"""<style|\sstyle\s*=|<script(?![^>]*(?:\ssrc=|ld\+json))|\son[a-z]+\s*=|javascript:|data:[a-z]+/|https?://|["']//"""

    assert re.findall(forbidden, template.read_text(), re.IGNORECASE) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_form_written_by_hand_carries_the_csrf_token(template):
    text = template.read_text()

    assert text.count("<form") == text.count("{% csrf_token %}")


@pytest.mark.django_db
def test_the_question_form_carries_the_csrf_token(client):
    page = client.get(reverse("inquiries:contact")).content.decode()

    assert page.count("<form") == page.count('name="csrfmiddlewaretoken"') == 1


PAGES = ["/" if page["slug"] == "home" else f"/{page['slug']}/" for page in loader.read_pages()]


def away(*args, **kwargs):
    raise OperationalError


def _words(response) -> str:
    content: bytes = response.content
    return content.decode()


def show(state: str, client, monkeypatch) -> str:
    """A page by its address, or one of the states in which the form and the site can be."""
    loader.load()
    if state == "form with errors":
        return _words(client.post("/contact/", {}))
    if state == "receipt":
        return _words(client.get(client.post("/contact/", factories.posted()).headers["Location"]))
    if state == "form open for too long":
        return _words(Client(enforce_csrf_checks=True).post("/contact/", factories.posted()))
    if state == "message not saved":
        monkeypatch.setattr(services, "submit", away)
        return _words(client.post("/contact/", factories.posted()))
    if state == "other form open for too long":
        return _words(Client(enforce_csrf_checks=True).post("/admin/login/", {}))
    if state == "not allowed":
        ada = factories.staff("ada@example.org", "Ada")
        StaffUser.objects.filter(pk=ada.pk).update(is_superuser=False)
        client.force_login(ada)
        return _words(client.get("/admin/staff/staffuser/"))
    if state == "fault":
        monkeypatch.setattr("clinic.pages.views.context", away)
        client.raise_request_exception = False
        return _words(client.get("/privacy/"))
    return _words(client.get(state))


FORMS = ["form with errors", "receipt", "form open for too long", "message not saved"]
STATES = [*PAGES, "/contact/", "/no-such-page/", *FORMS, "other form open for too long", "not allowed", "fault"]
every_state = pytest.mark.parametrize("state", STATES)


shown: dict[str, str] = {}


@pytest.fixture
def page(state, client, monkeypatch, db) -> str:
    """Made once for all the tests that look at it."""
    if state not in shown:
        shown[state] = show(state, client, monkeypatch)
    return shown[state]


@every_state
def test_a_page_starts_with_a_skip_link_to_its_one_main_part(page, state):
    first_link = re.search(r"<body>.*?<a\s[^>]*>", page, re.DOTALL)

    assert first_link
    assert 'href="#main"' in first_link[0]
    assert re.findall(r"<main[^>]*>", page) == ['<main id="main" tabindex="-1">']


@every_state
def test_the_number_the_form_and_help_are_on_every_page_in_the_same_order(page, state):
    ways = re.search(r'<nav class="ways".*?</nav>', page, re.DOTALL)

    assert ways
    assert re.findall(r'href="([^"]+)"', ways[0]) == ["tel:+1-212-555-0123", "/contact/", "/get-help-now/"]


@every_state
def test_a_page_has_one_title_and_no_heading_skips_a_level_below_it(page, state):
    levels = [int(level) for level in re.findall(r"<h([1-6])", page[page.index("<h1") :])]

    assert levels.count(1) == page.count("<h1") == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


@every_state
def test_every_page_says_whom_to_call_in_danger(page, state):
    main = page[page.index("<main") : page.index("</main>")]

    assert 'href="tel:988"' in main
    assert 'href="tel:911"' in main


@every_state
def test_a_first_view_asks_for_at_most_six_files_of_this_site(page, state):
    head = page[: page.index("</head>")]
    files = re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', head)

    assert [file for file in files if not file.startswith("/static/")] == []
    assert len(set(files)) + 2 <= 6  # the page itself, and one of its icons


@every_state
def test_a_page_has_no_inline_code(page, state):
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page) == []


@pytest.mark.parametrize("address", PAGES)
def test_a_published_page_says_at_its_end_whether_a_clinician_reviewed_it(address, client, monkeypatch, db):
    page = show(address, client, monkeypatch)

    assert page.count("This page has not yet been reviewed by a clinician.") == 1
    assert page.index("<h2>About this page</h2>") > page.index('class="prose"')


def test_the_sheets_of_a_page_are_small():
    sent = [len(gzip.compress((STATIC / name).read_bytes())) for name in ("tokens.css", "site.css")]

    assert sum(sent) <= 12_000


def test_no_heading_of_an_author_can_take_an_id_that_a_page_uses_itself():
    parts = [ROOT / "templates" / "base.html", *(ROOT / "templates" / "pages").glob("*.html")]
    parts += [path for path in (ROOT / "templates" / "partials").glob("*.html") if path.name not in ON_FORMS_ONLY]
    ids = {found for path in parts for found in re.findall(r'\sid="([a-z-]+)"', path.read_text())}

    assert ids - rendering.TEMPLATE_IDS == set()


@pytest.mark.django_db
def test_the_title_of_a_page_with_errors_says_so_first(client):
    page = client.post(reverse("inquiries:contact"), {}).content.decode()

    assert "<title>Error: Ask us a question" in page


@pytest.mark.django_db
def test_every_line_of_the_error_summary_leads_to_a_field(client):
    page = client.post(reverse("inquiries:contact"), {}).content.decode()

    summary = re.search(r'id="error-summary".*?</div>', page, re.DOTALL)
    assert summary
    targets = re.findall(r'href="#([^"]+)"', summary[0])
    assert targets
    assert summary[0].count("<li>") == len(targets)
    assert [target for target in targets if not re.search(rf'<(?:input|textarea)[^>]*\sid="{target}"', page)] == []


@pytest.mark.django_db
def test_a_field_is_described_by_its_hint_and_then_by_its_error(client):
    page = client.post(reverse("inquiries:contact"), {}).content.decode()

    assert 'aria-describedby="id_message_helptext id_message_error"' in page
    assert 0 < page.index('id="id_message_helptext"') < page.index('id="id_message_error"') < page.index("<textarea")


@pytest.mark.django_db
def test_an_error_is_marked_in_words_not_by_colour_alone(client):
    page = client.post(reverse("inquiries:contact"), {}).content.decode()

    assert page.count('<span class="visually-hidden">Error:</span>') == page.count('class="invalid-feedback"') > 0
