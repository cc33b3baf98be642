"""Accessibility in a real browser: axe finds nothing, pages fit a small phone, and a keyboard reaches everything."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from clinic.pages import loader
from inquiries import services
from tests import factories
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

ARTICLES = [path.stem for path in sorted(loader.STARTER.glob("*.md")) if path.stem != "home"]
PUBLIC = ["home", *ARTICLES, "contact", "contact with errors", "receipt", "urgent receipt", "not found"]
DESK = ["sign in", "desk", "triage list", "new inquiry", "claimed inquiry", "refused change"]
VIEWS: dict[str, Any] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "small": {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
}


def visit(open_page: OpenPage, name: str, **options: Any) -> Page:
    """One of the public pages, in the state that its name says."""
    path = {"home": "/", "not found": "/no-such-page/"}.get(name, f"/{name}/")
    if name in ("contact with errors", "receipt", "urgent receipt"):
        path = "/contact/"
    page = open_page(path, reduced_motion="reduce", **options)
    if name == "contact with errors":
        page.get_by_label("Phone", exact=True).check()
        page.get_by_label("Your question").fill("a" * 5_001)
        page.get_by_role("button", name="Send my question").click()
        expect(page.locator("#error-summary")).to_be_visible()
    elif name.endswith("receipt"):
        page.get_by_label("Treatment").check()
        page.get_by_label("Myself").check()
        urgent = name.startswith("urgent")
        page.get_by_label("Your question").fill("I want to end my life." if urgent else "Could it help me?")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Email", exact=True).check()
        page.get_by_label("Email address").fill("ada@example.org")
        page.get_by_role("button", name="Send my question").click()
        expect(page.locator("#reference")).to_be_visible()
        expect(page.get_by_role("heading", name="If you need someone now")).to_have_count(int(urgent))
    return page


def visit_desk(open_page: OpenPage, name: str, **options: Any) -> Page:
    """One of the desk's pages, with something to see on it."""
    nora = factories.staff("nora@example.org", "Nora")
    kept = factories.inquiry(message="I take warfarin.\nI want to end my life.", reply_by="phone", phone="212 555 0123")
    factories.inquiry()
    page = open_page("/admin/", reduced_motion="reduce", **options)
    if name == "sign in":
        return page
    page.get_by_label("Email address").fill(nora.email)
    page.get_by_label("Password").fill("a long enough pass phrase")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    if name == "desk":
        return page
    if name == "triage list":
        page.goto("/admin/inquiries/inquiry/")
        return page
    if name != "new inquiry":
        services.claim(kept.pk, by=nora)
    page.goto(f"/admin/inquiries/inquiry/{kept.pk}/change/")
    if name == "refused change":
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.get_by_text("Choose how the inquiry ended")).to_be_visible()
    return page


def check(page: Page) -> None:
    """No rule of axe is broken; none is switched off."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", PUBLIC)
def test_axe_finds_nothing_on_a_public_page_and_it_fits_the_screen(open_page, name, view):
    page = visit(open_page, name, **VIEWS[view])

    check(page)

    width = VIEWS[view]["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("view", ["light", "dark"])
@pytest.mark.parametrize("name", DESK)
def test_axe_finds_nothing_on_the_desk(open_page, name, view):
    page = visit_desk(open_page, name, **VIEWS[view])

    page.wait_for_load_state("networkidle")
    check(page)


# What can be used on a page: each link, button, field and fold that is visible; of a group of radio buttons the one
# that the Tab key stops at. The browser's answer is compared with this list.
USABLE = """() => {
  const radios = new Set();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(element => element.type !== "hidden" && element.tabIndex >= 0)
    .filter(element => element.checkVisibility({visibilityProperty: true}))
    .filter(element => {
      if (element.type !== "radio") return true;
      const group = [...document.getElementsByName(element.name)];
      const stop = group.find(radio => radio.checked) || group[0];
      return element === stop;
    })
    .map((element, index) => { element.dataset.stop = index; return String(index); });
}"""
FOCUSED = """() => {
  const focused = document.activeElement;
  const style = getComputedStyle(focused);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [focused.dataset.stop || focused.tagName, outlined];
}"""


@pytest.mark.parametrize("name", [*PUBLIC, *DESK])
def test_the_tab_key_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(open_page, name):
    page = (visit_desk if name in DESK else visit)(open_page, name, **VIEWS["light"])
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.locator("html").evaluate("html => { html.tabIndex = -1; html.focus(); html.removeAttribute('tabindex'); }")
    usable = page.evaluate(USABLE)

    stops: list[str] = []
    hidden = []
    while len(stops) < len(usable):
        page.keyboard.press("Tab")
        stop, outlined = page.evaluate(FOCUSED)
        if [stop] != stops[-1:]:  # a date has three parts, each with a stop of its own
            stops.append(stop)
        if not outlined:
            hidden.append(stop)

    assert stops == usable
    assert hidden == []


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


@pytest.mark.parametrize("name", ["home", ARTICLES[0], "contact", "receipt"])
def test_a_page_still_works_when_its_text_is_twice_as_large(open_page, name):
    page = visit(open_page, name, viewport={"width": 640, "height": 640})

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640
