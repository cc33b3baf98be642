"""A message is kept once however often it arrives, and nothing that was written is merged away."""

import http.client
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from inquiries import services
from inquiries.models import Inquiry
from tests import factories, markup
from tests.factories import inquiry, question

CONTACT = "/contact/"
AT_ONCE = 50


def post_at_once(site: str, forms: list[dict[str, str]]) -> list[tuple[int, str]]:
    """Send all forms in the same moment, each over a connection of its own; status and receipt of each."""
    page = Client(enforce_csrf_checks=True).get(CONTACT)
    cookie = page.cookies[settings.CSRF_COOKIE_NAME].value
    token = markup.filled(markup.read(page.content))["csrfmiddlewaretoken"]

    def post(form: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=60)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.CSRF_COOKIE_NAME}={cookie}",
        }
        try:
            connection.request("POST", CONTACT, urlencode({**form, "csrfmiddlewaretoken": token}), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(forms)) as threads:
        return list(threads.map(post, forms))


@pytest.fixture
def site(live_server) -> str:
    """A running site that takes fifty connections at once: the test server's own queue holds ten and drops the rest."""
    live_server.thread.httpd.socket.listen(AT_ONCE)
    return str(live_server.url)


@pytest.mark.django_db(transaction=True)
def test_fifty_posts_of_one_form_at_once_are_one_inquiry_and_fifty_equal_receipts(site):
    form = factories.posted(stamp="", remarks="")

    answers = post_at_once(site, [form] * AT_ONCE)

    kept = Inquiry.objects.get()
    assert set(answers) == {(303, answers[0][1])}
    assert kept.status == "new"
    assert Email.objects.count() == 2
    receipt = markup.read(Client().get(answers[0][1]).content)
    assert receipt.one(id="reference").words() == kept.reference


@pytest.mark.django_db(transaction=True)
def test_two_versions_of_one_form_at_once_are_two_inquiries_of_which_one_follows_the_other(site):
    form = factories.posted()
    other = {**form, "message": "I forgot to say that I take blood thinners."}

    answers = post_at_once(site, [form, other] * 10)

    first, second = Inquiry.objects.order_by("pk")
    assert (first.follows, second.follows) == (None, first)
    assert {first.message, second.message} == {form["message"], other["message"]}
    assert [status for status, _ in answers] == [303] * 20
    assert len({receipt for _, receipt in answers[::2]}) == len({receipt for _, receipt in answers[1::2]}) == 1


# --- The same words from the same person, with another form ----------------------------------------------------------


pytestmark = pytest.mark.django_db
WORDS = "I have felt low for a year. Could the injections help me?"


def alike_on_the_desk(desk, kept: Inquiry) -> list[str]:
    """The references that an inquiry's page names as the same words from the same person."""
    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk])).content)
    notes = page.all(class_="desk-alike")
    return [link.words().removeprefix("Inquiry ") for note in notes for link in note.all("a")]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"email": "ADA@Example.org"},
        {"message": "i have felt  low for a year;\r\ncould the injections help me"},
        {"name": "Ada E.", "topic": "other", "contact_times": "weekdays"},
    ],
)
def test_the_same_words_from_the_same_person_are_linked_for_staff_and_both_kept(desk, changes):
    first, second = inquiry(message=WORDS), inquiry(**{"message": WORDS, **changes})

    assert first != second
    assert alike_on_the_desk(desk, first) == [second.reference]
    assert alike_on_the_desk(desk, second) == [first.reference]


def test_a_phone_number_is_the_same_however_it_is_written(desk):
    one, other = (inquiry(reply_by="phone", email="", phone=phone) for phone in ("(212) 555-0123", "+1 212.555.0123"))

    assert alike_on_the_desk(desk, one) == [other.reference]


@pytest.mark.parametrize("changes", [{"message": "Could it help my sister?"}, {"email": "grace@example.org"}])
def test_other_words_or_another_person_are_not_linked(desk, changes):
    first = inquiry(message=WORDS)
    inquiry(**{"message": WORDS, **changes})

    assert alike_on_the_desk(desk, first) == []


def test_words_sent_again_after_more_than_a_week_are_not_linked(desk):
    now = timezone.now()
    old = inquiry(received_at=now - timedelta(days=8))
    recent = inquiry(received_at=now)

    assert alike_on_the_desk(desk, old) == alike_on_the_desk(desk, recent) == []


def test_a_hundred_of_the_same_are_not_all_listed(desk):
    for _ in range(8):
        kept = inquiry()

    assert len(alike_on_the_desk(desk, kept)) == 5


def test_the_digest_of_contact_and_text_needs_the_secret_key(settings):
    before = inquiry().likeness
    settings.SECRET_KEY = "another-" + "x" * 50

    assert inquiry().likeness != before


def test_inquiries_kept_without_a_digest_are_not_alike():
    first, second = inquiry(), inquiry()
    Inquiry.objects.update(likeness=None)
    first.refresh_from_db()

    assert second not in Inquiry.objects.alike(first)


def test_a_sample_is_never_taken_for_a_patients_words(desk):
    services.submit(**question(), sample=True)

    assert alike_on_the_desk(desk, inquiry()) == []


def test_a_key_that_was_used_by_somebody_else_gives_no_strangers_receipt(client):
    form = factories.posted()
    mine = client.post(CONTACT, form).headers["Location"]

    theirs = client.post(CONTACT, {**form, "name": "Grace", "email": "grace@example.org"}).headers["Location"]

    assert theirs != mine
    assert Inquiry.objects.count() == 2


def test_two_tabs_are_two_forms():
    keys = {markup.filled(markup.read(Client().get(CONTACT).content))["submission_key"] for _ in range(2)}

    assert len({uuid.UUID(key) for key in keys}) == 2
