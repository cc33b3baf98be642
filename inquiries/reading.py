"""What a browser sent, read so that no character is lost.

Django's own reading answers an unusual body with an error page, or puts a replacement mark where a letter was.
A person who wrote to us gets the form again instead, with every character that can be had.
"""

import codecs
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError

# The longest legal form is under 300 kB. Somebody who pasted a whole book gets it back; an attacker gets no further.
MOST_BYTES = 4 * 1024 * 1024
MOST_DRAINED = 64 * 1024 * 1024  # taken in and thrown away, so that the answer can be read
MOST_PARTS = 100  # of a multipart body; the form has a dozen fields

TOO_LONG = (
    "What you sent was too long for us to read to its end, so we have not received it. The beginning is below. "
    "Shorten it, then select “Send my question” again."
)
CUT_OFF = (
    "Your message was cut off on its way, so we have not received it. What arrived is below. "
    "Complete it, then select “Send my question” again."
)
UNSURE = (
    "Your browser sent your message in an unusual way, so some characters may be wrong. We have not received it yet. "
    "Check your words below, then select “Send my question” again."
)

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Encodings that old phones and programs name; the page itself asks for UTF-8.
ENCODINGS = {"utf-16", "utf-16le", "utf-16be", "shift_jis", "euc-jp", "gb18030", "gbk", "big5", "euc-kr", "koi8-r"}
ENCODINGS |= {f"windows-{number}" for number in range(1250, 1259)} | {f"iso-8859-{number}" for number in range(1, 17)}
# Five bytes mean nothing in Windows-1252; browsers take them for the control characters of the same number.
_MEANINGLESS = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


class Sent(QueryDict):
    """The fields of a form as they were sent. `trouble` tells the person what was wrong with the sending, if anything.

    A form with trouble is shown again, never kept: we cannot be sure that these are the person's words.
    """

    trouble = ""


def read(request: HttpRequest, names: Iterable[str]) -> Sent:
    """The fields called `names` in the request's body, whatever shape it has. Raises nothing."""
    names = list(names)
    body, trouble = _body(request)
    params = request.content_params or {}
    encoding, boundary = params.get("charset", "utf-8").lower(), params.get("boundary", "").encode()
    if encoding.startswith("utf-16") or body[:2] in UTF_16_MARKS:
        body, encoding = _from_utf_16(body, encoding)
    if request.content_type == "application/x-www-form-urlencoded" and b"=" in body and b"\0" not in body:
        fields, sure = _urlencoded(body, names), True
    elif request.content_type == "multipart/form-data" and boundary and boundary in body:
        fields, sure = _multipart(body, boundary, names), True
    else:
        fields, sure = _anything(body, names), False
    sure = sure and encoding in ("utf-8", "utf8")
    sent = Sent("", mutable=True)
    for name, raw in fields:
        sent[name], plain = _decoded(raw, encoding)
        sure = sure and plain
    sent.trouble = trouble or ("" if sure or not body else UNSURE)
    return sent


def _body(request: HttpRequest) -> tuple[bytes, str]:
    """What arrived of the body, and what is wrong with it."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    # A body sent in chunks has no length; Django takes it for empty.
    chunked = not announced and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked else request
    body = bytearray()
    try:
        while len(body) < MOST_BYTES and (piece := stream.read(MOST_BYTES - len(body))):
            body += piece
        rest = _drain(stream) if len(body) == MOST_BYTES else 0
    except (UnreadablePostError, OSError):  # the connection broke; perhaps nobody is there to read the answer
        return bytes(body), CUT_OFF
    if rest:
        return bytes(body), TOO_LONG
    return bytes(body), CUT_OFF if announced.isdecimal() and len(body) < int(announced) else ""


def _drain(stream: Any) -> int:
    """Take in what we will not keep; its size. A browser that cannot finish sending shows no answer of ours."""
    size = 0
    while size < MOST_DRAINED and (piece := stream.read(64 * 1024)):
        size += len(piece)
    return size


def _urlencoded(body: bytes, names: list[str]) -> list[tuple[str, bytes]]:
    # Only our own fields are looked for, so a million others cost neither memory nor an error page.
    ours = "|".join(map(re.escape, names)).encode()
    found = re.finditer(rb"(?:^|&)(" + ours + rb")=([^&]*)", body)
    return [(field[1].decode(), unquote_to_bytes(field[2].replace(b"+", b" "))) for field in found]


def _multipart(body: bytes, boundary: bytes, names: list[str]) -> list[tuple[str, bytes]]:
    ours, fields = {name.encode(): name for name in names}, []
    for part in body.split(b"--" + boundary, MOST_PARTS)[1:]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'\bname="([^"]*)"', head)
        if name and name[1] in ours:
            fields.append((ours[name[1]], value.removesuffix(b"\r\n")))
    return fields


def _anything(body: bytes, names: list[str]) -> list[tuple[str, bytes]]:
    """A shape that our form never has: JSON, or fields without saying so; else all of it is taken for the message."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        # Half of a pair of surrogates, which JSON can write, is no character.
        fields = [(name, said[name].encode(errors="replace")) for name in names if isinstance(said.get(name), str)]
    else:
        fields = _urlencoded(body, names)
    return fields or ([("message", body)] if body else [])


def _from_utf_16(body: bytes, encoding: str) -> tuple[bytes, str]:
    """A body that is UTF-16 throughout, as UTF-8; another one (only its escapes are UTF-16) as it is."""
    try:
        if b"\0" in body:
            return body.decode(encoding if encoding in ENCODINGS else "utf-16").encode(), ""
    except UnicodeError:
        pass  # it is not what it says it is
    return body, encoding


def _decoded(raw: bytes, encoding: str) -> tuple[str, bool]:
    """The text, and whether it was plain UTF-8 throughout.

    NUL is left out: PostgreSQL cannot hold it, and nobody can see it.
    """
    try:
        if encoding in ENCODINGS:
            return raw.decode(encoding).replace("\0", ""), False
        return raw.decode().replace("\0", ""), True
    except UnicodeError:
        return raw.decode("utf-8", WINDOWS).replace("\0", ""), False


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as Windows-1252, so that none turns into a replacement mark."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return odd.decode("cp1252", "surrogateescape").translate(_MEANINGLESS), error.end


WINDOWS = "clinic-windows"
codecs.register_error(WINDOWS, _as_windows)
