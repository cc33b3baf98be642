"""What our emails say, to whom, how often, and what they never say."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from post_office.models import STATUS, Email

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries import mailboxes, notices, outbox
from inquiries.models import Inquiry, Notice
from tests import markup
from tests.factories import inquiry, many

pytestmark = pytest.mark.django_db

CRISIS = "I do not want to be alive anymore."


def email_of(kept: Inquiry, kind: str) -> Email:
    return kept.notices.get(kind=kind).email


# --- What they say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["receipt", "new_inquiry", "page"])
def test_an_email_says_the_reference_the_time_and_where_to_go_in_text_and_in_html(kind):
    kept = inquiry(message=CRISIS)

    email = email_of(kept, kind)

    html = markup.read(email.html_message)
    link = html.one("a").attributes["href"]
    for words in (email.message, html.words()):
        assert kept.reference in words
        assert re.search(r"\d+:\d\d (am|pm)|12:00", words)
    assert link in email.message
    assert kept.reference in email.subject


def test_what_a_mailbox_shows_does_not_tell_what_kind_of_clinic_writes():
    Practice.objects.update(name="Depression and Botox Clinic")

    email = email_of(inquiry(message=CRISIS), "receipt")

    preview = f"{email.from_email} {email.subject} {email.message[:150]}".lower()
    telling = ["depress", "botox", "mental", "mood", "suicid", "crisis", "urgent", "clinic"]
    assert [word for word in telling if word in preview] == []


def test_a_crisis_and_a_plain_question_get_the_same_receipt():
    plain, crisis = inquiry(), inquiry(email="eve@example.org", message=CRISIS)

    texts = [
        re.sub("by .*\n", "", email_of(kept, "receipt").message).replace(kept.reference, "") for kept in (plain, crisis)
    ]

    assert texts[0] == texts[1]


def test_somebody_who_wants_spanish_gets_the_receipt_in_spanish():
    kept = inquiry(language="es")

    email = email_of(kept, "receipt")

    assert email.subject == f"Recibimos su pregunta ({kept.reference})"
    assert email.from_email.startswith("=?utf-8?")
    assert "Le responderemos a más tardar el" in email.message
    assert markup.read(email.html_message).one("html").attributes["lang"] == "es"
    assert not re.search(r"\b(the|your|reply|Monday|Tuesday|Wednesday|Thursday|Friday)\b", email.message)


@pytest.mark.parametrize(
    "moment, words",
    [
        (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "martes 24 de noviembre, 11:00 a. m."),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), "martes 24 de noviembre, 12:00 del mediodía"),
        (datetime(2026, 11, 25, 5, 0, tzinfo=UTC), "martes 24 de noviembre, 12:00 de la medianoche"),
        (datetime(2026, 11, 24, 5, 5, tzinfo=UTC), "martes 24 de noviembre, 12:05 a. m."),
        (datetime(2026, 11, 24, 17, 5, tzinfo=UTC), "martes 24 de noviembre, 12:05 p. m."),
        (datetime(2027, 1, 5, 16, 0, tzinfo=UTC), "martes 5 de enero de 2027, 11:00 a. m."),
    ],
)
def test_spanish_times_are_said_as_people_say_them(moment, words):
    assert clock.in_words(moment, Practice(), datetime(2026, 11, 20, tzinfo=UTC), language="es") == words


def test_an_email_loads_nothing_from_anywhere():
    inquiry(message=CRISIS)

    for email in Email.objects.all():
        html = markup.read(email.html_message)
        assert {element.tag for element in html} & {"img", "link", "style", "script", "iframe", "object"} == set()
        assert not [element for element in html if {"src", "style", "background"} & set(element.attributes)]


def test_what_arrives_is_marked_as_automatic_in_two_parts_and_without_personal_data(mail_server):
    inquiry(
        name="Zacharias Quill",
        phone="(212) 555-0187",
        contact_times="after lunchtime",
        message="Please tell me about marmalade. I want to end my life.",
    )

    outbox.send_due()

    assert len(mail_server.arrived) == 3
    for message in mail_server.arrived:
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        parts = "".join(part.get_content() for part in message.iter_parts())
        whole = f"{message.items()} {parts}".lower()
        private = ["zacharias", "quill", "555-0187", "lunchtime", "marmalade", "end my life"]
        assert [word for word in private if word in whole] == []


def test_a_clinic_whose_name_looks_like_code_is_written_as_it_is():
    Practice.objects.update(name="<b>{{ practice.phone }}</b>")

    email = email_of(inquiry(), "receipt")

    assert "<b>{{ practice.phone }}</b>" in email.message
    assert "&lt;b&gt;{{ practice.phone }}&lt;/b&gt;" in email.html_message


def test_the_name_that_mail_from_gives_is_kept(settings):
    settings.DEFAULT_FROM_EMAIL = "Riverside <no-reply@example.org>"

    assert email_of(inquiry(), "receipt").from_email == "Riverside <no-reply@example.org>"


# --- To whom, and how often ------------------------------------------------------------------------------------------


def test_a_sample_promises_no_email():
    inquiry(sample=True, message=CRISIS)

    assert not Email.objects.exists()


def test_a_quarantined_inquiry_promises_no_email():
    quarantined = inquiry()
    quarantined.status = "quarantined"

    promised = notices.promised_for_new(quarantined, Practice.objects.current())

    assert promised == []


def test_an_address_with_others_hidden_inside_writes_to_none_of_them():
    kept = inquiry(email='"a,victim@example.org,b"@example.org')

    assert set(kept.notices.values_list("kind", flat=True)) == {"new_inquiry"}


@pytest.mark.parametrize("address", ["eve@example.org\nBcc: victim@example.org", "eve@example.org\r\nSubject: x"])
def test_a_header_cannot_be_slipped_in_with_the_address(mail_server, address):
    inquiry(email=address)

    outbox.send_due()

    assert mail_server.to() == ["front-desk@example.org"]
    assert not any("victim" in f"{message.items()}" for message in mail_server.arrived)


def test_one_mailbox_gets_five_receipts_a_day_and_every_message_is_kept(mail_server):
    for _ in range(7):
        inquiry()

    outbox.send_due()

    assert (mail_server.to().count("ada@example.org"), Inquiry.objects.count()) == (5, 7)
    assert Email.objects.filter(status=outbox.WITHDRAWN).count() == 2


@pytest.mark.parametrize("address", ["ADA@example.org", "ada+1@example.org", "ada@EXAMPLE.org"])
def test_another_spelling_of_the_address_is_the_same_mailbox(mail_server, address):
    for _ in range(5):
        inquiry()
    another = inquiry(email=address)

    outbox.send_due()

    assert email_of(another, "receipt").status == outbox.WITHDRAWN


def test_the_next_day_the_mailbox_gets_receipts_again(mail_server):
    for _ in range(5):
        inquiry()
    outbox.send_due()
    Email.objects.update(last_updated=datetime.now(UTC) - timedelta(hours=24, minutes=1))
    later = inquiry()

    outbox.send_due()

    assert email_of(later, "receipt").status == STATUS.sent


def test_one_full_mailbox_takes_nothing_from_another(mail_server):
    for _ in range(6):
        inquiry()
    inquiry(email="eve@example.org")

    outbox.send_due()

    assert mail_server.to().count("eve@example.org") == 1


def test_a_full_mailbox_keeps_no_page_from_the_people_on_call(mail_server):
    Practice.objects.update(on_call_addresses=["ada@example.org"])
    for _ in range(6):
        inquiry(message=CRISIS)

    outbox.send_due()

    assert Email.objects.filter(notice__kind=Notice.Kind.PAGE, status=STATUS.sent).count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_while_another_one_counts_the_same_mailbox():
    emails = [email_of(inquiry(), "receipt").pk for _ in range(2)]

    with closing(connection.copy()) as other, other.cursor() as cursor, transaction.atomic():
        cursor.execute("SET lock_timeout = '50ms'")
        mailboxes.has_enough(emails[0])

        with patch.object(mailboxes, "connection", other), pytest.raises(OperationalError):
            mailboxes.has_enough(emails[1])


def test_counting_a_mailbox_reads_an_index():
    kept = inquiry()
    with CaptureQueriesContext(connection) as queries:
        mailboxes.has_enough(email_of(kept, "receipt").pk)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        many(1_000)  # between empty tables the planner chooses by chance
        cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
        plan = str(cursor.fetchall())

    assert "notice_receipts_by_mailbox" in plan


def test_no_address_is_stored_to_count_a_mailbox():
    inquiry(email="quill@example.org")

    mailbox = Notice.objects.get(kind="receipt").mailbox

    assert re.fullmatch("[0-9a-f]{64}", mailbox)
