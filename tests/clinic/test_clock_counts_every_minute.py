"""The promised time against the dullest possible answer: look at the wall clock once a minute and count."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from clinic.practice import clock
from clinic.practice.models import Practice

MINUTE = timedelta(minutes=1)
ZONES = [
    "America/New_York",
    "America/Phoenix",  # no daylight saving
    "America/Havana",  # changes at midnight
    "Atlantic/Azores",  # the clock goes back to midnight
    "Africa/Casablanca",  # changes twice for Ramadan
    "Europe/London",
    "Asia/Kathmandu",  # 5:45 from UTC
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Auckland",
]
TEXTS = [
    "24/7",
    "Mo-Fr 09:00-17:00; PH off",
    "Mo-Fr 08:30-12:00,13:15-17:00; Sa 10:00-13:00",
    "Mo-Su 00:00-24:00; Su off",
    "Mo-Su 20:00-02:30",
    "Fr 20:00-02:00; PH off",
    "00:15-00:45,01:15-01:45,02:10-03:20",
    "Su 00:30-03:10; Mo-Sa 23:00-01:15",
    "Mar-Oct Mo-Fr 09:00-18:00; Nov-Feb Mo-Fr 10:00-16:00; Dec 24-26 off",
    "Mo-Fr 09:00-17:00 unknown; Sa 10:00-14:00",
    "Mo-Fr 09:00-17:00 || unknown",
]


def clock_changes(zone: str) -> list[datetime]:
    """The hours of 2026 in which the zone's offset changes; the new year if it has none."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(366 * 24)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    changes = [hours[i] for i in range(len(hours) - 1) if offsets[i] != offsets[i + 1]]
    return changes or [hours[0]]


CHANGES = {zone: clock_changes(zone) for zone in ZONES}


@st.composite
def moments(draw: st.DrawFn, zone: str) -> datetime:
    """A whole minute in 2026; most often within three days of a clock change, where mistakes live."""
    if draw(st.integers(0, 3)):
        return draw(st.sampled_from(CHANGES[zone])) + draw(st.integers(-3 * 1440, 3 * 1440)) * MINUTE
    return datetime(2026, 1, 1, tzinfo=UTC) + draw(st.integers(0, 365 * 1440)) * MINUTE


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, datetime, int, list[tuple[date, date]]]:
    """A zone, hours, a moment, a target in minutes, and closures near the moment."""
    zone, text = draw(st.sampled_from(ZONES)), draw(st.sampled_from(TEXTS))
    start = draw(moments(zone))
    closures = []
    for _ in range(draw(st.integers(0, 2))):
        first = start.date() + timedelta(days=draw(st.integers(-3, 6)))
        closures.append((first, first + timedelta(days=draw(st.integers(0, 3)))))
    return zone, text, start, draw(st.integers(1, 16 * 60)), closures


def count_minutes(zone: str, text: str, start: datetime, target: int, closures: list[tuple[date, date]]) -> datetime:
    """Look at the wall clock at the start of each minute; open minutes count; the last one ends the wait."""
    hours = OpeningHours(text, country="US")
    moment = start
    while target:
        wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        closed = any(first <= wall.date() <= last for first, last in closures)
        target -= not closed and hours.is_open(wall)
        moment += MINUTE
    return moment


@given(cases())
@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@example(("America/New_York", TEXTS[6], datetime(2026, 11, 1, 4, 0, tzinfo=UTC), 120, []))
@example(("America/New_York", TEXTS[6], datetime(2026, 3, 8, 5, 0, tzinfo=UTC), 120, []))
@example(("Australia/Lord_Howe", TEXTS[6], datetime(2026, 4, 4, 13, 0, tzinfo=UTC), 120, []))
@example(("America/New_York", TEXTS[10], datetime(2026, 11, 20, 21, 0, tzinfo=UTC), 120, []))
def test_the_promise_is_what_a_person_counting_minutes_finds(case):
    zone, text, start, target, closures = case
    practice = Practice(timezone=zone, opening_hours=text)

    due = clock.after_open_time(practice, start, target * MINUTE, closures)

    assert due == count_minutes(zone, text, start, target, closures)


@given(cases(), st.integers(0, 3 * 24 * 3600), st.integers(0, 999_999))
@settings(max_examples=200, derandomize=True, deadline=None, database=None)
def test_who_writes_later_is_never_promised_an_earlier_reply(case, seconds, microseconds):
    zone, text, start, target, closures = case
    practice = Practice(timezone=zone, opening_hours=text)
    later = start + timedelta(seconds=seconds, microseconds=microseconds)

    first, second = (clock.after_open_time(practice, moment, target * MINUTE, closures) for moment in (start, later))

    assert first <= second
