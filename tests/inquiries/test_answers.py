"""What the form's address answers: receipts, faults of ours, pages that expired, and the words of HTTP."""

import re

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from clinic.pages import loader
from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries import services
from inquiries.models import Inquiry
from tests import factories, markup

pytestmark = pytest.mark.django_db

CONTACT = "/contact/"


# --- When it is not the patient's fault ------------------------------------------------------------------------------


def test_a_page_that_was_open_for_too_long_keeps_the_text_and_says_what_to_do():
    patient = Client(enforce_csrf_checks=True)
    data = factories.posted(message="\n  First <b>line</b>\r\nsecond “line”\n")

    response = patient.post(CONTACT, {**data, "csrfmiddlewaretoken": "x" * 64})

    page = markup.read(response.content)
    assert response.status_code == 403
    assert page.one("title").words().startswith("Error: ")
    assert "Select “Send my question” again" in page.one(id="error-summary").words()
    assert markup.filled(page)["message"].replace("\r\n", "\n") == data["message"].replace("\r\n", "\n")
    assert not Inquiry.objects.exists()


def test_sending_again_from_the_expired_page_works_and_keeps_the_inquiry_once():
    patient = Client(enforce_csrf_checks=True)
    again = markup.filled(markup.read(patient.post(CONTACT, factories.posted()).content))

    answers = [patient.post(CONTACT, again).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert Inquiry.objects.count() == 1


def check_unavailable(response, data: dict[str, str]) -> None:
    page = markup.read(response.content)
    assert response.status_code == 503
    assert page.one("title").words().startswith("Error: We could not save your message")
    filled = markup.filled(page)
    assert {name: filled[name] for name in data} == data
    assert page.one("main").all("a", href="tel:+1-212-555-0123")
    assert page.one("main").all("a", href="tel:988")
    assert response.headers["Cache-Control"] == "no-store"


def test_a_message_that_cannot_be_saved_comes_back_with_the_phone_number_and_988(client, monkeypatch):
    def broken(**said):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(services, "submit", broken)
    data = factories.posted(message="Please\n  keep <this>")

    response = client.post(CONTACT, data)

    check_unavailable(response, data)


def test_with_the_whole_database_away_the_words_come_back_too(client):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("could not connect to server")

    client.get(CONTACT)  # the web process has seen the practice once, as it does at its start
    data = factories.posted(message="Please\n  keep <this>")

    with connection.execute_wrapper(refuse):
        response = client.post(CONTACT, data)

    check_unavailable(response, data)


def test_a_fault_of_ours_gives_the_words_back_too(client, monkeypatch):
    def broken(**said):
        raise ZeroDivisionError

    monkeypatch.setattr(services, "submit", broken)
    client.raise_request_exception = False
    data = factories.posted(message="Please\n  keep <this>")

    response = client.post(CONTACT, data)

    check_unavailable(response, data)


def test_what_nothing_can_be_made_of_gets_a_page_with_the_phone_number_and_988(desk):
    response = desk.get("/admin/inquiries/inquiry/?owner__password=x")

    main = markup.read(response.content).one("main")
    assert response.status_code == 400
    assert main.all("a", href="tel:+1-212-555-0123")
    assert main.all("a", href="tel:988")


# --- The answers, as a browser and its caches see them ---------------------------------------------------------------


def test_a_question_is_answered_with_a_303_to_its_receipt(client):
    response = client.post(CONTACT, factories.posted())

    assert response.status_code == 303
    assert re.fullmatch(r"/contact/received/[^/]+/", response.headers["Location"])
    assert response.content == b""


def test_the_receipt_shows_the_reference_and_the_stored_promise(client):
    response = client.post(CONTACT, factories.posted())

    page = markup.read(client.get(response.headers["Location"]).content)

    kept = Inquiry.objects.get()
    assert page.one(id="reference").words() == kept.reference
    assert page.one("time", id="due").attributes["datetime"] == kept.due_at.isoformat()


def test_who_wants_spanish_reads_the_receipt_in_spanish(client):
    response = client.post(CONTACT, factories.posted(language="es"))

    page = markup.read(client.get(response.headers["Location"]).content)

    kept = Inquiry.objects.get()
    assert page.one("html").attributes["lang"] == "es"
    assert page.one("h1").words() == "Recibimos su mensaje"
    assert page.one(id="reference").words() == kept.reference
    assert page.one("time", id="due").words() == clock.in_words(kept.due_at, Practice.objects.get(), language="es")


def test_who_writes_of_a_crisis_and_wants_spanish_sees_the_help_line_that_speaks_it_first(client):
    message = "Ya no quiero vivir. Quiero quitarme la vida."
    response = client.post(CONTACT, factories.posted(language="es", message=message))

    main = markup.read(client.get(response.headers["Location"]).content).one("main").words()

    assert "Llame al 988 y oprima el 2" in main
    assert main.index("988") < main.index("referencia")


def test_loading_the_receipt_again_changes_nothing(client):
    receipt = client.post(CONTACT, factories.posted()).headers["Location"]
    before = Inquiry.objects.values().get()

    pages = [client.get(receipt).content for _ in range(3)]

    assert len(set(pages)) == 1
    assert Inquiry.objects.values().get() == before


def test_a_forged_or_altered_receipt_address_is_not_found(client):
    receipt = client.post(CONTACT, factories.posted()).headers["Location"]
    other = factories.inquiry()
    reference, signature = receipt.removesuffix("/").rsplit("/", 1)[1].split(":")
    altered = signature[:-1] + ("A" if signature[-1] != "A" else "B")

    tokens = [reference, f"{reference}:", f"{reference}:{altered}", f"{other.reference}:{signature}", "x", "é:é"]
    answers = [client.get(reverse("inquiries:received", args=[token])).status_code for token in tokens]

    assert answers == [404] * len(tokens)


def test_nothing_a_patient_wrote_stays_in_a_cache(client):
    receipt = client.post(CONTACT, factories.posted())

    responses = [
        client.get(CONTACT),
        client.post(CONTACT, {}),
        receipt,
        client.get(receipt.headers["Location"]),
        Client(enforce_csrf_checks=True).post(CONTACT, factories.posted()),
    ]
    assert [response.headers["Cache-Control"] for response in responses] == ["no-store"] * len(responses)


def test_public_pages_set_no_session_cookie(client):
    loader.load()
    receipt = client.post(CONTACT, factories.posted()).headers["Location"]

    for path in ("/", "/privacy/", "/get-help-now/", CONTACT, receipt, "/no-such-page/"):
        client.get(path)

    assert settings.SESSION_COOKIE_NAME not in client.cookies
    assert set(client.cookies) <= {settings.CSRF_COOKIE_NAME}


def test_the_receipt_holds_nothing_the_patient_wrote(client):
    data = factories.posted(name="Zacharias Quill", message="About marmalade", email="quill@example.org")
    response = client.post(CONTACT, data)

    page = client.get(response.headers["Location"]).content.decode() + response.headers["Location"]

    assert not any(word in page for word in ("Zacharias", "marmalade", "quill@"))


def test_head_is_answered_like_get_without_a_body(client):
    receipt = client.post(CONTACT, factories.posted()).headers["Location"]

    for path in (CONTACT, receipt):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(client, method):
    receipt = client.post(CONTACT, factories.posted()).headers["Location"]

    form = getattr(client, method)(CONTACT)
    read_only = getattr(client, method)(receipt)

    assert (form.status_code, form.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert (read_only.status_code, read_only.headers["Allow"]) == (405, "GET, HEAD")


def test_a_receipt_cannot_be_posted_to(client):
    receipt = client.post(CONTACT, factories.posted()).headers["Location"]

    assert client.post(receipt).status_code == 405
