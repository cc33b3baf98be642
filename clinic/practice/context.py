"""The practice's facts in every template."""

from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.practice.models import Practice

# What we show when the database is down and this process has not seen the row yet: no phone number is better than the
# example one. `remember()` at the start of a web process makes that rare.
UNKNOWN = Practice(name="The clinic", phone="", address="", opening_hours="", inbox_email="", on_call_addresses=[])
_last_seen = UNKNOWN


def practice(request: HttpRequest) -> dict[str, SimpleLazyObject]:
    """`practice` for templates. A page that does not use it costs no query."""
    return {"practice": SimpleLazyObject(remember)}


def remember() -> Practice:
    """The current facts; while the database is down, those this process saw last, so that error pages can show them."""
    global _last_seen
    try:
        _last_seen = Practice.objects.current()
    except Error:
        return _last_seen
    return _last_seen
