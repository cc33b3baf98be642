"""Accessibility in a real browser: axe finds nothing, pages fit a small phone, and a keyboard reaches everything."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, expect

from clinic.pages import loader
from inquiries import figures, services
from tests import factories
from tests.browser import GO_DARK, NOTHING, found_by_axe, found_on_the_desk, walk_with_tab
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

ARTICLES = [path.stem for path in sorted(loader.STARTER.glob("*.md")) if path.stem != "home"]
FORMS = ["contact", "contact with errors", "form open for too long", "message not saved", "receipt", "urgent receipt"]
FORMS += ["receipt in Spanish", "urgent receipt in Spanish"]
PUBLIC = ["home", *ARTICLES, *FORMS, "not found", "fault"]
DESK = ["sign in", "failed sign in", "desk", "new inquiry", "claimed inquiry", "refused change", "conflict", "findings"]
DESK += ["hold without a reason", "erasure refused"]
ELSEWHERE = {  # on the desk, pages that an address is enough for; "{}" is an inquiry's number
    "components": "/admin/components/",
    "triage list": "/admin/inquiries/inquiry/",
    "filtered list": "/admin/inquiries/inquiry/?topic=treatment&standing=all",
    "list with a filter that makes no sense": "/admin/inquiries/inquiry/?since=9999-12-31",
    "nothing at this address": "/admin/nowhere/",
    "not understood": "/admin/inquiries/inquiry/?owner__password=x",
    "access log": "/admin/inquiries/access/",
    "rights": "/admin/inquiries/inquiry/{}/rights/",
    "export for another system": "/admin/inquiries/inquiry/{}/fhir/",
    "handover": "/admin/inquiries/inquiry/handover/",
    "prepared answers": "/admin/inquiries/answer/",
    "new prepared answer": "/admin/inquiries/answer/add/",
    "staff": "/admin/staff/staffuser/",
    "new account": "/admin/staff/staffuser/add/",
    "new role": "/admin/auth/group/add/",
}
STEPS_BEGIN = {  # where a page of the desk that takes a step or two starts from; the others on an inquiry's page
    "desk": "/admin/",
    "findings": ELSEWHERE["triage list"],
    "hold without a reason": ELSEWHERE["rights"],
    "erasure refused": ELSEWHERE["rights"],
}
SCREEN: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
# Each way of looking at a page: its width, what the reader's system asks for, and how large the text is.
VIEWS: dict[str, tuple[int, dict[str, Any], str]] = {
    "light": (1280, {"color_scheme": "light"}, "100%"),
    "dark": (1280, {"color_scheme": "dark"}, "100%"),
    "small": (320, {"color_scheme": "light"}, "100%"),
    "small and dark": (320, {"color_scheme": "dark"}, "100%"),
    "twice as large": (640, {"color_scheme": "light"}, "200%"),
    "forced colours": (1280, {"color_scheme": "dark", "forced_colors": "active"}, "100%"),
}
# What axe can find differs with the order of the page and with its colours; each stands in one of these.
FOR_AXE = ["light", "dark", "small", "forced colours"]


def away(*args: Any, **kwargs: Any) -> None:
    """What the database says when it is not there."""
    raise OperationalError


@pytest.fixture
def visit(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Opens one of the public pages, in the state that its name says."""

    def _visit(name: str, **options: Any) -> Page:
        if name == "fault":
            monkeypatch.setattr("clinic.pages.views.context", away)
        if name == "message not saved":
            monkeypatch.setattr(services, "submit", away)
        path = {"home": "/", "not found": "/no-such-page/", "fault": "/privacy/"}.get(name, f"/{name}/")
        page = open_page("/contact/" if name in FORMS else path, reduced_motion="reduce", **options)
        if name == "contact with errors":
            page.get_by_label("Phone", exact=True).check()
            page.get_by_label("Your question").fill("a" * 5_001)
            page.get_by_role("button", name="Send my question").click()
            expect(page.locator("#error-summary")).to_be_visible()
        elif name in FORMS[2:]:
            send(page, name)
        return page

    return _visit


def send(page: Page, name: str) -> None:
    """Fill in the form and send it, and wait for the answer that the name says."""
    page.get_by_label("Treatment").check()
    page.get_by_label("Myself").check()
    urgent = name.startswith("urgent")
    page.get_by_label("Your question").fill("I want to end my life." if urgent else "Could it help me?")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email", exact=True).check()
    page.get_by_label("Email address").fill("ada@example.org")
    if name.endswith("Spanish"):
        page.get_by_label("Español").check()
    if name == "form open for too long":
        page.context.clear_cookies()
    page.get_by_role("button", name="Send my question").click()
    expect(page.locator("#reference" if "receipt" in name else "#error-summary")).to_be_visible()
    expect(page.locator("#help-first")).to_have_count(int(urgent))


def visit_desk(open_page: OpenPage, name: str, **options: Any) -> Page:
    """One of the desk's pages, with something to see on it."""
    nora = factories.staff("nora@example.org", "Nora")
    kept = factories.inquiry(message="I take warfarin.\nI want to end my life.", reply_by="phone", phone="212 555 0123")
    factories.answer("Greeting")
    factories.answer("Parking", approved=False)
    services.log_call(factories.inquiry().pk, call="reached", by=nora)
    figures.keep()
    if name.endswith("sign in"):
        return sign_in_page(open_page, name, **options)
    path = (ELSEWHERE | STEPS_BEGIN).get(name, "/admin/inquiries/inquiry/{}/change/")
    if name in ("conflict", "refused change", "claimed inquiry"):
        services.claim(kept.pk, by=nora)
    page = open_page(path.format(kept.pk), by=nora, reduced_motion="reduce", **options)
    if name in ("hold without a reason", "erasure refused"):
        ask_for_rights(page, name)
    if name == "findings":
        page.get_by_label("Find an inquiry").fill("exampel warfarin")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("cell", name="Similar name, message")).to_be_visible()
    if name == "conflict":
        services.note(kept.pk, text="I was first.", by=nora)
        page.get_by_label("What should colleagues know?").fill("I was second.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_be_focused()
    if name == "refused change":
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.get_by_role("link", name="Choose how the inquiry ended")).to_be_visible()
    return page


def sign_in_page(open_page: OpenPage, name: str, **options: Any) -> Page:
    """Where one signs in, at first or after a mistake."""
    page = open_page("/admin/", reduced_motion="reduce", **options)
    if name == "failed sign in":
        page.get_by_label("Email address").fill("nobody@example.org")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_be_focused()
    return page


def ask_for_rights(page: Page, name: str) -> None:
    """What somebody sees who cannot do yet what a person asks of us."""
    page.get_by_role("button", name="Erase …" if name == "erasure refused" else "Set a legal hold …").click()
    if name == "erasure refused":
        expect(page.get_by_text("is urgent and not closed")).to_be_visible()
    else:
        page.get_by_role("button", name="Set a legal hold").click()
        expect(page.get_by_role("alert")).to_be_focused()


@dataclass
class Seen:
    """What one visit of a page showed: each promise below asks for a part of it."""

    axe: dict[str, str]
    """What axe found, by the way of looking."""
    beyond: dict[str, int]
    """How many pixels the page is wider than the screen."""
    usable: list[str]
    stops: list[str]
    """Where the Tab key stopped, in its order; each should be in `usable`, in that order."""
    unmarked: list[str]
    """Stops that do not show that they have the focus."""


SEEN: dict[str, Seen] = {}
"""A visit takes seconds, so the tests of a page share one. Nothing in it is changed after the visit."""


def look_in_every_way(page: Page) -> Seen:
    """Walk a public page with the Tab key, then look at it in each of VIEWS."""
    usable, stops, unmarked = walk_with_tab(page)
    seen = Seen({}, {}, usable, stops, unmarked)
    for view, (width, media, size) in VIEWS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(**{"forced_colors": "none", **media})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        seen.beyond[view] = max(0, page.evaluate("document.documentElement.scrollWidth") - width)
        if view in FOR_AXE:
            seen.axe[view] = found_by_axe(page)
    return seen


def look_by_day_and_by_night(page: Page) -> Seen:
    """Look at a page of the desk in its two colours, then walk it with the Tab key."""
    return Seen(found_on_the_desk(page), {}, *walk_with_tab(page))


# A parameter of the whole file brings the tests of one page together, so that they find the visit of the first.
@pytest.fixture(scope="module", params=PUBLIC)
def public(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=[*DESK, *ELSEWHERE])
def at_the_desk(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(public: str, visit: OpenPage) -> Seen:
    """A public page, however it is looked at."""
    if public not in SEEN:
        SEEN[public] = look_in_every_way(visit(public, **SCREEN))
    return SEEN[public]


@pytest.fixture
def seen_at_the_desk(at_the_desk: str, open_page: OpenPage) -> Seen:
    """A page of the desk, by day and by night."""
    if at_the_desk not in SEEN:
        SEEN[at_the_desk] = look_by_day_and_by_night(visit_desk(open_page, at_the_desk, color_scheme="light", **SCREEN))
    return SEEN[at_the_desk]


def test_axe_finds_nothing_on_a_public_page_and_it_fits_the_screen_however_it_is_looked_at(seen):
    assert (seen.axe, seen.beyond) == (dict.fromkeys(FOR_AXE, ""), dict.fromkeys(VIEWS, 0))


def test_the_tab_key_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(seen):
    assert (seen.stops, seen.unmarked) == (seen.usable, [])


def test_axe_finds_nothing_on_the_desk_by_day_and_by_night(seen_at_the_desk):
    assert seen_at_the_desk.axe == NOTHING


def test_the_tab_key_reaches_everything_on_the_desk_in_its_order_and_shows_where_it_is(seen_at_the_desk):
    assert (seen_at_the_desk.stops, seen_at_the_desk.unmarked) == (seen_at_the_desk.usable, [])


def test_a_desk_that_went_dark_is_the_one_that_opens_dark(open_page):
    colours = """() => [...document.querySelectorAll("body *")].map(element => {
      const style = getComputedStyle(element);
      return [style.color, style.backgroundColor, style.borderTopColor].join();
    })"""
    page = visit_desk(open_page, "new inquiry", color_scheme="light", **SCREEN)
    page.emulate_media(color_scheme="dark")
    page.evaluate(GO_DARK)
    went_dark = page.evaluate(colours)

    page.reload(wait_until="networkidle")

    assert page.evaluate(colours) == went_dark


@pytest.mark.parametrize("width", [1280, 700])
def test_the_desk_can_be_left_with_the_keyboard_alone(open_page, width):
    page = visit_desk(open_page, "triage list", viewport={"width": width, "height": 900})

    if width < 1280:
        page.get_by_role("button", name="Menu").focus()
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Change password").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/logout/")
    page.goto("/admin/inquiries/inquiry/")

    expect(page.get_by_label("Password")).to_be_visible()


def test_the_first_stop_skips_to_the_content(open_page):
    page = open_page("/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_question_can_be_asked_with_the_keyboard_alone(open_page):
    page = open_page("/contact/")
    keys = page.keyboard
    page.get_by_label("Treatment").focus()

    for step in (
        ["Space"],  # Treatment
        ["Tab", "ArrowDown"],  # the second: someone else
        ["Tab", "Could it help?"],
        ["Tab", "Ada Example"],
        ["Tab", "Space"],  # Email
        ["Tab", "ada@example.org"],
        ["Tab", "Tab", "Tab", "Tab", "Enter"],  # good times, language, privacy, send
    ):
        for key in step:
            (keys.press if key in ("Space", "Tab", "ArrowDown", "Enter") else keys.type)(key)

    expect(page.locator("#reference")).to_be_visible()


def test_the_menu_works_on_a_phone_without_scripts(open_page):
    page = open_page("/contact/", viewport={"width": 390, "height": 844}, java_script_enabled=False)
    safety = page.get_by_role("navigation", name="Main").get_by_role("link", name="Safety")
    expect(safety).to_be_hidden()

    page.get_by_text("Menu", exact=True).click()
    safety.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Safety")


def test_on_a_wide_screen_the_menu_is_open_and_marks_the_page(open_page):
    page = open_page("/safety/", **SCREEN)

    menu = page.get_by_role("navigation", name="Main")

    expect(page.get_by_text("Menu", exact=True)).to_be_hidden()
    expect(menu.get_by_role("link", name="The evidence")).to_be_visible()
    expect(menu.locator("[aria-current=page]")).to_have_text("Safety")


def test_a_link_can_be_copied_and_without_scripts_there_is_no_button_for_it(open_page):
    page = open_page("/safety/", permissions=["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy link").click()

    expect(page.get_by_role("status")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    plain = open_page("/safety/", java_script_enabled=False)
    expect(plain.get_by_role("button")).to_have_count(0)
    expect(plain.get_by_role("link", name="WhatsApp")).to_be_visible()


def test_paper_shows_the_words_and_their_sources_and_nothing_to_press(visit):
    page = visit("evidence", **SCREEN)

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name="References")).to_be_visible()
    expect(page.get_by_text("This page has not yet been reviewed by a clinician.")).to_be_visible()
    for press in ("Main", "On this page", "All pages"):
        expect(page.get_by_role("navigation", name=press)).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


def test_who_uses_the_desk_by_ear_is_taken_to_what_is_wrong_and_from_there_to_the_field(open_page):
    page = visit_desk(open_page, "refused change", **SCREEN)

    summary = page.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Choose how the inquiry ended").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")

    expect(page.get_by_label("How did it end?")).to_be_focused()


def test_who_uses_the_desk_by_ear_hears_no_icons(open_page):
    page = visit_desk(open_page, "new inquiry", **SCREEN)

    assert "chevron_right" not in page.locator("body").aria_snapshot()


def test_on_the_desk_the_first_stop_skips_the_menu(open_page):
    page = visit_desk(open_page, "triage list", **SCREEN)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
