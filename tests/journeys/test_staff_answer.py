"""Staff answer a question, in a real browser: a prepared answer, a last look, sent, taken back, sent again."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from post_office.models import STATUS, Email

from inquiries import outbox, services
from inquiries.conversation import replies
from inquiries.models import Draft, Inquiry, Message
from tests import factories
from tests.browser import NOTHING, found_on_the_desk
from tests.journeys.test_two_people_work_at_one_desk import at_the_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(nurse) -> Inquiry:
    """A question that waits for an answer; one is prepared."""
    factories.answer("First visit", "Dear {name},\nwe would like to see you.")
    return factories.inquiry(phone="212 555 0123")


@pytest.fixture
def talked(asked, nurse) -> Inquiry:
    """A long conversation with something of every kind in it."""
    urgent = factories.inquiry(message="I take warfarin.\nI want to end my life.", email="eve@example.org")
    for number in range(4):
        services.patient_writes(urgent.pk, text=f"Number {number}. I take warfarin.", submission_key=uuid.uuid4())
        leave(services.reply(urgent.pk, text=f"Answer {number}.", by=nurse))
    emails = Email.objects.filter(notice__kind="reply").order_by("pk")
    for email, status in zip(emails, (STATUS.sent, STATUS.failed, STATUS.sent), strict=False):
        Email.objects.filter(pk=email.pk).update(status=status)
    replies.undelivered()
    services.mark_opened(urgent)
    services.take_back(services.reply(urgent.pk, text="A slip.", by=nurse).pk, by=nurse)
    for kind in Message.Kind.values[1:]:
        services.patient_asks(urgent.pk, kind)
    return urgent


def leave(message: Message) -> None:
    """Let its twenty seconds be over."""
    Message.objects.filter(pk=message.pk).update(leaves_at=timezone.now() - timedelta(seconds=1))
    replies.leave(message.pk)


def check(page: Page, width: int) -> None:
    """No rule of axe is broken by day or by night, none is switched off, and nothing stands outside the screen."""
    assert found_on_the_desk(page) == NOTHING
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def insert(page: Page) -> None:
    page.get_by_label("Prepared answer").select_option("First visit")
    page.get_by_role("button", name="Insert").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_prepared_answer_is_inserted_looked_at_sent_taken_back_and_sent_again(open_page, asked, mail_server, scripts):
    page = at_the_desk(open_page, asked, java_script_enabled=scripts)

    insert(page)
    expect(page.get_by_label("Your message")).to_have_value("Dear Ada Example,\nwe would like to see you.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".desk-shown")).to_contain_text("we would like to see you.")
    page.get_by_role("button", name="Send to ada@example.org").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back: nothing was sent.")).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Send to ada@example.org").click()
    expect(page.locator("#leaving")).to_contain_text("The message to ada@example.org leaves in")
    Email.objects.exclude(notice__kind="reply").delete()
    Email.objects.update(scheduled_time=None)
    leave(replies.on_its_way(asked) or Message())
    outbox.send_due()
    page.reload()

    expect(page.locator(".desk-state--delivered")).to_have_count(1)
    assert mail_server.to() == ["ada@example.org"]
    assert not Draft.objects.exists()


def test_the_last_seconds_are_counted_and_when_they_are_over_the_page_says_so(open_page, asked, nurse):
    message = services.reply(asked.pk, text="Yes.", by=nurse)
    Message.objects.filter(pk=message.pk).update(leaves_at=timezone.now() + timedelta(seconds=4))

    page = at_the_desk(open_page, asked)

    expect(page.get_by_text("It cannot be taken back any more.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)


def test_a_message_and_a_note_are_kept_as_drafts_while_they_are_typed(open_page, asked, nurse):
    page = at_the_desk(open_page, asked)

    page.get_by_label("Your message").fill("To the patient")
    page.get_by_label("What should colleagues know?").fill("To colleagues")
    expect(page.get_by_text("Draft saved at")).to_have_count(2)

    assert {draft.kind: draft.text for draft in Draft.objects.filter(person=nurse)} == {
        "note": "To colleagues",
        "reply": "To the patient",
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_while_somebody_is_answered(open_page, talked, asked, width):
    page = at_the_desk(open_page, talked, color_scheme="light", viewport={"width": width, "height": 900})
    check(page, width)

    page.get_by_label("Your message").fill("Your card 4111 1111 1111 1111")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert", name="There is a problem")).to_be_focused()
    check(page, width)

    page.get_by_label("I have looked").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Read it once more")).to_be_focused()
    check(page, width)

    page.get_by_role("button", name="Send to eve@example.org").click()
    expect(page.locator("#leaving")).to_be_focused()
    check(page, width)
