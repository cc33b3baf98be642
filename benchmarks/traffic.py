"""The requests: as a browser sends them, made ready before the clock starts."""

import http.client
import re
import uuid
from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.load import HOST, WrongAnswer

PAGE = "/botox-and-depression/"
FORM = "/contact/"
Maker = Callable[[], bytes]
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = "00000000-0000-4000-8000-000000000000"  # replaced by a new one in each post; the length stays
FIELDS = {
    "topic": "treatment",
    "writing_for": "self",
    "message": "I have felt low for about a year and two medicines have not helped much. I read that injections "
    "between the eyebrows are being studied for mood. Is that something your clinic does, who would it be for, and "
    "what would a first visit look like?\r\n\r\nI work on weekdays until four, so a late visit would suit me best.",
    "name": "Ada Example",
    "reply_by": "email",
    "email": f"ada.{KEY}@example.org",  # one mailbox would get five receipts, and later posts would do less
    "phone": "",
    "contact_times": "weekdays after 4 pm",
    "language": "en",
    "submission_key": KEY,
}


def get(port: int, path: str, **headers: str) -> Maker:
    """A GET, the same each time."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", *(f"{name}: {value}" for name, value in headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    return lambda: request


def get_unchanged(port: int, path: str) -> Maker:
    """A GET by a reader who has the page already."""
    response, _ = ask(port, path, BROWSER)
    return get(port, path, **BROWSER, **{"If-None-Match": response.getheader("ETag") or ""})


def post(port: int, path: str, form_port: int) -> Maker:
    """A POST of a filled-in form: the cookie and the token of one visit to the form, a new submission key each time."""
    response, page = ask(form_port, FORM)
    cookies = SimpleCookie(response.getheader("Set-Cookie") or "")
    found = TOKEN.search(page.decode())
    token = found[1] if found else ""
    body = urlencode({**FIELDS, "csrfmiddlewaretoken": token})
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        "Cookie: " + "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()),
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    whole = "\r\n".join([*lines, "", body]).encode()
    return lambda: whole.replace(KEY.encode(), str(uuid.uuid4()).encode())


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[http.client.HTTPResponse, bytes]:
    """One ordinary request, outside of any measurement. Raises WrongAnswer unless it is answered with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        if response.status != 200:
            raise WrongAnswer(f"{path} answered {response.status}")
        return response, response.read()
    finally:
        connection.close()
