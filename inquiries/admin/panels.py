"""The dashboard's figures in words: each panel is a sentence, a chart, and the table that the chart is drawn from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from clinic.practice.models import Practice
from inquiries import charts
from inquiries.charts import Chart, Item, duration
from inquiries.figures import Measure, Recent
from inquiries.models import Figure, Topic

TIMES = ("Half within", "95 of 100 within")
NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """What a table says at one place, with a link where there is a list to show."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """One question answered; without a chart or a table where there is nothing to show yet."""

    key: str
    title: str
    sentence: str
    chart: Chart | None = None
    head: Sequence[str] = ()
    rows: Sequence[tuple[str, Sequence[Cell]]] = ()


def panels(recent: Recent, practice: Practice) -> list[Panel]:
    """All of them, the gravest first."""
    return [
        acknowledged(recent, practice),
        by_week(recent),
        by_topic(recent),
        by_day(recent),
        by_week_and_topic(recent),
    ]


def acknowledged(recent: Recent, practice: Practice) -> Panel:
    """How soon somebody said that they deal with a crisis or an emergency, beside what we promise."""
    key, title = "acknowledged", "Crises and emergencies: until somebody acknowledged them"
    season, promise = recent.season(Measure.ACKNOWLEDGED), practice.crisis_minutes * charts.MINUTE
    promised = f"We promise to look at a crisis within {duration(promise)}."
    if season is None:
        return Panel(key, title, f"None was acknowledged in the last twelve weeks. {promised}")
    sentence = f"{_pace(season)} in the last twelve weeks. {promised}"
    return _weekly(key, title, sentence, "Acknowledged", recent, Measure.ACKNOWLEDGED, promise)


def by_week(recent: Recent) -> Panel:
    """How soon people got a first reply, week by week."""
    key, title, season = "replied", "First reply, by week", recent.season(Measure.REPLIED)
    if season is None:
        return Panel(key, title, "No first reply was recorded in the last twelve weeks.")
    sentence = f"{_pace(season)} in the last twelve weeks, nights and weekends counted."
    return _weekly(key, title, sentence, "First replies", recent, Measure.REPLIED)


def by_topic(recent: Recent) -> Panel:
    """The same over twelve weeks, topic by topic."""
    key, title = "topics", "First reply, by topic"
    found = [(label, recent.season(Measure.REPLIED, topic)) for topic, label in Topic.choices]
    if not any(figure for _, figure in found):
        return Panel(key, title, "No first reply was recorded in the last twelve weeks.")
    items = [_item(label, label, figure) for label, figure in found]
    chart = charts.rows(items, charts.times, duration)
    rows = [(label, _cells(figure)) for label, figure in found]
    return Panel(key, title, "The last twelve weeks together.", chart, ("Topic", "First replies", *TIMES), rows)


def by_day(recent: Recent) -> Panel:
    """How many came each day."""
    key, title, together = "received", "Inquiries by day", sum(number for _, number in recent.days)
    if not together:
        return Panel(key, title, f"None came in the last {len(recent.days)} days.")
    listed, last = reverse("admin:inquiries_inquiry_changelist"), len(recent.days) - 1
    items = []
    for place, (day, number) in enumerate(recent.days):
        label = "Today" if place == last else _day(day) if (last - place) % 7 == 0 else ""
        items.append(Item(label, f"{_day(day)}: {number:,}", number))
    rows = [
        (f"{day:%A}, {_day(day)}", [Cell(f"{number:,}", f"{listed}?standing=all&since={day}&until={day}")])
        for day, number in reversed(recent.days)
    ]
    sentence = f"{together:,} in the last {len(recent.days)} days, {recent.days[-1][1]:,} of them today so far."
    chart = charts.columns(items, charts.numbers, "{:,}".format)
    return Panel(key, title, sentence, chart, ("Day", "Inquiries"), rows)


def by_week_and_topic(recent: Recent) -> Panel:
    """First replies of each week and topic: too many numbers for a chart."""
    key, title = "grid", "First reply, by week and topic"
    if recent.season(Measure.REPLIED) is None:
        return Panel(key, title, "No first reply was recorded in the last twelve weeks.")
    columns = [recent.weeks(Measure.REPLIED, topic) for topic in Topic.values]
    rows = [
        (_day(monday), [Cell(_short(figure)) for figure in figures])
        for monday, *figures in reversed(list(zip(recent.mondays, *columns, strict=True)))
    ]
    sentence = "How many; half of them within; 95 of 100 within."
    return Panel(key, title, sentence, None, ("Week of", *Topic.labels), rows)


def _weekly(
    key: str, title: str, sentence: str, what: str, recent: Recent, measure: str, promise: int | None = None
) -> Panel:
    weeks = list(zip(recent.mondays, recent.weeks(measure), strict=True))
    # Every second week has its date below: all of them would not fit.
    items = [
        _item(_day(monday) if number % 2 else "", f"Week of {_day(monday)}", figure)
        for number, (monday, figure) in enumerate(weeks)
    ]
    rows = [(_day(monday), _cells(figure)) for monday, figure in reversed(weeks)]
    chart = charts.columns(items, charts.times, duration, promise)
    return Panel(key, title, sentence, chart, ("Week of", what, *TIMES), rows)


def _item(label: str, name: str, figure: Figure | None) -> Item:
    if figure is None:
        return Item(label, f"{name}: none", None)
    return Item(label, f"{name}: {_pace(figure)}", figure.median, figure.slow)


def _pace(figure: Figure) -> str:
    median, slow = _times(figure)
    return f"Half of {figure.counted:,} within {median}, 95 of 100 within {slow}"


def _times(figure: Figure) -> tuple[str, str]:
    return duration(figure.median or 0), duration(figure.slow or 0)


def _cells(figure: Figure | None) -> list[Cell]:
    words: Iterable[str] = (f"{figure.counted:,}", *_times(figure)) if figure else ("0", NOTHING, NOTHING)
    return [Cell(text) for text in words]


def _short(figure: Figure | None) -> str:
    return "; ".join((f"{figure.counted:,}", *_times(figure))) if figure else NOTHING


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"
