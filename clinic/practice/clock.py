"""What we promise: the moment a reply is due, and the words for it.

Every promised time in the product comes from here.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from django.utils import dateformat, translation

from clinic.practice import hours

if TYPE_CHECKING:
    from clinic.practice.models import Practice

logger = logging.getLogger(__name__)
# The search ends here: a promise further away than a year is none.
FARTHEST = timedelta(days=366)
MINUTE = timedelta(minutes=1)
Lines = tuple[tuple[str, str], ...]


class CannotPromise(Exception):
    """The opening hours do not add up to the reply target within a year."""


def due_at(practice: "Practice", received_at: datetime, urgency: str) -> datetime:
    """When a reply to an inquiry received then is due, in UTC.

    "crisis" and "emergency" run on the wall clock. "routine" counts the reply target in opening time: the sum of the
    seconds the clinic is open after `received_at`, rounded up to a whole minute. Settings that cannot be read, or that
    never reach the target, must not cost a patient their message: then the target is counted on the wall clock, too,
    and the log says so. Raises KeyError for another urgency and ValueError for a moment without a time zone.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a time zone")
    received_at = received_at.astimezone(UTC)
    minutes = {"crisis": practice.crisis_minutes, "emergency": practice.emergency_minutes, "routine": None}[urgency]
    if minutes is not None:
        return received_at + minutes * MINUTE
    target = timedelta(hours=practice.reply_target_hours)
    try:
        return _whole_minute(after_open_time(practice, received_at, target, practice.closed_days()))
    except (CannotPromise, hours.UnreadableHours):
        logger.exception("Opening hours cannot be used: counting the reply target on the wall clock")
        return _whole_minute(received_at + target)


def after_open_time(
    practice: "Practice", start: datetime, target: timedelta, closures: Sequence[hours.Closed]
) -> datetime:
    """The earliest moment at which the clinic has been open for `target` since `start` (both in UTC).

    Raises CannotPromise when that takes more than a year, and UnreadableHours.
    """
    read = hours.read(practice.opening_hours, practice.holidays_country)
    for opens, closes in hours.open_spans(read, practice.zone, closures, start, start + FARTHEST):
        if closes - opens >= target:
            return opens + target
        target -= closes - opens
    raise CannotPromise


def in_words(moment: datetime, practice: "Practice", now: datetime | None = None, *, language: str = "en") -> str:
    """The moment as the clinic's wall clock shows it: "Tuesday 24 November, 11:00 am", "martes 24 de noviembre, …".

    The year is added when it is not the year of `now` (default: the present). Midnight is said with the day it ends,
    because that is what people expect of a time by which something happens.
    """
    local = moment.astimezone(practice.zone)
    midnight = (local.hour, local.minute) == (0, 0)
    day = local - hours.DAY if midnight else local
    this_year = day.year == (now or datetime.now(UTC)).astimezone(practice.zone).year
    if language == "es":
        return _in_spanish(local, day, midnight, "" if this_year else f" de {day.year}")
    year = "" if this_year else f" {day.year}"
    return f"{'the end of ' if midnight else ''}{day:%A} {day.day} {day:%B}{year}, {time_in_words(local)}"


def _in_spanish(local: datetime, day: datetime, midnight: bool, year: str) -> str:
    with translation.override("es"):
        words = dateformat.format(day, r"l j \d\e F") + year
    if local.minute == 0 and local.hour in (0, 12):
        return f"{words}, 12:00 de la medianoche" if midnight else f"{words}, 12:00 del mediodía"
    return f"{words}, {local.hour % 12 or 12}:{local:%M} {'a. m.' if local.hour < 12 else 'p. m.'}"


def time_in_words(moment: datetime) -> str:
    """ "9:00 am"; twelve o'clock says which one, because many people mix up 12 am and 12 pm."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "12:00 noon" if moment.hour else "12:00 midnight"
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"


def opening_lines(practice: "Practice", today: date | None = None) -> Lines:
    """This week's hours for the foot of a page: ("Monday to Friday", "9:00 am to 5:00 pm"), ("Saturday …", "Closed").

    Public holidays get a line of their own if they differ from the same weekday otherwise. Hours that cannot be read
    give no lines.
    """
    today = today or datetime.now(practice.zone).date()
    try:
        return _lines(practice.opening_hours, practice.holidays_country, today)
    except hours.UnreadableHours:
        return ()


@lru_cache(maxsize=64)
def _lines(text: str, country: str, today: date) -> Lines:
    usual, with_holidays, holidays = hours.read(text, None), hours.read(text, country), hours.read("PH", country)
    monday = today - timedelta(days=today.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]
    lines = _days_with_equal_hours([(f"{day:%A}", _windows_in_words(hours.windows(usual, day))) for day in week])
    for number in range(FARTHEST.days):
        day = today + timedelta(days=number)
        if hours.windows(holidays, day):
            words = _windows_in_words(hours.windows(with_holidays, day))
            if words != _windows_in_words(hours.windows(usual, day)):
                return *lines, ("Public holidays", words)
    return tuple(lines)


def _windows_in_words(windows: list[hours.Span]) -> str:
    if not windows:
        return "Closed"
    if windows[0][1] - windows[0][0] == hours.DAY:
        return "All day"
    return ", ".join(f"{time_in_words(opens)} to {time_in_words(closes)}" for opens, closes in windows)


def _days_with_equal_hours(days: list[tuple[str, str]]) -> list[tuple[str, str]]:
    lines = []
    for words, run in groupby(days, key=itemgetter(1)):
        names = [name for name, _ in run]
        lines.append((f"{names[0]} to {names[-1]}" if len(names) > 2 else " and ".join(names), words))
    return lines


def _whole_minute(moment: datetime) -> datetime:
    """Rounded up: what the page shows in minutes is then exactly what is stored."""
    return moment + (datetime.min.replace(tzinfo=UTC) - moment) % MINUTE
