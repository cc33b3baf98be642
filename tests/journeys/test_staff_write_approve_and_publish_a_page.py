"""The whole way of one text, in a real browser: written, looked at, approved, published, and read by somebody else."""

import re
from itertools import count
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import NOTHING, found_on_the_desk
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = "Nobody reads your words for fun."


def sign_in(open_page: OpenPage, **options: Any) -> Page:
    nora = factories.staff("nora@example.org", "Nora")
    return open_page("/admin/", by=nora, reduced_motion="reduce", **options)


def open_editor(page: Page) -> None:
    page.goto("/admin/pages/page/?q=privacy")
    page.get_by_role("link", name="Privacy", exact=True).click()
    expect(page.get_by_role("heading", name="How it stands")).to_be_visible()


def write(page: Page) -> None:
    body = page.get_by_label("Text:")
    body.fill(f"{body.input_value()}\n{SENTENCE}\n")
    page.get_by_label("What changed, and why").fill("Say it plainly")


def preview(page: Page) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview as the public page").click()
    expect(opened.value.get_by_text(SENTENCE)).to_be_visible()
    expect(opened.value.get_by_text("Only staff see this.")).to_be_visible()
    opened.value.close()


def approve(page: Page) -> None:
    form = page.get_by_role("form", name="Approve this draft")
    form.get_by_label("Your name and credentials").fill("Nora Example, MD")
    form.get_by_role("button").click()
    expect(page.locator(".desk-side .desk-facts")).to_contain_text("approved")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_text_is_written_previewed_approved_published_and_soon_on_every_process(open_page, monkeypatch, scripts):
    # A test client keeps pages for itself, as another web process does. Each look is one second after the last.
    clock = count(1000)
    monkeypatch.setattr("clinic.pages.shelf.monotonic", lambda: next(clock))
    elsewhere = Client()
    before = elsewhere.get("/privacy/").content.decode()
    staff = sign_in(open_page, java_script_enabled=scripts)

    open_editor(staff)
    write(staff)
    preview(staff)
    staff.get_by_role("button", name="Save as draft").click()
    approve(staff)
    kept = elsewhere.get("/privacy/").content.decode()
    staff.get_by_role("button", name="Publish").click()
    expect(staff.get_by_text("Publish: done.")).to_be_visible()

    seconds = next(second for second in range(1, 6) if SENTENCE in elsewhere.get("/privacy/").content.decode())
    assert SENTENCE not in before + kept
    assert seconds <= 5
    staff.goto("/privacy/")
    expect(staff.get_by_text(SENTENCE)).to_be_visible()
    expect(staff.locator("body")).to_contain_text(re.compile("by Nora Example, MD"))


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_where_pages_are_written_and_the_screens_fit(open_page, width):
    page = sign_in(open_page, viewport={"width": width, "height": 900}, color_scheme="light")
    open_editor(page)
    page.locator("summary").first.click()
    write(page)
    page.get_by_role("button", name="Save as draft").click()

    for step in ("editor", "refused", "comparison", "version", "new page", "list"):
        if step == "refused":
            page.get_by_role("button", name="Save as draft").click()
            expect(page.get_by_role("alert")).to_be_visible()
        elif step == "comparison":
            page.get_by_role("button", name="Compare").click()
        elif step == "version":
            open_editor(page)
            page.get_by_role("link", name="Read version 2 as the public page").click()
        elif step == "new page":
            page.goto("/admin/pages/page/add/")
        elif step == "list":
            page.goto("/admin/pages/page/")
        assert (step, found_on_the_desk(page)) == (step, NOTHING)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step
