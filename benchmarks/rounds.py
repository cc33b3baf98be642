"""The requests of each kind, in turns: every round measures all kinds, so that a slow moment hits all."""

from dataclasses import dataclass, field

from benchmarks import traffic
from benchmarks.effort import Effort, say
from benchmarks.load import send
from benchmarks.table import Line
from benchmarks.throwaway import Server, Servers
from benchmarks.traffic import FORM, PAGE

BARE, INSERT, INQUIRY = "/bare/", "/bare/insert/", "/bare/inquiry/"


@dataclass
class Kind:
    """One kind of request, and what the rounds gave for it."""

    name: str
    server: Server
    make: traffic.Maker
    status: int = 200
    answers: int = 0
    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def burst(self, seconds: float, most: int) -> None:
        """Send for that long, or that many, and note how it went."""
        cpu = self.server.cpu_seconds()
        burst = send(self.server.port, self.make, status=self.status, seconds=seconds, most=most)
        self.answers += burst.answers
        self.per_second.append(burst.per_second)
        self.cpu_ms.append((self.server.cpu_seconds() - cpu) * 1000 / burst.answers)

    def line(self, beside: "Kind | None" = None, at_least: float | None = None, name: str = "") -> Line:
        """For the table. The ratio is taken round by round."""
        pairs = zip(self.per_second, beside.per_second, strict=True) if beside else ()
        return Line(
            name or self.name,
            self.per_second,
            "/s",
            cpu=self.cpu_ms,
            beside=beside.name if beside else "",
            ratios=[mine / theirs for mine, theirs in pairs],
            at_least=at_least,
        )


def measure(servers: Servers, effort: Effort) -> list[Line]:
    """All kinds of requests. Raises SystemExit when the database does not hold every question that was posted."""
    site, bare, dressed = servers.site, servers.bare, servers.dressed
    form = site.port
    constant = Kind("bare view", bare, traffic.get(bare.port, BARE))
    constant_dressed = Kind("bare view + site's middleware", dressed, traffic.get(dressed.port, BARE))
    page = Kind(f"content page {PAGE}", site, traffic.get(site.port, PAGE, **traffic.BROWSER))
    unchanged = Kind("content page, unchanged (304)", site, traffic.get_unchanged(site.port, PAGE), 304)
    ask = Kind("form page", site, traffic.get(site.port, FORM))
    insert = Kind("bare insert view", bare, traffic.post(bare.port, INSERT, form))
    insert_dressed = Kind("bare insert view + site's middleware", dressed, traffic.post(dressed.port, INSERT, form))
    row = Kind("bare insert view of an inquiry's row", dressed, traffic.post(dressed.port, INQUIRY, form))
    post = Kind("form POST", site, traffic.post(site.port, FORM, form), 303)
    _take_turns([constant, constant_dressed, page, unchanged, ask, insert, insert_dressed, row, post], effort)
    _require_kept(row.answers + post.answers)
    return [
        constant.line(),
        constant_dressed.line(constant),
        page.line(constant, at_least=0.6),
        unchanged.line(constant, at_least=0.7),
        ask.line(constant),
        insert.line(),
        insert_dressed.line(insert),
        row.line(insert),
        post.line(row, at_least=0.35),
        post.line(insert_dressed, name="  the same"),
        post.line(insert, name="  the same"),
    ]


def _take_turns(kinds: list[Kind], effort: Effort) -> None:
    for kind in kinds:
        if effort.warm_up:
            kind.burst(seconds=10, most=effort.warm_up)
            kind.per_second.clear()
            kind.cpu_ms.clear()
    for number in range(effort.rounds):
        say(f"Round {number + 1} of {effort.rounds} ...")
        for kind in kinds:
            kind.burst(effort.seconds, effort.most)


def _require_kept(posted: int) -> None:
    from inquiries.models import Inquiry

    kept = Inquiry.objects.count()
    if posted != kept:
        raise SystemExit(f"{posted:,} questions were answered with 303, but {kept:,} are in the database")
    say(f"{posted:,} questions posted, {kept:,} kept.")
