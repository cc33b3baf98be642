"""What a handover reaches back to and ahead to, by the clinic's opening hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from clinic.practice import hours
from clinic.practice.days import begins
from clinic.practice.models import Practice

DAY = timedelta(days=1)
LOOK = timedelta(days=14)  # a longer closure is not searched through


@dataclass(frozen=True)
class Shift:
    """Three moments that people at the desk mean by "today", "tomorrow" and "since we were last here"."""

    since: datetime
    closes_at: datetime
    next_day: date


def shift(practice: Practice, now: datetime) -> Shift:
    """The shift that hands over now.

    `since`: the clinic's last closing, and at least 24 hours ago, so that a weekend is in it on Monday morning.
    `closes_at`: today's last closing that lies ahead; on a day that is over or closed, the next open day's.
    `next_day`: the next open day after today. Hours that cannot be read count as closed: then it is midnight, and
    tomorrow.
    """
    zone, today = practice.zone, now.astimezone(practice.zone).date()
    spans = _spans(practice, now - LOOK, now + LOOK)
    closings = [closes for _, closes in spans if closes <= now]
    by_day = {
        (closes - timedelta(microseconds=1)).astimezone(zone).date(): closes for _, closes in spans if closes > now
    }
    later = [day for day in by_day if day > today]
    closes_at = by_day[min(by_day)] if by_day else begins(today + DAY, practice)
    return Shift(
        since=min([now - DAY, *closings[-1:]]),
        closes_at=closes_at.astimezone(UTC),
        next_day=min(later) if later else today + DAY,
    )


def _spans(practice: Practice, start: datetime, end: datetime) -> list[hours.Span]:
    try:
        read = hours.read(practice.opening_hours, practice.holidays_country)
    except hours.UnreadableHours:
        return []
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    return list(hours.open_spans(read, practice.zone, practice.closed_days(), start, end))
