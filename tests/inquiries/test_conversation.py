"""The conversation after the first question: what staff send leaves once, what the patient writes is never lost."""

import re
import uuid
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from post_office.models import STATUS, Email

from inquiries import outbox, services
from inquiries.conversation import arrivals, links, replies
from inquiries.models import Code, Inquiry, Link, LostLink, Message, Notice, Status, Urgency
from tests import factories

pytestmark = pytest.mark.django_db

OPENS = r"/m/([\w-]{43})/"


@pytest.fixture
def inquiry(nurse) -> Inquiry:
    """A question that Nora has claimed; its receipt is out of the way."""
    inquiry = factories.inquiry()
    Email.objects.update(status=STATUS.sent)
    return services.claim(inquiry.pk, by=nurse)


def later(monkeypatch, seconds: float) -> None:
    """Let the clock go on."""
    now = timezone.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(timezone, "now", lambda: now)


def text_of(email: EmailMessage) -> str:
    body = email.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def email_of(message: Message) -> Email:
    return Email.objects.get(notice__message=message, notice__kind=Notice.Kind.REPLY)


# --- What staff send --------------------------------------------------------------------------------------------------


def test_a_reply_taken_back_within_twenty_seconds_is_never_sent(inquiry, nurse, mail_server, monkeypatch):
    message = services.reply(inquiry.pk, text="We can see you on Tuesday.", by=nurse)

    services.take_back(message.pk, by=nurse)
    later(monkeypatch, 60)
    replies.let_leave()
    outbox.send_due()

    assert mail_server.to() == []


def test_a_reply_does_not_leave_before_its_twenty_seconds_are_over(inquiry, nurse, mail_server, monkeypatch):
    services.reply(inquiry.pk, text="We can see you on Tuesday.", by=nurse)

    later(monkeypatch, 19)
    outbox.send_due()

    assert mail_server.to() == []


def test_the_email_about_a_reply_says_nothing_of_it_and_leads_to_it(inquiry, nurse, mail_server, monkeypatch):
    services.reply(inquiry.pk, text="We can see you on Tuesday.", by=nurse)

    later(monkeypatch, 21)
    outbox.send_due()

    (email,) = mail_server.arrived
    assert "Tuesday" not in email.as_string()
    assert inquiry.name not in email.as_string()
    assert re.search(OPENS, text_of(email))


def test_no_row_holds_what_opens_the_messages(inquiry, nurse, mail_server, monkeypatch):
    services.reply(inquiry.pk, text="We can see you on Tuesday.", by=nurse)
    later(monkeypatch, 21)
    outbox.send_due()
    found = re.search(OPENS, text_of(mail_server.arrived[0]))
    assert found

    kept = [*Email.objects.values_list("message", "html_message"), *Link.objects.values_list("nonce", "token_hash")]

    assert not [row for row in kept if any(found[1] in value for value in row)]


@pytest.mark.parametrize("then, status", [("keep", Status.OPEN), ("wait", Status.WAITING), ("answered", Status.DONE)])
def test_what_follows_a_reply_happens_when_it_has_left(inquiry, nurse, monkeypatch, then, status):
    until = timezone.localdate() + timedelta(days=7)
    services.reply(inquiry.pk, text="Yes.", by=nurse, then=then, wait_until=until)
    inquiry.refresh_from_db()
    before = inquiry.status

    later(monkeypatch, 21)
    replies.let_leave()

    inquiry.refresh_from_db()
    assert (before, inquiry.status, inquiry.first_replied_at is not None) == (Status.OPEN, status, True)


def test_what_follows_is_left_undone_when_the_patient_wrote_while_it_left(inquiry, nurse, monkeypatch):
    services.reply(inquiry.pk, text="Yes.", by=nurse, then="answered")
    services.patient_writes(inquiry.pk, text="One more thing", submission_key=uuid.uuid4())

    later(monkeypatch, 21)
    replies.let_leave()

    inquiry.refresh_from_db()
    assert inquiry.status == Status.OPEN


def test_a_reply_to_what_the_writer_has_not_seen_is_refused(inquiry, nurse):
    seen = inquiry.version
    services.patient_writes(inquiry.pk, text="I changed my mind", submission_key=uuid.uuid4())

    with pytest.raises(services.Stale):
        services.reply(inquiry.pk, text="See you Tuesday", by=nurse, seen=seen)


@pytest.mark.parametrize(
    "text",
    [
        "Your card 4111 1111 1111 1111 was charged",
        "Card 4111-1111-1111-1111 12/28",
        "Call 212 555 0123 4111111111111111",
        "SSN 219-09-9999 on file",
        "card: 378282246310005.",
    ],
)
def test_a_text_that_seems_to_hold_a_card_or_social_security_number_needs_a_second_look(inquiry, nurse, text):
    with pytest.raises(services.LooksPrivate):
        services.reply(inquiry.pk, text=text, by=nurse)


@pytest.mark.parametrize(
    "text", ["Call (212) 555-0123 ext. 4", "Tuesday 2026-11-24 at 11:00", "4111 1111 1111 1112", "ID 000-12-3456"]
)
def test_an_ordinary_number_may_be_sent(inquiry, nurse, text):
    assert services.reply(inquiry.pk, text=text, by=nurse).text == text


def test_a_reply_with_a_variable_that_is_not_filled_is_refused(inquiry, nurse):
    with pytest.raises(services.Refused, match="Fill in or remove"):
        services.reply(inquiry.pk, text="Dear {name}, yes.", by=nurse)


def test_a_reply_to_an_address_that_no_email_can_be_sent_to_is_refused_and_not_lost(nurse):
    inquiry = factories.inquiry(email='"ada,eve"@example.org')

    with pytest.raises(services.Refused, match="No email can be sent"):
        services.reply(inquiry.pk, text="Yes.", by=nurse, then="answered")


def test_the_words_of_a_reply_taken_back_are_in_the_writers_draft(inquiry, nurse):
    message = services.reply(inquiry.pk, text="We can see you on Tuesday.", by=nurse)

    services.take_back(message.pk, by=nurse)

    assert inquiry.drafts.get(person=nurse).text == "We can see you on Tuesday."


# --- What did not arrive ----------------------------------------------------------------------------------------------


def test_an_email_that_came_back_reopens_a_closed_inquiry(inquiry, nurse, monkeypatch):
    message = services.reply(inquiry.pk, text="Yes.", by=nurse, then="answered")
    later(monkeypatch, 21)
    replies.let_leave()
    outbox.send_due()

    services.bounced(message.pk, by=nurse)

    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.last_event) == (Status.OPEN, "not_delivered")


def test_an_email_that_did_not_arrive_brings_its_inquiry_back_once(inquiry, nurse, monkeypatch):
    message = services.reply(inquiry.pk, text="Yes.", by=nurse, then="answered")
    later(monkeypatch, 21)
    replies.let_leave()
    Email.objects.filter(pk=email_of(message).pk).update(status=STATUS.failed)

    brought = [replies.undelivered() for _ in range(2)]

    assert brought == [1, 0]


def test_an_email_that_is_tried_again_and_fails_again_brings_its_inquiry_back_again(inquiry, nurse, monkeypatch):
    message = services.reply(inquiry.pk, text="Yes.", by=nurse)
    later(monkeypatch, 21)
    replies.let_leave()
    emails = Email.objects.filter(pk=email_of(message).pk)
    emails.update(status=STATUS.failed)
    replies.undelivered()
    services.close(inquiry.pk, outcome="answered", by=nurse)

    outbox.send_again(emails)
    emails.update(status=STATUS.failed)
    replies.undelivered()

    inquiry.refresh_from_db()
    assert inquiry.status == Status.OPEN


def test_one_message_that_cannot_leave_does_not_hold_up_the_others(nurse, monkeypatch):
    bad, good = (services.reply(factories.inquiry().pk, text="Yes.", by=nurse, then="answered") for _ in range(2))

    def fail_for_the_first(inquiry_id, **how):
        if inquiry_id == bad.inquiry_id:
            raise ValueError
        return services.close(inquiry_id, **how)

    monkeypatch.setattr("inquiries.conversation.replies.close", fail_for_the_first)
    later(monkeypatch, 21)
    replies.let_leave()

    assert Inquiry.objects.get(pk=good.inquiry_id).status == Status.DONE


# --- What the patient writes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same", [True, False])
def test_a_form_sent_twice_keeps_every_text_once(inquiry, same):
    key = uuid.uuid4()
    texts = ["Thank you", "Thank you" if same else "Thank you, and one more thing"]

    for text in texts * 2:
        services.patient_writes(inquiry.pk, text=text, submission_key=key)

    assert sorted(inquiry.messages.values_list("text", flat=True)) == sorted(set(texts))


@pytest.mark.parametrize("away", [False, True])
def test_a_message_reopens_a_closed_inquiry_in_hands_that_are_there(inquiry, nurse, away):
    services.close(inquiry.pk, outcome="answered", by=nurse)
    nurse.is_away = away
    nurse.save()

    services.patient_writes(inquiry.pk, text="It is worse again", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.outcome) == (Status.NEW if away else Status.OPEN, "")


def test_to_write_again_does_not_put_off_what_was_promised(inquiry):
    promised = inquiry.due_at

    services.patient_writes(inquiry.pk, text="Did you get my message?", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert inquiry.due_at == promised


@pytest.mark.parametrize("wish", ["", Message.Kind.COPY])
@pytest.mark.parametrize("how", ["by message", "by phone"])
def test_what_was_promised_is_over_once_we_have_answered_and_what_comes_then_gets_a_time_of_its_own(
    inquiry, nurse, monkeypatch, how, wish
):
    if how == "by phone":
        services.log_call(inquiry.pk, call="reached", by=nurse)
    else:
        services.reply(inquiry.pk, text="We look into it.", by=nurse, then="keep")
    later(monkeypatch, 21)
    replies.let_leave()
    later(monkeypatch, 30 * 24 * 3600)

    if wish:
        services.patient_asks(inquiry.pk, wish)
    else:
        services.patient_writes(inquiry.pk, text="Is there any news?", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert (inquiry.is_overdue(), inquiry.due_at > timezone.now()) == (False, True)


def test_a_calm_message_about_a_crisis_is_due_as_a_crisis_is(nurse):
    inquiry = factories.inquiry(message="I want to kill myself")
    minutes = inquiry.due_at - inquiry.received_at
    services.claim(inquiry.pk, by=nurse)
    next_week = timezone.localdate() + timedelta(days=7)
    services.wait(inquiry.pk, until=next_week, by=nurse)

    services.patient_writes(inquiry.pk, text="Are you there?", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert inquiry.due_at - timezone.now() <= minutes


def test_a_message_that_speaks_of_suicide_pages_people_even_when_somebody_dealt_with_an_earlier_one(nurse):
    inquiry = factories.inquiry(message="I want to kill myself")
    services.acknowledge(inquiry.pk, by=nurse)
    Email.objects.all().delete()

    services.patient_writes(inquiry.pk, text="I am going to kill myself", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert (inquiry.is_unacknowledged, Notice.objects.filter(kind=Notice.Kind.PAGE).exists()) == (True, True)


def test_a_calm_message_never_lowers_an_inquiry(nurse):
    inquiry = factories.inquiry(message="I want to kill myself")

    services.patient_writes(inquiry.pk, text="I feel better today", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert inquiry.urgency == Urgency.CRISIS


def test_staff_hear_of_every_message(inquiry):
    services.patient_writes(inquiry.pk, text="Thank you", submission_key=uuid.uuid4())

    assert Notice.objects.filter(inquiry=inquiry, kind=Notice.Kind.NEW_MESSAGE).count() == 1


def test_a_closing_that_waits_for_a_second_person_is_forgotten_when_the_patient_writes(nurse, colleague):
    inquiry = factories.inquiry(message="I want to kill myself")
    services.close(inquiry.pk, outcome="answered", by=nurse)

    services.patient_writes(inquiry.pk, text="Are you there?", submission_key=uuid.uuid4())

    inquiry.refresh_from_db()
    assert inquiry.closing_outcome == ""


# --- The link and the code --------------------------------------------------------------------------------------------


def test_the_right_code_opens_once(inquiry):
    code = links.new_code(links.current(inquiry))

    assert [links.try_code(code, links.digits(code)) for _ in range(2)] == [True, False]


def test_after_five_wrong_codes_the_right_one_opens_nothing(inquiry):
    code = links.new_code(links.current(inquiry))
    wrong = "000000" if links.digits(code) != "000000" else "111111"
    for _ in range(5):
        links.try_code(code, wrong)

    assert not links.try_code(code, links.digits(code))


def test_a_code_is_dead_after_ten_minutes(inquiry, monkeypatch):
    code = links.new_code(links.current(inquiry))

    later(monkeypatch, 601)

    assert not links.try_code(code, links.digits(code))


def test_wrong_codes_in_one_browser_leave_another_browsers_code_alone(inquiry):
    link = links.current(inquiry)
    mine, theirs = links.new_code(link), links.new_code(link)
    for _ in range(5):
        links.try_code(theirs, "no")

    assert links.try_code(mine, links.digits(mine))


def test_a_code_may_be_typed_with_spaces(inquiry):
    code = links.new_code(links.current(inquiry))
    digits = links.digits(code)

    assert links.try_code(code, f" {digits[:3]} {digits[3:]}\n")


@pytest.mark.parametrize("changed", [{"email": "new@example.org"}, {"phone": "(212) 555-0143"}])
def test_new_contact_details_lead_to_a_new_link_and_the_old_one_is_dead(inquiry, nurse, changed):
    old = links.address(inquiry)
    details = {"email": inquiry.email, "phone": inquiry.phone, "reply_by": "email", **changed}

    services.correct_contact(inquiry.pk, **details, by=nurse)

    link = links.find(old.rstrip("/").rpartition("/")[2])
    assert (link is not None and not link.works, links.address(inquiry) != old) == (True, True)


def test_while_a_message_leaves_its_address_cannot_change_under_it(inquiry, nurse, mail_server, monkeypatch):
    services.reply(inquiry.pk, text="Yes.", by=nurse, then="answered")

    with pytest.raises(services.Refused, match="leaves in a few seconds"):
        services.correct_contact(inquiry.pk, email="new@example.org", phone="", reply_by="email", by=nurse)
    later(monkeypatch, 21)
    outbox.send_due()

    assert mail_server.to() == ["ada@example.org"]


def test_an_email_that_was_put_aside_has_not_left_and_its_message_is_taken_back(inquiry, nurse):
    message = services.reply(inquiry.pk, text="Yes.", by=nurse)
    outbox.withdraw(Email.objects.filter(notice__message=message))

    assert services.take_back(message.pk, by=nurse).taken_back_at


def test_an_email_sent_again_never_brings_the_new_link_to_the_old_address(inquiry, nurse, mail_server):
    services.correct_contact(inquiry.pk, email="new@example.org", phone="", reply_by="email", by=nurse)

    outbox.send_again(Email.objects.filter(notice__inquiry=inquiry, notice__kind=Notice.Kind.RECEIPT))
    outbox.send_due()

    assert mail_server.to() == []


def test_after_fifty_wrong_guesses_there_is_no_code_until_the_next_day(inquiry):
    link = links.current(inquiry)
    first = timezone.now() - timedelta(hours=23)
    for hour in range(5):
        made = [links.new_code(link).pk for _ in range(2)]
        Code.objects.filter(pk__in=made).update(made_at=first + timedelta(hours=hour), wrong_tries=5)

    with pytest.raises(links.TooManyCodes) as refused:
        links.new_code(link)

    assert refused.value.until == first + timedelta(days=1)


def test_an_email_that_leaves_after_the_link_expired_brings_one_that_works(inquiry, monkeypatch):
    old = links.address(inquiry)

    later(monkeypatch, 31 * 24 * 3600)

    link = links.find(links.address(inquiry).rstrip("/").rpartition("/")[2])
    assert (link is not None and link.works, links.address(inquiry) != old) == (True, True)


@pytest.mark.parametrize("email, sent", [("right", 1), ("wrong@example.org", 0)])
def test_a_lost_link_goes_only_to_the_address_on_file(inquiry, email, sent):
    services.ask_for_link(reference=inquiry.reference.lower(), email=inquiry.email if email == "right" else email)

    assert (arrivals.send_lost_links(), Notice.objects.filter(kind=Notice.Kind.LINK).count()) == (sent, sent)


def test_a_flood_of_made_up_references_does_not_keep_a_person_waiting_for_their_link(inquiry):
    flood = [LostLink(reference="GGGGGGG3", mailbox=f"{number:064}", period=1) for number in range(500)]
    LostLink.objects.bulk_create(flood)
    services.ask_for_link(reference=inquiry.reference, email=inquiry.email)

    assert arrivals.send_lost_links() == 1


def test_however_many_messages_come_each_is_kept(inquiry, monkeypatch):
    monkeypatch.setattr(arrivals, "MOST_NEWS_AN_HOUR", 2)

    for text in ("One.", "Two.", "Three."):
        services.patient_writes(inquiry.pk, text=text, submission_key=uuid.uuid4())

    assert [message.text for message in inquiry.messages.all()] == ["One.", "Two.", "Three."]


def test_of_very_many_messages_within_an_hour_the_front_desk_hears_of_the_first_and_of_urgent_ones(
    inquiry, monkeypatch
):
    monkeypatch.setattr(arrivals, "MOST_NEWS_AN_HOUR", 2)

    for text in ("One.", "Two.", "Three.", "I want to kill myself"):
        services.patient_writes(inquiry.pk, text=text, submission_key=uuid.uuid4())

    told = Notice.objects.filter(kind=Notice.Kind.NEW_MESSAGE).order_by("pk")
    assert list(told.values_list("message__text", flat=True)) == ["One.", "Two.", "I want to kill myself"]


def test_a_link_asked_for_many_times_is_sent_once(inquiry):
    for _ in range(5):
        services.ask_for_link(reference=inquiry.reference, email=inquiry.email)
        arrivals.send_lost_links()

    assert Notice.objects.filter(kind=Notice.Kind.LINK).count() == 1


def test_a_program_that_asks_for_links_without_end_fills_no_table(inquiry, monkeypatch):
    monkeypatch.setattr(arrivals, "MOST_LOST", 3)

    for number in range(10):
        services.ask_for_link(reference="ABCDEFGH", email=f"{number}@example.org")
    waiting = LostLink.objects.count()
    arrivals.send_lost_links()
    later(monkeypatch, arrivals.QUARTER)
    arrivals.send_lost_links()

    assert (waiting, LostLink.objects.count()) == (3, 0)
