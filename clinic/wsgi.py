"""What the web server loads."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")


class Request(WSGIRequest):
    """A request whose Content-Type may be anything.

    Django reads that header before any view or middleware can act, and what it cannot read becomes an error page:
    a patient's words would be lost.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # Django's own hook, without public types
        except (ValueError, TypeError):  # an unknown charset*=; parts of one parameter that do not fit together
            self.content_type, self.content_params = _plainly(meta["CONTENT_TYPE"])


def _plainly(content_type: str) -> tuple[str, dict[str, str]]:
    """The type and its parameters, taken apart at the marks; `name*=charset'language'value` counts as name=value."""
    kind, *parts = content_type.split(";")
    params = {}
    for part in parts:
        name, _, value = part.strip().partition("=")
        if name.endswith("*"):
            name, value = name.rstrip("*"), value.rpartition("'")[2]
        params[name.lower()] = value.strip('"')
    return kind.strip().lower(), params


class Handler(WSGIHandler):
    """Django's, with our reading of requests."""

    request_class = Request


django.setup(set_prefix=False)
application = Handler()

from clinic.practice import context  # noqa: E402 - models can be imported only now
from inquiries.screening import screen  # noqa: E402

# So that the page for a database that is down has the phone number from the first request on.
context.remember()
# So that the first patient of a process does not wait half a second while rules and weights are read.
screen("Good morning.")
