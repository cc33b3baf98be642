"""The triage list and the page of one inquiry, with few and with many inquiries in the table."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.effort import Effort, say
from benchmarks.load import HOST, WrongAnswer
from benchmarks.table import Line
from benchmarks.throwaway import Server
from clinic.staff.models import StaffUser
from inquiries import references

LIST = "/admin/inquiries/inquiry/"
# A prime, so that references are all different and lie in no order, as the real ones do.
STEP = 9_999_991
TABLE = "inquiries_inquiry"

# Of every hundred: two new and one open (these wait for us), one waits on the patient, one is quarantined, the rest
# are done. What waits came within the last days; the rest over two years. Every constraint is checked.
GENERATE = f"""
    INSERT INTO {TABLE} (
        reference, submission_key, received_at, topic, writing_for, message, name, reply_by, email, phone,
        voicemail_ok, contact_times, language, status, urgency, due_at, owner_id, waiting_until, outcome,
        closed_at, closed_by_id, version, sample)
    SELECT reference, gen_random_uuid(), received_at,
        (ARRAY['treatment', 'appointment', 'billing', 'referral', 'other'])[1 + n %% 5], 'self',
        'I have felt low for about a year and wonder whether the injections could help me. Question ' || n,
        'Person ' || n, 'email', 'person' || n || '@example.org', '', false, '', 'en', status,
        CASE WHEN n %% 1000 = 0 THEN 'crisis' WHEN n %% 500 = 1 THEN 'emergency' ELSE 'routine' END,
        received_at + interval '1 day',
        CASE WHEN status IN ('open', 'waiting', 'done') THEN %(staff)s END,
        CASE WHEN status = 'waiting' THEN current_date + 7 END,
        CASE WHEN status = 'done' THEN 'answered' ELSE '' END,
        CASE WHEN status = 'done' THEN received_at + interval '5 hours' END,
        CASE WHEN status = 'done' THEN %(staff)s END,
        1, false
    FROM (
        SELECT n, {
    " || ".join(
        f"substr('{references.ALPHABET}', 1 + (n * {STEP} / {len(references.ALPHABET) ** place} "
        f"%% {len(references.ALPHABET)})::int, 1)"
        for place in range(references.LENGTH)
    )
} AS reference,
        now() - CASE WHEN n %% 100 < 3 THEN n %% 2880 ELSE n %% 1051200 END * interval '1 minute' AS received_at,
        CASE n %% 100 WHEN 0 THEN 'new' WHEN 1 THEN 'new' WHEN 2 THEN 'open' WHEN 3 THEN 'waiting'
            WHEN 4 THEN 'quarantined' ELSE 'done' END AS status
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    ) AS made
"""
LIST_SQL = f"""
    SELECT i.id, i.reference, i.urgency, i.due_at, i.topic, i.status, i.received_at, i.sample, s.email
    FROM {TABLE} i LEFT JOIN staff_staffuser s ON s.id = i.owner_id
    WHERE i.status IN ('new', 'open') ORDER BY i.pinned DESC, i.due_at, i.id LIMIT 50
"""
PAGE_SQL = f"SELECT * FROM {TABLE} WHERE id = %(id)s"


@dataclass(frozen=True)
class Timed:
    """One page at one size of the table: milliseconds of each visit, and of each raw query for the same rows."""

    name: str
    size: int
    queries: int
    page: list[float]
    sql: list[float]

    def lines(
        self, beside: "Timed | None" = None, at_most: float | None = None, below_ms: float | None = None
    ) -> list[Line]:
        """For the table; the targets are for the page, as a ratio and in milliseconds."""
        ratios = [median(self.page) / median(beside.page)] if beside else []
        what = f"{self.name}, {self.size:,} inquiries ({self.queries} queries)"
        compared = f"{beside.size:,} inquiries" if beside else ""
        return [
            Line(what, self.page, "ms", beside=compared, ratios=ratios, at_most=at_most, below_ms=below_ms),
            Line("  raw SQL for the same rows", self.sql, "ms"),
        ]


def measure(site: Server, effort: Effort) -> list[Line]:
    """The two pages at two sizes."""
    desk = Desk(site.port, effort.repeats)
    lists, pages = [], []
    for size in (effort.few, effort.many):
        say(f"Filling the table up to {size:,} inquiries ...")
        say(f"... {desk.grow_to(size):.0f} seconds")
        lists.append(desk.time_list())
        pages.append(desk.time_page())
    return [
        *lists[0].lines(),
        *lists[1].lines(lists[0], at_most=1.5, below_ms=60),
        *pages[0].lines(),
        *pages[1].lines(pages[0]),
    ]


class Desk:
    """A signed-in member of staff, looking at the site over HTTP."""

    def __init__(self, port: int, repeats: int) -> None:
        self.port = port
        self.repeats = repeats
        self.staff = StaffUser.objects.create_superuser("bench@example.org", "signs in without typing it")
        self.client = Client(SERVER_NAME=HOST)
        self.client.force_login(self.staff)
        self.size = 0

    def grow_to(self, size: int) -> float:
        """Fill the table up to `size` inquiries; the seconds it took. Leaves it as autovacuum would.

        No history is written for them: the trigger would double the time, and neither page reads it.
        """
        started = time.perf_counter()
        with connection.cursor() as cursor:
            if not self.size:
                cursor.execute(f"TRUNCATE {TABLE} CASCADE")
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
            cursor.execute(GENERATE, {"first": self.size + 1, "last": size, "staff": self.staff.pk})
            cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
            cursor.execute(f"VACUUM (ANALYZE) {TABLE}")
        self.size = size
        return time.perf_counter() - started

    def time_list(self) -> Timed:
        """The list as it opens."""
        return self._time("triage list", LIST, LIST_SQL, {})

    def time_page(self) -> Timed:
        """The page of one inquiry that waits for us."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(id) FROM {TABLE} WHERE status = 'new'")
            newest = cursor.fetchone()[0]
        return self._time("one inquiry", f"{LIST}{newest}/change/", PAGE_SQL, {"id": newest})

    def _time(self, name: str, path: str, sql: str, values: dict[str, Any]) -> Timed:
        with CaptureQueriesContext(connection) as queries:
            self.client.get(path)

        def select() -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                cursor.fetchall()

        with self._visit(path) as visit:
            return Timed(name, self.size, len(queries), self._repeat(visit), self._repeat(select))

    @contextmanager
    def _visit(self, path: str) -> Iterator[Callable[[], None]]:
        name = settings.SESSION_COOKIE_NAME
        headers = {"Cookie": f"{name}={self.client.cookies[name].value}"}
        kept = HTTPConnection(HOST, self.port, timeout=30)

        def visit() -> None:
            kept.request("GET", path, headers=headers)
            response = kept.getresponse()
            response.read()
            if response.status != 200:
                raise WrongAnswer(f"{path} answered {response.status}")

        try:
            yield visit
        finally:
            kept.close()

    def _repeat(self, act: Callable[[], None]) -> list[float]:
        """Milliseconds of each of `repeats` times, one after the other, after enough to warm every worker."""
        for _ in range(max(2, self.repeats // 4)):
            act()
        return [_milliseconds(act) for _ in range(self.repeats)]


def _milliseconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000
