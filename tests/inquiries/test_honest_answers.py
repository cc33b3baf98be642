"""Whatever arrives and whatever breaks: the form again with every character, or a receipt; never anything else."""

import io
import json
import os
import re
import subprocess
import sys
import time
import unicodedata
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from inquiries import reading
from inquiries.models import Inquiry
from tests import factories, markup

pytestmark = pytest.mark.django_db

CONTACT = "/contact/"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b0undary"
WORDS = "Señora Muñoz: “low” for a year – 😔 & <so>\r\nsecond line + 100%"


def urlencoded(encoding: str = "utf-8", **changes: str) -> bytes:
    fields = factories.posted(message=WORDS, **changes)
    return "&".join(
        f"{name}={quote_from_bytes(text.encode(encoding), safe='')}" for name, text in fields.items()
    ).encode()


def multipart(encoding: str = "utf-8", **changes: str) -> bytes:
    fields = factories.posted(message=WORDS, **changes)
    parts = [
        b'--b0undary\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), text.encode(encoding))
        for name, text in fields.items()
    ]
    return b"".join(parts) + b"--b0undary--\r\n"


def send(client: Client, body: bytes, content_type: str, **headers: Any):
    return client.generic("POST", CONTACT, body, content_type=content_type, **headers)


def cut_off(client: Client, body: bytes, at: bytes, content_type: str):
    """Send what stands before `at`, announced as the whole."""
    arrived = io.BytesIO(body[: body.index(at)])
    return send(client, body, content_type, **{"wsgi.input": arrived})


def check_form_again(response, message: str = WORDS, status: int = 400) -> markup.Element:
    """The answer is the form with the message in it, what to do, the phone number and the help lines."""
    page = markup.read(response.content)
    assert response.status_code == status
    assert lines(markup.filled(page)["message"]) == lines(message)
    assert "Send my question" in page.one(id="error-summary").words() or status == 200
    for number in ("tel:+1-212-555-0123", "tel:988", "tel:911"):
        assert page.all("a", href=number)
    assert response.headers["Cache-Control"] == "no-store"
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert not Inquiry.objects.exists()
    return page


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- What browsers and what stands between may do to a form ----------------------------------------------------------


@pytest.mark.parametrize("content_type", [URLENCODED, URLENCODED + "; charset=UTF-8", MULTIPART])
def test_a_form_in_utf_8_is_taken_in_either_shape_that_browsers_send(client, content_type):
    body = multipart() if content_type == MULTIPART else urlencoded()

    response = send(client, body, content_type)

    assert response.status_code == 303
    assert Inquiry.objects.get().message == lines(WORDS)


LATIN = WORDS.replace("😔", ":(")


@pytest.mark.parametrize("charset", ["", "; charset=windows-1252", "; charset=iso-8859-15", "; charset=nonsense"])
@pytest.mark.parametrize("shape", ["urlencoded", "multipart"])
def test_letters_in_an_old_encoding_come_back_as_they_were_typed(client, shape, charset):
    words = LATIN if "8859" not in charset else "Señora Muñoz: low for a year, 100 €"
    encoding = "iso-8859-15" if "8859" in charset else "windows-1252"
    make, kind = (urlencoded, URLENCODED) if shape == "urlencoded" else (multipart, MULTIPART)
    body = make("utf-8").replace(
        quote_from_bytes(WORDS.encode(), safe="").encode() if shape == "urlencoded" else WORDS.encode(),
        quote_from_bytes(words.encode(encoding), safe="").encode() if shape == "urlencoded" else words.encode(encoding),
    )

    response = send(client, body, kind + charset)

    check_form_again(response, words)


def test_one_bad_byte_does_not_spoil_the_letters_around_it(client):
    body = urlencoded().replace(b"low", b"lo%E9w%81")

    response = send(client, body, URLENCODED)

    check_form_again(response, WORDS.replace("low", "loéw\x81"))


@pytest.mark.parametrize("mark", [True, False])
def test_a_form_in_utf_16_comes_back_with_every_word(client, mark):
    fields = factories.posted(message=WORDS)
    text = "&".join(f"{name}={quote_from_bytes(value.encode(), safe='')}" for name, value in fields.items())
    body = text.encode("utf-16" if mark else "utf-16-le")

    response = send(client, body, URLENCODED if mark else URLENCODED + "; charset=utf-16le")

    check_form_again(response)


def test_a_form_sent_as_json_comes_back_filled_in(client):
    response = send(client, json.dumps(factories.posted(message=WORDS)).encode(), "application/json")

    page = check_form_again(response)
    assert markup.filled(page)["email"] == "ada@example.org"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "", "multipart/form-data", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_kind_comes_back_as_the_message(client, content_type):
    response = send(client, WORDS.encode(), content_type)

    check_form_again(response)


def test_half_a_surrogate_pair_is_no_reason_to_fail(client):
    response = send(client, b'{"message": "before \\ud83d after"}', "application/json")

    check_form_again(response, "before ? after")


def test_a_multipart_form_without_its_end_is_taken_for_cut_off(client):
    body = multipart()

    response = cut_off(client, body, b"line", MULTIPART)

    page = check_form_again(response, WORDS.partition("line")[0])
    assert reading.CUT_OFF in page.one(id="error-summary").words()


def test_a_message_cut_off_on_its_way_is_not_kept_as_if_it_were_whole(client):
    body = urlencoded(submission_key=str(uuid.uuid4()))

    response = cut_off(client, body, b"second", URLENCODED)

    page = check_form_again(response, WORDS.partition("second")[0])
    assert reading.CUT_OFF in page.one(id="error-summary").words()


@pytest.mark.parametrize("shape", ["urlencoded", "multipart"])
def test_nul_is_left_out_and_everything_else_is_kept(client, shape):
    data = factories.posted(message="\0be\0fore\0", name="A\0da", email="a\0da@example.org", submission_key="\0")
    body, kind = (urlencode(data).encode(), URLENCODED)
    if shape == "multipart":
        body, kind = multipart(**{k: v for k, v in data.items() if k != "message"}), MULTIPART
        body = body.replace(WORDS.encode(), data["message"].encode())

    response = send(client, body, kind)

    assert response.status_code == 303
    kept = Inquiry.objects.get()
    assert (kept.message, kept.name, kept.email) == ("before", "Ada", "ada@example.org")


# --- Too much of it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["urlencoded", "multipart"])
def test_a_whole_book_comes_back_to_the_last_character(client, shape):
    book = "A chapter, ünïcode 😔. " * 60_000  # above Django's limit for a body
    body, kind = (urlencoded(), URLENCODED) if shape == "urlencoded" else (multipart(), MULTIPART)
    old, new = WORDS.encode(), book.encode()
    if shape == "urlencoded":
        old, new = quote_from_bytes(old, safe="").encode(), new
    body = body.replace(old, new)
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < len(body) < reading.MOST_BYTES

    response = send(client, body, kind)

    page = check_form_again(response, book, status=200)
    assert f"{len(book):,} characters. Shorten it" in page.one(id="error-summary").words()


def test_more_than_we_read_gives_the_beginning_back_and_says_so(client):
    body = b"submission_key=&name=Ada&message=" + b"word+" * 1_000_000
    assert len(body) > reading.MOST_BYTES

    response = send(client, body, URLENCODED)

    page = markup.read(response.content)
    assert response.status_code == 400
    assert reading.TOO_LONG in page.one(id="error-summary").words()
    assert len(markup.filled(page)["message"]) > reading.MOST_BYTES - 100
    assert markup.filled(page)["name"] == "Ada"


def test_what_we_do_not_keep_is_still_taken_in_so_that_the_answer_can_be_read(client):
    arrived = io.BytesIO(b"message=" + b"a" * 3 * reading.MOST_BYTES)

    response = send(client, arrived.getvalue(), URLENCODED, **{"wsgi.input": arrived})

    assert response.status_code == 400
    assert arrived.read() == b""


def test_a_body_sent_in_chunks_is_read_although_it_announces_no_length(client):
    chunks = {"wsgi.input": io.BytesIO(urlencoded()), "wsgi.input_terminated": True}

    response = send(client, b"-", URLENCODED, CONTENT_LENGTH="", **chunks)

    assert response.status_code == 303
    assert Inquiry.objects.get().message == lines(WORDS)


@pytest.mark.parametrize("junk", [b"&x=1", b"&message", b"&"])
def test_a_thousand_other_fields_are_no_reason_to_refuse(client, junk):
    response = send(client, urlencoded() + junk * 2_000, URLENCODED)

    assert response.status_code == 303


def test_the_costliest_text_of_the_size_we_read_is_answered_in_seconds(client):
    marks = "\u0316\u0301" * 800_000  # letters' parts in the wrong order: composing them takes the square of the time
    body = b"message=a" + marks.encode()[: reading.MOST_BYTES - 100]

    started = time.perf_counter()
    response = send(client, body, URLENCODED)
    seconds = time.perf_counter() - started

    assert response.status_code == 200
    assert seconds < 5


# --- Tokens and cookies ----------------------------------------------------------------------------------------------


def test_a_form_without_a_token_comes_back_with_the_phone_number_and_can_be_sent_again():
    patient = Client(enforce_csrf_checks=True)

    first = patient.post(CONTACT, factories.posted(message=WORDS))
    page = check_form_again(first, status=403)
    again = patient.post(CONTACT, markup.filled(page))

    assert again.status_code == 303
    assert Inquiry.objects.get().message == lines(WORDS)


def test_somebody_whose_browser_keeps_no_cookie_is_told_to_call_each_time():
    data = factories.posted(message=WORDS)
    for _ in range(3):
        without_cookies = Client(enforce_csrf_checks=True)
        page = check_form_again(without_cookies.post(CONTACT, data), status=403)
        assert "allow cookies for this site, or call us at (212) 555-0123" in page.one(id="error-summary").words()
        data = markup.filled(page)


def test_an_unusual_body_without_a_token_comes_back_too():
    patient = Client(enforce_csrf_checks=True)

    for body, kind in ((WORDS.encode(), "text/plain"), (multipart(), "multipart/form-data; boundary=b0undary")):
        check_form_again(send(patient, body, kind), status=403)


def test_the_key_stays_the_same_on_every_page_that_gives_the_text_back(client):
    data = factories.posted(message=WORDS, topic="no such topic")
    strict = Client(enforce_csrf_checks=True)

    pages = [client.post(CONTACT, data), strict.post(CONTACT, data), send(client, b"{}" + urlencode(data).encode(), "")]

    keys = [markup.filled(markup.read(page.content)).get("submission_key") for page in pages[:2]]
    assert keys == [data["submission_key"]] * 2


# --- When the database is gone ---------------------------------------------------------------------------------------


def test_without_any_connection_the_words_come_back_with_the_same_key(client, monkeypatch):
    client.get(CONTACT)  # the process has seen the clinic's phone number
    data = factories.posted(message=WORDS)

    def refuse():
        raise OperationalError("could not connect to server")

    # As it is when PostgreSQL is down: the very first thing anybody asks of it fails.
    monkeypatch.setattr(connection, "ensure_connection", refuse)
    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.post(CONTACT, data)

    page = markup.read(response.content)
    filled = markup.filled(page)
    assert response.status_code == 503
    assert (lines(filled["message"]), filled["submission_key"]) == (lines(WORDS), data["submission_key"])
    assert page.one("main").all("a", href="tel:+1-212-555-0123")
    assert page.one("main").all("a", href="tel:988")
    assert response.headers["Cache-Control"] == "no-store"
    assert settings.SESSION_COOKIE_NAME not in response.cookies


A_PROCESS_THAT_NEVER_SAW_A_DATABASE = """
import json, sys
import django
django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.test import Client
client = Client(enforce_csrf_checks=True)
page = client.get("/contact/")
data = {**json.load(sys.stdin), "csrfmiddlewaretoken": client.cookies[settings.CSRF_COOKIE_NAME].value}
answer = client.post("/contact/", data)
json.dump([page.status_code, answer.status_code, answer.content.decode(), list(answer.cookies)], sys.stdout)
"""


def test_a_process_that_never_saw_its_database_gives_the_words_back(tmp_path):
    data = factories.posted(message=WORDS)
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none",  # nothing listens there
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "ALLOWED_HOSTS": "testserver,localhost",
        "SITE_URL": "http://localhost",
        "CLINIC_DATA_DIR": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", A_PROCESS_THAT_NEVER_SAW_A_DATABASE],
        input=json.dumps(data), text=True, capture_output=True, env=environment, check=True, timeout=60,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip

    shown, status, html, cookies = json.loads(done.stdout)
    page = markup.read(html)
    filled = markup.filled(page)
    assert (shown, status) == (200, 503)
    assert {name: lines(filled[name]) for name in data} == {name: lines(text) for name, text in data.items()}
    assert page.one("main").all("a", href="tel:988")
    assert cookies in ([], [settings.CSRF_COOKIE_NAME])


# --- And in all cases ------------------------------------------------------------------------------------------------


def test_no_page_asks_the_browser_to_store_anything():
    scripts = Path(settings.BASE_DIR, "clinic", "static", "clinic").glob("*.js")

    used = [path.name for path in scripts if re.search(r"localStorage|sessionStorage|indexedDB", path.read_text())]

    assert used == []


def test_a_text_a_little_over_the_limit_is_still_counted_as_composed(client):
    text = unicodedata.normalize("NFD", "é" * 5_001)

    response = client.post(CONTACT, factories.posted(message=text))

    assert "Your question is 5,001 characters." in response.content.decode()
