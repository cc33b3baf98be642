"""Anything at all, sent to the form: never a fault of ours, never a lost character."""

import re
import unicodedata
import uuid
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inquiries.forms import InquiryForm
from inquiries.models import Inquiry
from inquiries.references import PATTERN
from tests import factories, markup

pytestmark = pytest.mark.django_db

CONTACT = "/contact/"
URLENCODED = "application/x-www-form-urlencoded"
FIELDS = list(InquiryForm.base_fields)
WRITTEN = ["message", "name", "contact_times"]  # the fields for words
# A test's database work is undone after all examples, not after each: they share it, with a key of their own each.
repeatable = settings(
    derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# NUL and halves of surrogate pairs are no text; a browser cannot send them.
letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
# Where things go wrong: line ends, marks, what HTML, SQL and forms treat as their own, letters from everywhere.
signs = ["&", "=", "+", "%", "%00", "<", ">", '"', "'", "\\", ";", "{{", "}}", "{%", "--", "</textarea>", "<!--"]
entities = ["&amp;", "&#0;", "&#x80;", "&notit;"]
spaces = ["\r\n", "\r", "\n", "\t", " ", "\x85", "\u2028", "\ufeff", "\u200d", "\u202e", "\x1b", "\x7f"]
others = ["\u0301", "\u0958", "\u212b", "\ufffd", "\uffff", "é", "ß", "İ", "😔", "👩🏽‍👧🏽", "한", "ञ"]
tricky = st.sampled_from([*signs, *entities, *spaces, *others])
texts = st.lists(tricky | st.text(letters, max_size=30), max_size=20).map("".join)
long_texts = st.builds(lambda text, times: text * times, texts, st.sampled_from([1, 30, 300]))
anything = texts | long_texts
choices = {
    "topic": st.sampled_from(["treatment", "other", "gossip", ""]),
    "writing_for": st.sampled_from(["self", "patient", ""]),
    "reply_by": st.sampled_from(["email", "phone", "pigeon"]),
    "email": st.sampled_from(["ada@example.org", "ada@", ""]),
    "phone": st.sampled_from(["(212) 555-0123", "555", ""]),
}
forms = st.fixed_dictionaries(
    {"message": anything, "name": texts, "contact_times": texts},
    optional={
        field: choices.get(field, texts) | texts for field in FIELDS if field not in (*WRITTEN, "submission_key")
    },
)


def post(body: bytes, content_type: str, client: Client | None = None) -> Any:
    return (client or Client()).generic("POST", CONTACT, body, content_type=content_type)


def as_multipart(fields: dict[str, str]) -> tuple[bytes, str]:
    boundary = f"b{uuid.uuid4().hex}"
    parts = (f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{t}\r\n' for n, t in fields.items())
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"


def one_line_end(text: str) -> str:
    return re.sub("\r\n?", "\n", text)


def normalised(text: str) -> str:
    return unicodedata.normalize("NFC", one_line_end(text))


def check(response: Any, key: str, typed: dict[str, str]) -> None:
    """Either a receipt and the row holds the words, or the form again with every character."""
    if response.status_code == 303:
        kept = Inquiry.objects.get(submission_key=key)
        assert re.fullmatch(PATTERN, kept.reference)
        for field in WRITTEN:
            held, said = getattr(kept, field), normalised(typed[field])
            assert held == (said if typed[field].strip() else "")
        return
    assert response.status_code == 200
    shown = markup.filled(markup.read(response.content))
    for field in WRITTEN:
        # White space alone is nothing that was written; the form's templates shorten it.
        assert one_line_end(shown[field]) == one_line_end(typed[field]) or not typed[field].strip()
    assert shown["submission_key"] == key


# --- Every field -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["urlencoded", "multipart"])
@repeatable
@given(typed=forms)
def test_whatever_is_typed_is_kept_or_comes_back_to_the_last_character(shape, typed):
    key = str(uuid.uuid4())
    fields = {**typed, "submission_key": key}
    body, kind = (urlencode(fields).encode(), URLENCODED) if shape == "urlencoded" else as_multipart(fields)

    response = post(body, kind)

    check(response, key, typed)


@repeatable
@given(field=st.sampled_from(WRITTEN), text=anything)
def test_one_odd_field_in_an_honest_form_is_kept_or_comes_back(field, text):
    fields = factories.posted(**{field: text})

    response = post(urlencode(fields).encode(), URLENCODED)

    check(response, fields["submission_key"], fields)


@repeatable
@given(typed=forms)
def test_without_a_token_every_character_comes_back(typed):
    key = str(uuid.uuid4())

    response = post(urlencode({**typed, "submission_key": key}).encode(), URLENCODED, Client(enforce_csrf_checks=True))

    assert response.status_code == 403
    response.status_code = 200
    check(response, key, typed)


@repeatable
@given(key=texts, stamp=texts, remarks=texts)
def test_no_hidden_field_can_stop_an_honest_person(key, stamp, remarks):
    before = Inquiry.objects.count()

    response = post(urlencode(factories.posted(submission_key=key, stamp=stamp, remarks=remarks)).encode(), URLENCODED)

    assert response.status_code == 303
    assert Inquiry.objects.count() in (before, before + 1)  # the same key may have been drawn before


# --- Raw bodies ------------------------------------------------------------------------------------------------------


def in_fields(values: dict[str, bytes]) -> bytes:
    return b"&".join(name.encode() + b"=" + quote_from_bytes(value, safe="").encode() for name, value in values.items())


bytes_in_fields = st.dictionaries(st.sampled_from(FIELDS), st.binary(max_size=200)).map(in_fields)
bytes_in_parts = st.lists(
    st.tuples(
        st.sampled_from([*FIELDS, "file", ""]), st.binary(max_size=200), st.sampled_from([b"\r\n\r\n", b"\n\n", b""])
    )
).map(
    lambda parts: (
        b"".join(
            b'--b\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + gap + value + b"\r\n"
            for name, value, gap in parts
        )
        + b"--b--"
    )
)
kinds = st.sampled_from(
    [URLENCODED, "multipart/form-data; boundary=b", "multipart/form-data", "application/json", "text/plain", ""]
) | st.builds(
    "{}; charset={}".format,
    st.sampled_from([URLENCODED, "multipart/form-data; boundary=b", "text/plain"]),
    st.sampled_from(
        ["utf-8", "utf-16", "utf-16le", "utf-7", "windows-1252", "shift_jis", "gb18030", "hex", "x", "idna"]
    ),
)


@settings(repeatable, max_examples=250)
@given(body=bytes_in_fields | bytes_in_parts | st.binary(max_size=400), kind=kinds)
def test_no_body_is_answered_with_a_fault_of_ours(body, kind):
    response = post(body, kind)

    assert response.status_code in (200, 303, 400)
    assert response.headers["Cache-Control"] == "no-store"
    if response.status_code != 303:
        page = markup.read(response.content)
        assert page.one(id="error-summary").words()
        assert page.all("a", href="tel:988")


@repeatable
@given(words=st.text(st.characters(codec="cp1252", exclude_characters="\0"), min_size=1, max_size=200))
def test_every_letter_of_an_old_encoding_is_kept_or_comes_back(words):
    fields = {name: text.encode() for name, text in factories.posted().items()} | {"message": words.encode("cp1252")}
    key = fields["submission_key"].decode()

    response = post(in_fields(fields), URLENCODED)

    read = words.encode("cp1252")
    try:
        expected = read.decode()  # it happens to be UTF-8, too
    except UnicodeDecodeError:
        assert response.status_code == 400
        shown = markup.filled(markup.read(response.content))["message"]
        assert len(shown) <= len(read)
        assert "\ufffd" not in shown
        if not re.search(rb"[\xc2-\xf4][\x80-\xbf]", read):
            assert one_line_end(shown) == one_line_end(words)
    else:
        check(response, key, {**factories.posted(), "message": expected})
