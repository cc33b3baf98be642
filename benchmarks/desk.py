"""The pages of the triage desk with few and with many inquiries in the table, beside Django's own admin."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import crowd
from benchmarks.effort import Effort, say
from benchmarks.few import DATABASE
from benchmarks.load import HOST, WrongAnswer
from benchmarks.table import Line
from benchmarks.throwaway import Server, Servers, one_more
from clinic.staff.models import StaffUser
from inquiries.admin.standing import STANDINGS

LIST = "/admin/inquiries/inquiry/"
STOCK = "/stock/inquiries/inquiry/"


@dataclass(frozen=True)
class Page:
    """Something that staff look at: by its address, or by sending words to it and following where that leads."""

    name: str
    path: str
    words: str = ""
    stock: bool = False


@dataclass(frozen=True)
class Timed:
    """One page at one size of the table: milliseconds of each visit."""

    page: Page
    size: int
    queries: int
    visits: list[float] = field(default_factory=list)

    def line(self, beside: "Timed | None" = None) -> Line:
        """For the table. Ours have targets: a ratio, milliseconds, and how often it asks."""
        what = f"{self.page.name}, {self.size:,} inquiries" + (f" ({self.queries} queries)" if self.queries else "")
        if self.page.stock or not beside:
            return Line(what, self.visits, "ms")
        ratios = [mine / theirs for mine, theirs in zip(self.visits, beside.visits, strict=True)]
        return Line(
            *(what, self.visits, "ms"), beside=f"{beside.size:,} inquiries", ratios=ratios,
            at_most=1.5, below_ms=80, most_queries=15, queries=self.queries,
        )  # fmt: skip


def measure(servers: Servers, effort: Effort, folder: Path) -> list[Line]:
    """Every page at two sizes, visited in turns, so that a slow moment of the machine hits both."""
    desk = Desk()
    desk.grow_to(effort.few)
    few = desk.pages()
    crowd.copy(DATABASE)
    desk.grow_to(effort.many)
    many = desk.pages()
    with one_more(folder, "benchmarks.few.wsgi:application") as small:
        for pair in zip(few, many, strict=True):
            if pair[0].page.stock:
                desk.visit([(pair[1], servers.stock)], effort.stock_repeats)
            else:
                desk.visit([(pair[0], small), (pair[1], servers.site)], effort.repeats)
    return [
        line
        for little, much in zip(few, many, strict=True)
        for line in ([much.line()] if much.page.stock else [little.line(), much.line(little)])
    ]


class Desk:
    """A signed-in member of staff, looking at the site over HTTP."""

    def __init__(self) -> None:
        self.staff = StaffUser.objects.create_superuser("bench@example.org", "signs in without typing it")
        self.client = Client(SERVER_NAME=HOST)
        self.client.force_login(self.staff)
        self.client.get(LIST)  # whose forms need a second cookie
        self.size = 0

    def grow_to(self, size: int) -> None:
        """Fill the table up to `size` inquiries."""
        say(f"Filling the table up to {size:,} inquiries ...")
        started = time.perf_counter()
        crowd.fill(self.size + 1, size, self.staff.pk)
        self.size = size
        say(f"... {time.perf_counter() - started:.0f} seconds")

    def pages(self) -> list[Timed]:
        """What is to be timed, with how often each asks the database.

        The newest inquiry that waits for us is the one that is opened, and looked for by email and phone.
        """
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(id) FROM {crowd.TABLE} WHERE status = 'new'")
            (newest,) = cursor.fetchone()
            cursor.execute(f"SELECT email, phone FROM {crowd.TABLE} WHERE id = %s", [newest])
            email, phone = cursor.fetchone()
        first, last = crowd.FIRST_NAME.lower(), crowd.LAST_NAME.lower()
        searches = {
            "name": f"{first} {last}",
            "partly typed and misspelt name": f"{first[:3]} {last[:-1]}s",
            "email": email,
            "phone": phone,
            "two words": "headache sertraline",
            "word in half of all messages": "treatment",
        }
        tabs = [Page(f"tab {standing.label}", f"{LIST}?standing={word}") for word, standing in STANDINGS.items()]
        pages = [
            Page("dashboard", "/admin/"),
            *tabs,
            Page("one inquiry", f"{LIST}{newest}/change/"),
            *(Page(f"search by {what}", f"{LIST}search/", words) for what, words in searches.items()),
            Page("Django's own list", STOCK, stock=True),
            *(
                Page(f"Django's own search by {what}", f"{STOCK}?{urlencode({'q': searches[what]})}", stock=True)
                for what in ("name", "email", "two words")
            ),
        ]
        return [Timed(page, self.size, self._queries(page)) for page in pages]

    def visit(self, pages: "list[tuple[Timed, Server]]", repeats: int) -> None:
        """Note how long each of `repeats` visits takes, the pages in turns, after enough to warm every worker."""
        with ExitStack() as stack:
            visits = [(timed, stack.enter_context(self._visit(timed.page, server))) for timed, server in pages]
            for turn in range(-max(1, repeats // 4), repeats):
                for timed, visit in visits:
                    took = _milliseconds(visit)
                    if turn >= 0:
                        timed.visits.append(took)

    def _queries(self, page: Page) -> int:
        """How often the page asks the database."""
        if page.stock:
            return 0
        for _ in range(2):  # the first visit fills what this process keeps
            with CaptureQueriesContext(connection) as queries:
                if page.words:
                    self.client.post(page.path, {"q": page.words}, follow=True)
                else:
                    self.client.get(page.path)
        return len(queries)

    @contextmanager
    def _visit(self, page: Page, server: Server) -> Iterator[Callable[[], None]]:
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        cookies = {name: self.client.cookies[name].value for name in names}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = urlencode({"q": page.words, "csrfmiddlewaretoken": cookies[settings.CSRF_COOKIE_NAME]})
        kept = HTTPConnection(HOST, server.port, timeout=120)

        def visit() -> None:
            path = page.path
            if page.words:
                kept.request("POST", path, body, {**headers, "Content-Type": "application/x-www-form-urlencoded"})
                answer = kept.getresponse()
                answer.read()
                path = answer.headers.get("Location", path)
            kept.request("GET", path, headers=headers)
            answer = kept.getresponse()
            answer.read()
            if answer.status != 200:
                raise WrongAnswer(f"{page.name} answered {answer.status}")

        try:
            yield visit
        finally:
            kept.close()


def _milliseconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000
