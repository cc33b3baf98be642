"""The empty form: rendered once in a while, and filled in for each reader with what is theirs alone.

Rendering takes thirty times as long as filling in; when many people come at once, the page must still open.
"""

import uuid
from time import monotonic

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from clinic.pages.shelf import CHECK_EVERY
from inquiries import spam
from inquiries.forms import InquiryForm

TEMPLATE = "inquiries/contact.html"
# What stands in the kept page where each reader gets something else.
TOKEN, KEY, STAMP = "[csrf_token]", "[submission_key]", "[stamp]"

_kept: tuple[float, str] | None = None


def page(request: HttpRequest) -> str:
    """The page with the empty form and a key, a stamp and a token of its own. Edits reach it within four seconds.

    Two that it is kept, and two that the menu in it may have been.
    """
    key = uuid.uuid4()
    return _page(request).replace(TOKEN, get_token(request)).replace(KEY, str(key)).replace(STAMP, spam.stamp(key))


def forget() -> None:
    """Render anew for the next reader."""
    global _kept
    _kept = None


def _page(request: HttpRequest) -> str:
    global _kept
    kept = _kept
    if kept is None or monotonic() >= kept[0]:
        form = InquiryForm()
        form.initial = {"submission_key": KEY, "stamp": STAMP}
        html = render_to_string(TEMPLATE, {"form": form, "csrf_token": TOKEN}, request)
        _kept = kept = monotonic() + CHECK_EVERY, html
    return kept[1]
