"""When the clinic is open. The text staff type is read by the opening-hours library; nothing here parses it.

Open means: the clock on the clinic's wall shows a time inside the written hours, and the day is no closure.
So on the two daylight-saving days a night shift is as long as it really lasts.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # its stubs leave the errors out
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

Span = tuple[datetime, datetime]
Closed = tuple[date, date]  # first and last day
DAY = timedelta(days=1)


class UnreadableHours(ValueError):
    """The text is not in OpenStreetMap's syntax from `column` on (counted from 0), or the country is unknown."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        place = re.search(r"--> 1:(\d+)", message)
        self.column = int(place[1]) - 1 if place else 0


@lru_cache(maxsize=64)
def read(text: str, country: str | None) -> OpeningHours:
    """The hours written in `text`; `country` says which days are public holidays ("PH").

    Raises UnreadableHours. Every submit needs this and it depends on its arguments alone, so each process keeps what
    it has read.
    """
    try:
        return OpeningHours(text, country=country)
    except (ParserError, UnknownCountryError) as error:
        raise UnreadableHours(str(error)) from error


def windows(hours: OpeningHours, day: date) -> list[Span]:
    """The open times of one day as the clinic's wall clock shows them, from midnight to midnight.

    "unknown" in the text counts as closed: a promise may rest only on hours that are certain. We ask for one day at
    a time because over longer stretches the library can miss openings in texts that use `||`.
    """
    midnight = datetime.combine(day, time.min)
    found = hours.intervals(midnight, midnight + DAY)
    return [(start, end) for start, end, state, _ in found if state == State.OPEN]


def open_spans(
    hours: OpeningHours, zone: ZoneInfo, closures: Sequence[Closed], start: datetime, end: datetime
) -> Iterator[Span]:
    """The open times from `start` on, in order; `start` and the answers are in UTC. No day begins after `end`.

    We walk in stretches that end at local midnight or where the clocks change, so that within a stretch wall clock and
    UTC differ by a constant. The library's own conversion moves an opening in the repeated hour of November.
    """
    while start < end:
        local = start.astimezone(zone)
        offset = local.utcoffset() or timedelta()
        wall = local.replace(tzinfo=None, fold=0)
        midnight = datetime.combine(wall.date(), time.min) + DAY
        until = _before_clock_change(start, start + (midnight - wall), zone, offset)
        if not any(first <= wall.date() <= last for first, last in closures):
            for opens, closes in windows(hours, wall.date()):
                opens_at = max(start, start + (opens - wall))
                closes_at = min(until, start + (closes - wall))
                if opens_at < closes_at:
                    yield opens_at, closes_at
        start = until


def _before_clock_change(start: datetime, until: datetime, zone: ZoneInfo, offset: timedelta) -> datetime:
    """`until`, or the moment before it at which the zone leaves this offset from UTC."""
    if until.astimezone(zone).utcoffset() == offset:
        return until
    before, after = start, until
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
