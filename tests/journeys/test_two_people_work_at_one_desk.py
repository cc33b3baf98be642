"""Two people and one inquiry, in real browsers: they see each other, lose no word, and close a crisis together."""

import pytest
from playwright.sync_api import Page, expect

from clinic.staff.models import StaffUser
from inquiries import entries, services
from inquiries.models import Draft, Inquiry
from tests import factories
from tests.browser import NOTHING, found_on_the_desk
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)

PASS_PHRASE = "a long enough pass phrase"
NOTE = "She asked whether\nwe could call after noon."


@pytest.fixture
def crisis(nurse, colleague) -> Inquiry:
    """An urgent inquiry with something of every kind in its history, which Nora has seen up to the claim."""
    factories.inquiry(phone="212 555 0123")
    kept = factories.inquiry(
        message="I take warfarin.\nI want to end my life.", reply_by="phone", phone="212 555 0123", language="es"
    )
    services.claim(kept.pk, by=nurse)
    services.acknowledge(kept.pk, by=nurse)
    return kept


def at_the_desk(open_page: OpenPage, kept: Inquiry, email: str = "nora@example.org", **options) -> Page:
    """The inquiry's page in a browser of this person."""
    person = StaffUser.objects.get(email=email)
    page = open_page(f"/admin/inquiries/inquiry/{kept.pk}/change/", by=person, reduced_motion="reduce", **options)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Inquiry {kept.reference}")
    return page


def sign_in(page: Page, email: str = "nora@example.org") -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASS_PHRASE)
    page.get_by_role("button", name="Log in").click()


def write(page: Page, text: str = NOTE) -> None:
    page.get_by_label("What should colleagues know?").fill(text)


def check(page: Page) -> None:
    """No rule of axe is broken, by day or by night; none is switched off."""
    assert found_on_the_desk(page) == NOTHING


@pytest.mark.parametrize("width", [1280, 820])
def test_axe_finds_nothing_on_a_full_page_nor_on_a_conflict(open_page, crisis, colleague, width):
    page = at_the_desk(open_page, crisis, color_scheme="light", viewport={"width": width, "height": 900})
    services.log_call(crisis.pk, call="voicemail", text="No message left.", by=colleague)
    services.close(crisis.pk, outcome="referred", by=colleague)
    at_the_desk(open_page, crisis, "carlos@example.org")
    page.reload()
    expect(page.get_by_text("New since you looked")).to_be_visible()
    expect(page.get_by_text("Being viewed by Carlos")).to_be_visible()
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    services.note(crisis.pk, text="All calm.", by=colleague)
    write(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing you typed is lost")).to_be_visible()
    check(page)


def test_a_draft_is_saved_as_it_is_typed_and_is_there_after_signing_in_again(open_page, crisis):
    page = at_the_desk(open_page, crisis)
    write(page)
    expect(page.get_by_text("Draft saved at")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    page.goto(f"/admin/inquiries/inquiry/{crisis.pk}/change/")
    sign_in(page)

    expect(page.get_by_label("What should colleagues know?")).to_have_value(NOTE)


def test_without_scripts_a_button_saves_the_draft(open_page, crisis, nurse):
    page = at_the_desk(open_page, crisis, java_script_enabled=False)
    write(page)

    page.get_by_role("button", name="Save draft of the note").click()

    expect(page.get_by_text("Draft saved.")).to_be_visible()
    assert Draft.objects.get(person=nurse).text == NOTE


def test_who_signs_in_again_in_another_tab_goes_on_typing_where_they_were(open_page, crisis):
    page = at_the_desk(open_page, crisis)
    other = page.context.new_page()
    other.goto("/admin/")
    other.get_by_role("button", name="Sign out").click()
    write(page, "Typed while signed out")
    expect(page.get_by_text("You are signed out")).to_be_visible()
    other.goto("/admin/")
    sign_in(other)
    other.wait_for_url("**/admin/")

    page.bring_to_front()
    page.get_by_label("What should colleagues know?").press_sequentially("!")

    expect(page.get_by_text("Draft saved at")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".desk-text")).to_have_text("Typed while signed out!")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_note_that_met_another_change_is_saved_from_the_page_that_says_so(open_page, crisis, colleague, scripts):
    page = at_the_desk(open_page, crisis, java_script_enabled=scripts)
    services.note(crisis.pk, text="All calm.", by=colleague)
    write(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".desk-changed")).to_contain_text("Carlos wrote a note")

    page.get_by_role("button", name="Save, knowing this").click()

    expect(page.locator(".desk-text")).to_have_text(["All calm.", NOTE])
    assert not Draft.objects.exists()


def test_a_crisis_is_closed_by_two_people_with_the_keyboard_alone(open_page, crisis):
    first = at_the_desk(open_page, crisis)
    first.get_by_label("How did it end?").focus()
    first.keyboard.type("Referred")
    first.keyboard.press("Tab")
    first.keyboard.press("Enter")
    expect(first.get_by_role("alert")).to_contain_text("A second person has to confirm")
    expect(first.get_by_role("button", name="Confirm: close it")).to_have_count(0)

    second = at_the_desk(open_page, crisis, "carlos@example.org")
    second.get_by_role("link", name="Back to the list").focus()
    for _ in range(6):
        second.keyboard.press("Tab")
        if second.evaluate("document.activeElement.textContent").strip() == "Confirm: close it":
            break
    second.keyboard.press("Enter")

    expect(second.locator(".desk-badges .desk-badge").nth(1)).to_have_text("Done")
    expect(second.locator(".desk-timeline")).to_contain_text("Carlos confirmed the closing: Referred on")


def test_a_draft_of_one_person_never_reaches_the_other(open_page, crisis, nurse):
    entries.keep_draft(crisis.pk, text=NOTE, by=nurse)

    page = at_the_desk(open_page, crisis, "carlos@example.org")

    expect(page.get_by_label("What should colleagues know?")).to_have_value("")
