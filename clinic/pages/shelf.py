"""Finished pages kept in this process's memory, for as long as the database says that they are current."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from django.db import Error

from clinic.pages import codings
from clinic.pages.models import HOME, TAKEN, Edition, Page

CHECK_EVERY = 2.0  # seconds: how long an edit may stay unseen, and how often at most we ask the database
# Asked first, so that a health check or a form post never waits for the database because of us.
PAGE_PATH = re.compile(rf"/(?:(?!(?:{'|'.join(TAKEN)})/)[a-z0-9-]+/)?")


@dataclass(frozen=True)
class Finished:
    """One page in one content coding as it goes out: every header and the bytes."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Kept:
    """One page as it was rendered, with an address for its content, and the codings that somebody has asked for."""

    headers: Mapping[str, str]
    body: bytes
    stamp: str
    finished: dict[str, Finished] = field(default_factory=dict)

    def coded(self, coding: str) -> Finished:
        """The page in a coding, made for the first who asks for it: the smallest takes a tenth of a second."""
        if coding not in self.finished:
            body = codings.MAKERS[coding](self.body)
            # Each has an ETag of its own: a browser may not join pieces of two codings.
            headers = {**self.headers, "Content-Length": str(len(body)), "ETag": f'"{self.stamp}-{coding}"'}
            if coding != codings.PLAIN:
                headers["Content-Encoding"] = coding
            self.finished[coding] = Finished(headers, body)
        return self.finished[coding]


@dataclass(frozen=True)
class Stock:
    """One edition's finished pages. Only published paths get in, so it cannot grow without bound."""

    token: UUID | None = None
    paths: frozenset[str] = frozenset()
    fresh: dict[str, Kept] = field(default_factory=dict)
    older: Mapping[str, Kept] = field(default_factory=dict)  # for the hour when the database is away

    def next(self, token: UUID, paths: frozenset[str]) -> "Stock":
        """The stock of a new edition: nothing fresh yet, and older copies only of what is still published."""
        older = {path: kept for path, kept in {**self.older, **self.fresh}.items() if path in paths}
        return Stock(token, paths, {}, older)


class Shelf:
    """Holds the stock and asks every CHECK_EVERY seconds whether there is a new edition. Thread-safe."""

    def __init__(self) -> None:
        self._stock = Stock()
        self._check_after = float("-inf")
        self._checking = threading.Lock()

    def stock(self) -> Stock:
        """What is current. Take it before rendering: a page put into it then is never newer than its token says.

        One thread asks; the others go on with what is known instead of queueing behind a slow database.
        """
        if monotonic() >= self._check_after and self._checking.acquire(blocking=False):
            try:
                self._stock = self._checked()
            finally:
                self._check_after = monotonic() + CHECK_EVERY
                self._checking.release()
        return self._stock

    def _checked(self) -> Stock:
        try:
            token = Edition.objects.values_list("token", flat=True).first()
            if token is None or token == self._stock.token:
                return self._stock
            slugs = Page.objects.published().values_list("slug", flat=True)
            paths = frozenset("/" if slug == HOME else f"/{slug}/" for slug in slugs)
        except Error:  # people must find the crisis lines while the database is away
            return self._stock
        return self._stock.next(token, paths)
