"""Asked, answered, read: a patient and the clinic write to each other, in a real browser and by real email."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Literal

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from inquiries import notices, outbox, services
from inquiries.conversation import links, replies
from inquiries.models import Inquiry, Link, Message, Status
from tests import factories
from tests.browser import found_by_axe, walk_with_tab
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = ["Ada", "felt low", "injections", "Tuesday"]
PAGES = [
    "the link", "the code", "wrong code", "locked code", "too many codes", "messages", "urgent messages", "in Spanish",
    "message too long", "deletion", "after sending", "half an hour later", "left", "old link", "unknown link",
    "lost link", "lost link with errors", "link asked for", "fault",
]  # fmt: skip

# Each way of looking at a page: its width, how large the text is, and the scheme. The narrow ones must only fit.
VIEWS: list[tuple[int, str, Literal["light", "dark"]]] = [
    (1280, "100%", "light"), (1280, "100%", "dark"), (390, "100%", "dark"), (390, "100%", "light"),
    (320, "100%", "light"), (640, "200%", "light"),
]  # fmt: skip


def newest(mail_server: MailServer) -> str:
    """What the newest email says, once everything that is due has left."""
    outbox.send_due()
    body = mail_server.arrived[-1].get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def write_as_staff(inquiry: Inquiry, text: str) -> Message:
    """A clinician's message whose twenty seconds are over."""
    nora = factories.staff("nora@example.org", "Nora")
    message = services.reply(inquiry.pk, text=text, by=nora, then="answered")
    past = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(leaves_at=past)
    notices.emails_of(message).update(scheduled_time=past)
    replies.let_leave()
    return message


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_patient_asks_is_answered_reads_and_writes_back(open_page, site, mail_server, settings, scripts):
    settings.SITE_URL = site
    inquiry = factories.inquiry()
    write_as_staff(inquiry, "Yes. We can see you on Tuesday.\nBring your list of medicines.")
    email = newest(mail_server)
    assert not [word for word in PRIVATE if word in mail_server.arrived[-1].as_string()]

    link = re.search(r"\S+/m/\S+/", email)
    assert link
    page = open_page(link[0], java_script_enabled=scripts)
    expect(page.get_by_role("main")).not_to_contain_text(inquiry.reference)
    page.get_by_role("button", name="Send me a code").click()
    code = re.search(r"\b\d{6}\b", newest(mail_server))
    assert code
    page.get_by_label("Code from the email").fill(f" {code[0][:3]} {code[0][3:]} ")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_text("We can see you on Tuesday.")).to_be_visible()
    expect(page.locator("#standing")).to_contain_text("We have answered")
    page.get_by_label("Your message").fill("Thank you.\nMay I bring my sister?")
    page.get_by_role("button", name="Send my message").click()

    expect(page.get_by_role("status")).to_contain_text("We have your message")
    expect(page.locator("#standing")).to_contain_text("We answer by")
    inquiry.refresh_from_db()
    assert inquiry.status in (Status.NEW, Status.OPEN)
    assert inquiry.due_at > timezone.now()
    assert inquiry.messages.get(author=None).text == "Thank you.\nMay I bring my sister?"
    assert "/admin/" in newest(mail_server)


def test_what_was_typed_when_the_page_locked_itself_is_in_the_box_again_after_the_code(open_page):
    inquiry = factories.inquiry()
    page = open_page(path_of(inquiry))
    enter(page, inquiry)
    page.get_by_label("Your message").fill("Line one\n\n  line “two”")
    page.context.clear_cookies(name=links.COOKIE)

    page.get_by_role("button", name="Send my message").click()
    expect(page.get_by_role("alert")).to_contain_text("locked itself")
    enter(page, inquiry)
    expect(page.get_by_label("Your message")).to_have_value("Line one\n\n  line “two”")
    page.get_by_role("button", name="Send my message").click()

    expect(page.get_by_role("status")).to_contain_text("We have your message")
    assert inquiry.messages.get().text == "Line one\n\n  line “two”"


def test_after_leaving_the_back_button_shows_nothing(open_page):
    inquiry = factories.inquiry()
    page = open_page(path_of(inquiry))
    enter(page, inquiry)

    page.get_by_role("button", name="Leave this page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left your messages")
    page.go_back()

    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    expect(page.get_by_text(inquiry.reference)).to_have_count(0)


# --- Every page of it -------------------------------------------------------------------------------------------------


def path_of(inquiry: Inquiry) -> str:
    return "/m/" + links.address(inquiry).partition("/m/")[2]


def enter(page: Page, inquiry: Inquiry) -> None:
    """Ask for a code and type it."""
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code from the email").fill(right_code(inquiry))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#standing")).to_be_visible()


def right_code(inquiry: Inquiry) -> str:
    code = inquiry.links.get(replaced_at=None).codes.order_by("-pk").first()
    assert code is not None
    return links.digits(code)


def away(*args: Any, **kwargs: Any) -> None:
    raise OperationalError


@pytest.fixture
def visit(open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    """Opens one of the pages, in the state that its name says."""

    def _visit(name: str, **options: Any) -> Page:
        options |= {"reduced_motion": "reduce"}
        if "lost" in name or "asked" in name:
            return visit_lost(open_page("/m/", **options), name)
        words = "I want to end my life." if name.startswith("urgent") else "Could the injections help me?"
        inquiry = factories.inquiry(message=words, language="es" if name == "in Spanish" else "en")
        path = path_of(inquiry)
        if name == "old link":
            Link.objects.update(expires_at=timezone.now())
        page = open_page(f"/m/{'x' * 43}/" if name == "unknown link" else path, **options)
        if name.endswith("link"):
            return page
        if "code" in name:
            return visit_code(page, inquiry, name)
        page.context.add_cookies([{"name": links.COOKIE, "value": signed(inquiry), "url": page.url}])
        services.patient_writes(inquiry.pk, text="Is Tuesday possible?", submission_key=uuid.uuid4())
        if name == "messages":
            write_as_staff(inquiry, "Yes, we can see you on Tuesday. Read https://example.org/your-visit/ before.")
        page.goto(path)
        return visit_inside(page, name, monkeypatch)

    return _visit


def signed(inquiry: Inquiry) -> str:
    return links._browser.sign(str(links.current(inquiry).pk))


def visit_lost(page: Page, name: str) -> Page:
    if name == "link asked for":
        page.get_by_label("Reference").fill("K7QM 2XHD")
        page.get_by_label("Email address").fill("ada@example.org")
    if name != "lost link":
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_role("alert" if "errors" in name else "heading").first).to_be_visible()
    return page


def visit_code(page: Page, inquiry: Inquiry, name: str) -> Page:
    for _ in range(links.MOST_CODES_AN_HOUR if name.startswith("too many") else 0):
        with transaction.atomic():
            links.new_code(links.current(inquiry))
    page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("#id_code, #error-summary").first).to_be_visible()
    wrong = "000000" if not name.startswith("too many") and right_code(inquiry) != "000000" else "111111"
    for _ in range({"wrong code": 1, "locked code": 5}.get(name, 0)):
        page.get_by_label("Code from the email").fill(wrong)
        page.get_by_role("button", name="Continue").click()
    if name != "the code":
        expect(page.get_by_role("alert")).to_be_focused()
    return page


def visit_inside(page: Page, name: str, monkeypatch: pytest.MonkeyPatch) -> Page:
    message, send = page.get_by_label("Your message"), page.get_by_role("button", name="Send my message")
    if name == "deletion":
        page.get_by_role("link", name="Ask us to delete what we keep").click()
    elif name == "left":
        page.get_by_role("button", name="Leave this page").click()
    elif name in ("message too long", "after sending", "half an hour later", "fault"):
        message.fill("a" * 5_001 if name == "message too long" else "Thank you.")
        if name == "half an hour later":
            page.context.clear_cookies(name=links.COOKIE)
        if name == "fault":
            monkeypatch.setattr(services, "patient_writes", away)
        send.click()
        if name != "fault":
            expect(page.locator("#notice" if name == "after sending" else "#error-summary")).to_be_focused()
    return page


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_page_of_the_conversation_and_it_fits_the_screen(visit, name):
    page = visit(name, viewport={"width": 1280, "height": 900})

    faults = []
    for width, size, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        faults.append(found_by_axe(page) if width in (390, 1280) else "")
        faults.append("wider than the screen" * (page.evaluate("document.documentElement.scrollWidth") > width))

    assert not [fault for fault in faults if fault]


@pytest.mark.parametrize("name", ["messages", "wrong code", "lost link with errors"])
def test_the_tab_key_reaches_everything_on_it_in_the_order_of_the_page(visit, name):
    page = visit(name, viewport={"width": 1280, "height": 900})

    usable, stops, unmarked = walk_with_tab(page)

    assert (stops, unmarked) == (usable, [])
