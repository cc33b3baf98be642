"""The whole way of one question, in a real browser: from the article to the desk and back again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from inquiries.models import Inquiry
from tests import factories

QUESTION = "My mother's sadness came back.\nCould the injections help her? She is 61."
PASS_PHRASE = "a long enough pass phrase"

pytestmark = pytest.mark.django_db(transaction=True)


def read_an_article_and_ask(page: Page) -> None:
    page.get_by_role("link", name="Botox and depression").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Ask us a question").click()
    expect(page).to_have_title(re.compile("^Ask us a question"))


def fill_in(page: Page) -> None:
    page.get_by_role("group", name="What is your question about?").get_by_label("Treatment").check()
    page.get_by_role("group", name="Who are you asking for?").get_by_label("Someone else").check()
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_label("Your name").fill("Siobhán O'Example")
    page.get_by_role("group", name="How should we reply?").get_by_label("Email").check()
    page.get_by_label("Email address").fill("siobhan@example.org")


def send(page: Page) -> None:
    page.get_by_role("button", name="Send my question").click()


def sign_in(page: Page) -> None:
    page.get_by_label("Email address").fill("nora@example.org")
    page.get_by_label("Password").fill(PASS_PHRASE)
    page.get_by_role("button", name="Log in").click()


def press(page: Page, action: str) -> None:
    page.get_by_role("button", name=action, exact=True).click()


def stands(page: Page, status: str) -> None:
    expect(page.locator(".desk-badges .desk-badge").nth(1)).to_have_text(status)


def check_that_errors_help(page: Page) -> None:
    """After an empty form: the title, the focus, the links and the ties between fields, hints and errors."""
    summary = page.locator("#error-summary")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        target = page.locator(link.get_attribute("href") or "")
        link.click()
        expect(target).to_be_focused()
        expect(target).to_be_in_viewport()
    message = page.get_by_label("Your question")
    tied = (message.get_attribute("aria-describedby") or "").split()
    assert tied == ["id_message_helptext", "id_message_error"]
    expect(page.locator(f"#{tied[0]}")).to_contain_text("Write in your own words")
    expect(page.locator(f"#{tied[1]}")).to_contain_text("Write your question")


def keep_the_receipt(page: Page) -> tuple[str, str]:
    """The reference and the promised time on the receipt, which a reload does not change."""
    expect(page).to_have_title(re.compile("^We have your message"))
    shown = (page.locator("#reference").inner_text(), page.locator("time#due").inner_text())
    page.reload()
    assert (page.locator("#reference").inner_text(), page.locator("time#due").inner_text()) == shown
    assert Inquiry.objects.count() == 1
    return shown


def find_on_the_desk(page: Page, reference: str, due: str) -> None:
    sign_in(page)
    # Unfold's menu is a script; the list has an address of its own.
    page.goto("/admin/inquiries/inquiry/")
    expect(page.get_by_role("table")).to_contain_text("Routine")
    body = page.locator("body").inner_text()
    assert not [private for private in ("sadness", "siobhan@") if private in body]
    page.get_by_role("link", name=f"{reference[:4]} {reference[4:]}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Inquiry {reference}")
    expect(page.locator(".desk-facts")).to_contain_text(due)
    assert page.locator(".desk-message").inner_text() == QUESTION


def move_it_on(page: Page) -> None:
    stands(page, "New")
    press(page, "Claim")
    stands(page, "Open")
    page.get_by_role("form", name="Wait on the patient").get_by_label("Wait until").fill(
        (timezone.localdate() + timedelta(days=7)).isoformat()
    )
    press(page, "Wait on the patient")
    stands(page, "Waiting on the patient")
    page.get_by_label("How did it end?").select_option("Answered")
    press(page, "Close")
    stands(page, "Done")
    press(page, "Reopen")
    stands(page, "Open")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_patient_asks_and_staff_move_it_on(open_page, scripts):
    factories.staff("nora@example.org", "Nora")
    patient = open_page("/", java_script_enabled=scripts)

    read_an_article_and_ask(patient)
    send(patient)
    check_that_errors_help(patient)
    fill_in(patient)
    send(patient)
    reference, due = keep_the_receipt(patient)

    staff = open_page("/admin/", java_script_enabled=scripts)
    find_on_the_desk(staff, reference, due)
    move_it_on(staff)

    kept = Inquiry.objects.get()
    assert (kept.reference, kept.message, kept.status) == (reference, QUESTION, "open")
    assert kept.owner is not None
    assert kept.owner.email == "nora@example.org"


def test_pressing_the_button_twice_in_a_hurry_keeps_one_inquiry(open_page):
    patient = open_page("/contact/")
    fill_in(patient)

    patient.get_by_role("button", name="Send my question").dblclick()
    reference = patient.locator("#reference").inner_text()

    assert [kept.reference for kept in Inquiry.objects.all()] == [reference]


def test_fields_for_the_phone_appear_when_the_phone_is_chosen(open_page):
    page = open_page("/contact/")
    expect(page.get_by_label("Phone number")).to_be_hidden()

    page.get_by_role("group", name="How should we reply?").get_by_label("Phone").check()

    expect(page.get_by_label("Phone number")).to_be_visible()
    expect(page.get_by_role("group", name="May we leave a voicemail?")).to_be_visible()
    expect(page.get_by_label("Email address")).to_be_hidden()
