"""Staff answer from an inquiry's page: nothing leaves unread, to the wrong person or twice, and no text is lost."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context
from post_office.models import STATUS, Email

from inquiries import outbox, services
from inquiries.conversation import replies
from inquiries.models import Access, Draft, Entry, Finding, Inquiry, Message, Notice, Status
from tests import factories, markup

pytestmark = pytest.mark.django_db

TEXT = "We can see you\non Tuesday."
NEXT_WEEK = timezone.localdate() + timedelta(days=7)


@pytest.fixture
def kept(nurse) -> Inquiry:
    """A question that Nora has claimed; its receipt is out of the way."""
    inquiry = factories.inquiry(phone="212 555 0123")
    Email.objects.update(status=STATUS.sent)
    return services.claim(inquiry.pk, by=nurse)


def page_of(kept: Inquiry) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[kept.pk])


def opened(client: Client, kept: Inquiry) -> markup.Element:
    return markup.read(client.get(page_of(kept)).content)


def fields(seen: int, text: str = TEXT, **changes: str) -> dict[str, str]:
    """What the composer posts."""
    typed = {"seen": str(seen), "text": text, "then": "wait", "wait_until": NEXT_WEEK.isoformat(), **changes}
    return {f"reply-{name}": value for name, value in typed.items()}


def preview(client: Client, kept: Inquiry, text: str = TEXT, seen: int | None = None, **changes: str):
    address = reverse("admin:inquiries_inquiry_reply", args=[kept.pk])
    return client.post(address, fields(kept.version if seen is None else seen, text, **changes))


def send(client: Client, kept: Inquiry, text: str = TEXT, seen: int | None = None, **changes: str):
    """Press the button of the preview."""
    address = reverse("admin:inquiries_inquiry_action", args=[kept.pk, "reply"])
    return client.post(address, fields(kept.version if seen is None else seen, text, **changes))


def press(client: Client, page: markup.Element, label: str):
    """Press the button on a page, with what its form holds."""
    form = next(form for form in page.all("form") if label in [each.words() for each in form.all("button")])
    button = next(each for each in form.all("button") if each.words() == label)
    values = {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input")}
    values |= {each.attributes["name"]: each.text() for each in form.all("textarea")}
    values |= {button.attributes["name"]: button.attributes["value"]} if "name" in button.attributes else {}
    return client.post(button.attributes.get("formaction", form.attributes["action"]), values)


def later(monkeypatch, seconds: float) -> None:
    """Let the clock go on, and the worker do its round."""
    now = timezone.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(timezone, "now", lambda: now)
    replies.let_leave()
    outbox.send_due()
    replies.undelivered()


def states(page: markup.Element) -> list[str]:
    """What the timeline says has become of each message of staff, without the moment."""
    return [re.split(r"[,.] ?", each.words())[0] for each in page.all("p", class_="desk-state")]


def composed(page: markup.Element) -> str:
    return page.one("textarea", name="reply-text").text()


def sent_by(nurse, kept: Inquiry, monkeypatch, then: str = "keep") -> Message:
    """A message whose email the mail server has taken."""
    message = services.reply(kept.pk, text=TEXT, by=nurse, then=then)
    later(monkeypatch, 21)
    return message


def failed(message: Message) -> None:
    """Its mail server refuses the address."""
    Email.objects.filter(notice__message=message).update(status=STATUS.failed)
    replies.undelivered()


# --- Before it is sent ------------------------------------------------------------------------------------------------


def test_the_preview_shows_the_message_and_the_role_and_names_the_recipient_on_the_button(desk, kept, nurse):
    page = markup.read(preview(desk, kept).content)

    assert page.one(class_="desk-shown-text").text() == TEXT
    assert page.one(class_="desk-shown-who").words() == "Clinic staff"
    assert [button.words() for button in page.one(class_="desk-preview").all("button")] == [
        "Send to ada@example.org",
        "Go on writing",
    ]
    assert str(nurse) not in page.one(class_="desk-shown").words()


def test_the_preview_shows_the_role_in_the_patients_language(desk, nurse):
    kept = services.claim(factories.inquiry(language="es").pk, by=nurse)

    page = markup.read(preview(desk, kept, "Sí.").content)

    assert page.one(class_="desk-shown").attributes["lang"] == "es"
    assert page.one(class_="desk-shown-who").words() == "Personal de la clínica"
    assert "They asked to be answered in Spanish" in page.one("p", class_="desk-warning").words()


def test_the_preview_says_with_whom_the_inquiry_stays(desk, kept, nurse, colleague):
    mine = preview(desk, kept, then="keep").content.decode()
    services.assign(kept.pk, to=colleague, by=nurse)
    kept.refresh_from_db()
    his = preview(desk, kept, then="keep").content.decode()

    assert ("stays open with you." in mine, "stays open with Carlos." in his) == (True, True)


def test_a_preview_sends_nothing_and_changes_nothing(desk, kept):
    preview(desk, kept)

    assert not Message.objects.exists()
    assert Inquiry.objects.get(pk=kept.pk).version == kept.version


def test_what_was_previewed_is_what_is_sent(desk, kept):
    page = markup.read(preview(desk, kept).content)

    press(desk, page, "Send to ada@example.org")

    message = kept.messages.get()
    assert (message.text, message.then, message.wait_until) == (TEXT, "wait", NEXT_WEEK)


def test_whoever_goes_on_writing_finds_everything_as_it_was(desk, kept):
    page = markup.read(preview(desk, kept, then="answered").content)

    again = markup.read(press(desk, page, "Go on writing").content)

    chosen = [each.attributes["value"] for each in again.one("select", name="reply-then").all("option", selected="")]
    assert (composed(again), chosen) == (TEXT, ["answered"])


@pytest.mark.parametrize(
    "text, changes, said",
    [
        (" \n", {}, "Write the message first"),
        ("x" * 10_001, {}, "at most 10000 characters"),
        ("Dear {name}, yes.", {}, "Fill in or remove {name}"),
        ("Your card 4111 1111 1111 1111", {}, "number of a card or a social security number"),
        (TEXT, {"wait_until": "2020-01-01"}, "Choose a day after today"),
        (TEXT, {"wait_until": ""}, "Choose a day after today"),
        (TEXT, {"then": "gossip"}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("ask", [preview, send])
def test_what_cannot_be_sent_says_why_and_the_text_stays(desk, kept, ask, text, changes, said):
    answer = ask(desk, kept, text, **changes)

    page = markup.read(answer.content)
    assert answer.status_code == 422
    assert said in page.one(id="error-summary").words()
    assert composed(page) == text
    assert not Message.objects.exists()


def test_a_number_that_only_looks_private_is_sent_once_the_box_is_ticked(desk, kept):
    text = "Your order is 4111 1111 1111 1111"
    page = markup.read(preview(desk, kept, text).content)
    assert page.one("input", name="reply-checked", type="checkbox")

    shown = markup.read(preview(desk, kept, text, checked="on").content)
    press(desk, shown, "Send to ada@example.org")

    assert kept.messages.get().text == text


def test_an_ordinary_text_is_not_asked_about_cards(desk, kept):
    assert not opened(desk, kept).all("input", type="checkbox")


def test_a_crisis_is_not_set_aside_unless_somebody_chooses_so(desk, nurse):
    crisis = services.claim(factories.inquiry(message="I want to end my life").pk, by=nurse)

    chosen = opened(desk, crisis).one("select", name="reply-then").all("option", selected="")

    assert [each.attributes["value"] for each in chosen] == ["keep"]


def test_without_an_email_address_the_page_says_so_and_offers_to_log_a_call(desk):
    kept = factories.inquiry(email="", reply_by="phone", phone="212 555 0123")

    page = opened(desk, kept)

    assert not page.all("textarea", name="reply-text")
    section = page.one("section", class_="desk-entry")
    assert "There is no email address" in section.words()
    assert section.one("a").attributes["href"] == "#desk-entry"


def test_somebody_who_asked_for_a_call_is_not_written_to_unawares(desk):
    kept = factories.inquiry(reply_by="phone", phone="212 555 0123")

    form = opened(desk, kept).one("form", class_="desk-entry--patient")

    assert "They asked to be called" in form.one("p", class_="desk-warning").words()


def test_each_of_the_two_boxes_says_who_reads_it(desk, kept):
    to_patient, to_colleagues = opened(desk, kept).all("form", class_="desk-entry")

    assert "The patient reads this" in to_patient.words()
    assert "The patient never sees this" in to_colleagues.words()


def test_drafts_of_a_message_and_of_a_note_stand_side_by_side(desk, kept, nurse):
    draft = reverse("admin:inquiries_inquiry_draft", args=[kept.pk])
    desk.post(draft, {"reply-text": "To the patient"})
    desk.post(draft, {"entry-text": "To colleagues"})

    page = opened(desk, kept)

    assert (composed(page), page.one("textarea", name="entry-text").text()) == ("To the patient", "To colleagues")


def test_sending_forgets_the_draft_of_the_message_and_keeps_that_of_the_note(desk, kept):
    desk.post(reverse("admin:inquiries_inquiry_draft", args=[kept.pk]), {"entry-text": "To colleagues"})
    preview(desk, kept)

    send(desk, kept)

    assert [draft.text for draft in Draft.objects.all()] == ["To colleagues"]


def test_a_draft_that_arrives_after_its_message_does_not_come_back(desk, kept):
    send(desk, kept)

    desk.post(reverse("admin:inquiries_inquiry_draft", args=[kept.pk]), {"reply-text": TEXT})

    assert not Draft.objects.exists()


# --- Two at one desk --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [preview, send])
def test_what_the_patient_wrote_meanwhile_is_shown_before_anything_is_sent(desk, kept, ask):
    services.patient_writes(kept.pk, text="Please do not write, call me.", submission_key=uuid.uuid4())

    answer = ask(desk, kept)

    page = markup.read(answer.content)
    assert answer.status_code == 409
    assert "Please do not write, call me." in page.one("ol", class_="desk-changed").words()
    assert composed(page) == TEXT
    assert not kept.messages.filter(author__isnull=False).exists()


def test_a_changed_address_is_shown_before_anything_is_sent(desk, kept, colleague):
    services.correct_contact(kept.pk, email="new@example.org", phone="", reply_by="email", by=colleague)

    page = markup.read(send(desk, kept).content)

    assert "Carlos corrected how to reach the person" in page.one("ol", class_="desk-changed").words()
    assert "It would go to new@example.org." in page.words()
    assert composed(page) == TEXT


def test_from_the_page_about_a_conflict_the_way_leads_to_the_preview(desk, kept, colleague):
    services.note(kept.pk, text="I know her.", by=colleague)
    page = markup.read(send(desk, kept).content)
    form = page.one("form", class_="desk-entry--patient")

    seen = form.one("input", name="reply-seen").attributes["value"]
    again = desk.post(form.attributes["action"], fields(int(seen), composed(page)))

    assert markup.read(again.content).one(class_="desk-shown-text").text() == TEXT


@pytest.mark.django_db(transaction=True)
def test_of_two_messages_to_one_version_one_is_accepted_and_one_refused_with_its_text(kept, nurse, colleague):
    together = Barrier(2)

    def write(person) -> tuple[int, str]:
        try:
            browser = Client()
            browser.force_login(person)
            together.wait(timeout=30)
            answer = send(browser, kept, f"By {person}")
            page = markup.read(answer.content)
            return answer.status_code, "".join(field.text() for field in page.all("textarea", name="reply-text"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = dict(zip(["Nora", "Carlos"], threads.map(write, [nurse, colleague]), strict=True))

    winner = str(kept.messages.get().author)
    loser = {"Nora": "Carlos", "Carlos": "Nora"}[winner]
    assert answers == {winner: (302, ""), loser: (409, f"By {loser}")}


def test_while_one_message_leaves_no_other_is_written_and_its_text_is_kept(desk, kept, colleague):
    services.reply(kept.pk, text="From Carlos", by=colleague)
    kept.refresh_from_db()

    send(desk, kept)

    assert [message.text for message in kept.messages.all()] == ["From Carlos"]
    assert Draft.objects.get().text == TEXT
    assert not opened(desk, kept).all("textarea", name="reply-text")


def test_a_button_that_was_pressed_twice_sends_one_message_and_frightens_nobody(desk, kept):
    answers = [send(desk, kept) for _ in range(2)]

    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, page_of(kept))] * 2
    assert (kept.messages.count(), Draft.objects.count()) == (1, 0)


# --- Taking it back ---------------------------------------------------------------------------------------------------


def test_after_sending_the_page_says_how_long_it_can_be_taken_back(desk, kept):
    page = markup.read(desk.get(send(desk, kept).url).content)

    assert re.match(
        r"The message to ada@example.org leaves in (20|19) seconds", page.one(id="leaving").one("strong").words()
    )


def test_taken_back_in_time_nothing_is_sent_and_the_text_is_in_the_composer_again(desk, kept, mail_server, monkeypatch):
    page = markup.read(desk.get(send(desk, kept).url).content)

    said = markup.read(desk.get(press(desk, page, "Take it back").url).content)
    later(monkeypatch, 60)

    assert "Taken back: nothing was sent." in said.one(id="said").words()
    assert composed(said) == TEXT
    assert states(said) == ["Taken back"]
    assert mail_server.to() == []


def test_what_was_written_to_a_sample_is_taken_back_like_any_other(nurse):
    kept = factories.inquiry(sample=True)
    message = services.reply(kept.pk, text=TEXT, by=nurse)

    assert services.take_back(message.pk, by=nurse).taken_back_at


def test_a_message_is_not_taken_back_without_its_words(kept, nurse, monkeypatch):
    message = services.reply(kept.pk, text=TEXT, by=nurse)
    monkeypatch.setattr(replies, "keep_draft", broken)

    with pytest.raises(InterruptedError):
        services.take_back(message.pk, by=nurse)

    message.refresh_from_db()
    assert message.can_be_taken_back()


def broken(*args, **kwargs):
    raise InterruptedError


def test_taken_back_too_late_the_page_says_so(desk, kept, mail_server, monkeypatch):
    page = markup.read(desk.get(send(desk, kept).url).content)
    later(monkeypatch, 21)

    said = markup.read(desk.get(press(desk, page, "Take it back").url).content)

    assert "It cannot be taken back: it has left." in said.words()
    assert len(mail_server.to()) == 1


def test_what_the_patient_can_read_already_is_not_taken_back_because_its_email_is_late(kept, nurse, monkeypatch):
    message = services.reply(kept.pk, text=TEXT, by=nurse)
    now = timezone.now() + timedelta(seconds=21)
    monkeypatch.setattr(timezone, "now", lambda: now)
    replies.let_leave()

    with pytest.raises(services.Refused, match="it has left"):
        services.take_back(message.pk, by=nurse)


def test_a_text_that_was_taken_back_is_sent_again_as_a_new_message(desk, kept, mail_server, monkeypatch):
    page = markup.read(desk.get(send(desk, kept).url).content)
    press(desk, page, "Take it back")
    kept.refresh_from_db()

    send(desk, kept)
    later(monkeypatch, 60)

    assert mail_server.to() == ["ada@example.org"]


def test_what_can_be_done_to_a_message_is_a_post_and_asks_for_the_message_of_this_inquiry(desk, kept, nurse):
    message = services.reply(kept.pk, text=TEXT, by=nurse)
    other, asked = factories.inquiry(email="eve@example.org"), services.patient_asks(kept.pk, "copy")

    def answer(method, inquiry: Inquiry, message: Message, deed: str = "take-back") -> int:
        return int(method(reverse("admin:inquiries_inquiry_message", args=[inquiry.pk, message.pk, deed])).status_code)

    assert answer(desk.get, kept, message) == 405
    assert answer(desk.post, other, message) == 404
    assert answer(desk.post, kept, asked) == 404
    assert answer(desk.post, kept, message, "burn") == 404
    assert Message.objects.get(pk=message.pk).taken_back_at is None


@pytest.mark.parametrize("writer, status", [("nurse", 302), ("colleague", 409)])
def test_a_note_is_not_held_up_because_its_writers_own_message_left_meanwhile(
    desk, kept, request, monkeypatch, writer, status
):
    services.reply(kept.pk, text=TEXT, by=request.getfixturevalue(writer), then="wait", wait_until=NEXT_WEEK)
    kept.refresh_from_db()
    later(monkeypatch, 21)

    address = reverse("admin:inquiries_inquiry_action", args=[kept.pk, "entry"])
    typed = {"entry-seen": kept.version, "entry-what": "note", "entry-text": "I offered Tuesday."}

    assert desk.post(address, typed).status_code == status


def test_that_a_colleagues_message_left_meanwhile_is_said(desk, kept, colleague, monkeypatch):
    services.reply(kept.pk, text=TEXT, by=colleague)
    kept.refresh_from_db()
    later(monkeypatch, 21)

    page = markup.read(send(desk, kept).content)

    assert "The message to the patient left" in page.one("ol", class_="desk-changed").words()


# --- What has become of it --------------------------------------------------------------------------------------------


def test_each_message_says_how_far_it_has_come(desk, kept, nurse, mail_server, monkeypatch):
    message = services.reply(kept.pk, text=TEXT, by=nurse)
    said = [*states(opened(desk, kept))]
    later(monkeypatch, 21)
    said += states(opened(desk, kept))
    services.mark_opened(kept)
    said += states(opened(desk, kept))
    failed(message)
    said += states(opened(desk, kept))

    assert said == [
        "Leaves in 20 seconds",
        "Sent",
        "Opened by the patient",
        "Not delivered: the email was refused or came back",
    ]


def test_a_message_says_what_it_said_and_that_it_waits_only_once(desk, kept, nurse, mail_server, monkeypatch):
    services.reply(kept.pk, text=TEXT, by=nurse, then="wait", wait_until=NEXT_WEEK)
    later(monkeypatch, 21)

    shown = opened(desk, kept).one("ol", class_="desk-timeline").all("li", class_="desk-item")
    items = [item for item in shown if "notice" not in item.attributes["class"]]

    titles = [item.one("p", class_="desk-item-title").text(without="desk-when").split("\n")[0] for item in items]
    assert titles[-2:] == [
        "Nora wrote to the patient",
        f"Nora set it aside until {NEXT_WEEK:%A, %B} {NEXT_WEEK.day}",
    ]
    assert items[-2].one("div", class_="desk-text").text() == TEXT


def test_an_email_that_came_back_reopens_a_closed_inquiry_and_stands_under_not_delivered(
    desk, kept, nurse, mail_server, monkeypatch
):
    sent_by(nurse, kept, monkeypatch, then="answered")
    assert Inquiry.objects.get(pk=kept.pk).status == Status.DONE
    page = opened(desk, kept)
    label = next(each.words() for each in page.all("button") if each.words().startswith("It came back"))

    press(desk, page, label)

    listed = desk.get("/admin/inquiries/inquiry/", {"standing": "undelivered"}).content.decode()
    assert Inquiry.objects.get(pk=kept.pk).status == Status.OPEN
    assert f"/admin/inquiries/inquiry/{kept.pk}/change/" in listed


def test_a_message_is_sent_again_to_the_address_that_is_on_file_now(desk, kept, nurse, mail_server, monkeypatch):
    message = sent_by(nurse, kept, monkeypatch)
    failed(message)
    services.correct_contact(kept.pk, email="new@example.org", phone="", reply_by="email", by=nurse)
    page = opened(desk, kept)
    label = next(each.words() for each in page.all("button") if each.words().startswith("Send again"))

    press(desk, page, label)
    later(monkeypatch, 1)

    assert mail_server.to() == ["ada@example.org", "new@example.org"]
    assert states(opened(desk, kept)) == ["Sent"]
    assert not outbox.undelivered().exists()


def test_a_person_who_was_reached_by_phone_is_not_under_not_delivered_any_more(kept, nurse, mail_server, monkeypatch):
    failed(sent_by(nurse, kept, monkeypatch))

    services.log_call(kept.pk, call="no_answer", by=nurse)
    before = outbox.undelivered().exists()
    services.log_call(kept.pk, call="reached", by=nurse)

    assert (before, outbox.undelivered().exists()) == (True, False)


def test_a_message_that_has_not_left_cannot_be_sent_again(kept, nurse):
    message = services.reply(kept.pk, text=TEXT, by=nurse)

    with pytest.raises(services.Refused, match="has not left"):
        services.send_again(message.pk, by=nurse)


# --- What the patient wrote -------------------------------------------------------------------------------------------


def test_what_was_found_in_a_later_message_is_marked_in_its_own_words(desk, kept):
    services.patient_writes(kept.pk, text="I take warfarin now", submission_key=uuid.uuid4())

    page = opened(desk, kept)

    first, second = page.all("div", class_="desk-message")
    (mark,) = second.all("mark")
    assert "warfarin" in mark.words()
    assert not first.all("mark")
    assert mark.one("a").attributes["href"].removeprefix("#") in {each.attributes.get("id") for each in page}
    assert "Blood thinner" in page.one("dl", class_="desk-facts").words()


def test_a_later_message_is_new_to_whoever_has_not_seen_it(desk, kept):
    desk.get(page_of(kept))
    services.patient_writes(kept.pk, text="Thank you", submission_key=uuid.uuid4())

    items = [each.words() for each in opened(desk, kept).one("ol", class_="desk-timeline").all("li")]

    place = items.index("New since you looked")
    assert "Thank you" in items[place + 1]


@pytest.mark.parametrize(
    "kind, said, todo",
    [
        ("copy", "asks for a copy", "give them what we keep"),
        ("deletion", "asks us to delete", "erase what we keep"),
        ("no_answer", "no answer is needed", "If somebody may be in danger, call all the same"),
    ],
)
def test_what_the_patient_asks_for_stands_in_the_timeline_with_what_to_do(desk, kept, kind, said, todo):
    services.patient_asks(kept.pk, kind)

    item = opened(desk, kept).one("li", class_="desk-item--ask").words()

    assert said in item
    assert todo in item


# --- How to reach them ------------------------------------------------------------------------------------------------


def test_how_to_reach_the_person_is_put_right_from_the_page(desk, kept):
    address = reverse("admin:inquiries_inquiry_action", args=[kept.pk, "contact"])
    typed = {"seen": kept.version, "reply_by": "email", "email": "new@example.org", "phone": "212 555 0199"}

    answer = desk.post(address, {f"contact-{name}": value for name, value in typed.items()}, follow=True)

    kept.refresh_from_db()
    assert (kept.email, kept.phone) == ("new@example.org", "212 555 0199")
    assert "leads nowhere now" in answer.content.decode()


@pytest.mark.parametrize(
    "changes, said",
    [({"email": "no address"}, "correct format"), ({"email": ""}, "Enter the email that the reply goes to")],
)
def test_an_address_that_cannot_be_written_to_is_not_taken(desk, kept, changes, said):
    address = reverse("admin:inquiries_inquiry_action", args=[kept.pk, "contact"])
    typed = {"seen": kept.version, "reply_by": "email", "email": "a@example.org", "phone": "212 555 0199", **changes}

    page = markup.read(desk.post(address, {f"contact-{name}": value for name, value in typed.items()}).content)

    assert said in page.one(id="error-summary").words()
    assert page.one("input", name="contact-phone").attributes["value"] == "212 555 0199"


# --- What it costs, and what it leaves behind -------------------------------------------------------------------------


def test_a_long_conversation_costs_the_page_no_more_than_a_short_one(desk, kept, nurse, monkeypatch):
    def converse() -> None:
        services.patient_writes(kept.pk, text="I take warfarin", submission_key=uuid.uuid4())
        services.reply(kept.pk, text=TEXT, by=nurse)
        later(monkeypatch, 21)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get(page_of(kept))
        return len(asked)

    monkeypatch.setattr("clinic.practice.models.monotonic", lambda: 0.0)  # what a process keeps for seconds
    converse()
    queries()
    short = queries()
    for _ in range(12):
        converse()
    long = queries()

    assert short == long <= 15


def test_no_word_of_a_conversation_is_in_history_or_in_a_log(desk, kept, nurse, mail_server, monkeypatch):
    desk.get(page_of(kept))
    preview(desk, kept, "Marmalade at noon")
    send(desk, kept, "Marmalade at noon")
    later(monkeypatch, 21)
    services.patient_writes(kept.pk, text="Marmalade? I take warfarin", submission_key=uuid.uuid4())
    services.bounced(kept.messages.get(author=nurse).pk, by=nurse)
    services.send_again(kept.messages.get(author=nurse).pk, by=nurse)
    desk.get(page_of(kept))

    events = apps.get_model("inquiries", "InquiryEvent").objects
    logs = (events, Context.objects, Access.objects, LogEntry.objects, Notice.objects, Email.objects)
    kept_for_ever = repr([list(rows.values()) for rows in logs]).lower()

    assert "send_again" in kept_for_ever
    assert [word for word in ("marmalade", "warfarin", "ada example") if word in kept_for_ever] == []


def test_the_preview_of_a_message_is_written_into_the_access_log(desk, kept, nurse):
    preview(desk, kept)

    assert Access.objects.get(person=nurse, inquiry=kept).place == "admin:inquiries_inquiry_reply"
    assert (Finding.objects.count(), Entry.objects.count()) == (0, 0)
