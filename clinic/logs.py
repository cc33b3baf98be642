"""Log lines without patients' words and without the addresses that open their pages."""

import logging
import traceback
from http import HTTPStatus
from types import TracebackType
from typing import Any


def without_address(record: logging.LogRecord) -> bool:
    """Leave of a request's path only its first part. Always lets the line through.

    A receipt's address opens the receipt for whoever reads the log, and anybody can put a name into an address.
    """
    path = getattr(getattr(record, "request", None), "path", None)
    if path and isinstance(record.args, tuple):
        first, more = path[1:].partition("/")[::2]
        shown = f"/{first[:40]}{'/…' if more else ''}"
        # Django writes the signs beyond ASCII as escapes, before it hands the path on.
        written = {path, path.encode("unicode_escape").decode()}
        record.args = tuple(shown if value in written else value for value in record.args)
    return True


def in_brief(record: logging.LogRecord) -> bool:
    """Of a request that was refused (400, 403) leave one line. Always lets it through.

    It is no fault of ours: forty lines of places for each page that somebody may not open would hide those that are.
    Where Django writes the refusal's own text, that repeats what was asked, so the line gets its kind instead.
    """
    if record.exc_info and getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR) < 500:
        error, record.exc_info = record.exc_info[1], None
        if record.msg == str(error):
            record.msg = type(error).__qualname__
    return True


class PrivateFormatter(logging.Formatter):
    """Shows where a fault happened and of what kind, never its text.

    PostgreSQL repeats the refused row in its errors, Python the refused value: either may be what somebody wrote.
    """

    def formatException(  # noqa: N802 - logging's own name
        self, exc_info: "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"
    ) -> str:
        """The places and the kinds of the faults, the first cause first."""
        lines: list[str] = []
        error = exc_info[1]
        while error is not None:
            lines = [*traceback.format_tb(error.__traceback__), type(error).__qualname__, *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(line.rstrip("\n") for line in lines)


# No request bodies, no query strings, no names: paths, ids and exceptions only.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": PrivateFormatter,
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"without_address": {"()": lambda: without_address}, "in_brief": {"()": lambda: in_brief}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_address", "in_brief"]},
        # Not the same as none: for a logger without any, Python writes the line to stderr as it is.
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Robots try host names all day; each line would repeat what they made up.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
