"""Charts as shapes with whole coordinates, for a template to draw. Colours are the sheet's; words are beside them.

A bar is how long half of them took; from its end a line runs to how long 95 of 100 took. Whoever cannot see the chart
has the table behind it, which is made of the same figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
# Marks on an axis of time that people can read at a glance, in seconds.
ROUND_TIMES = [
    *(number * MINUTE for number in (1, 2, 5, 10, 15, 30)),
    *(number * HOUR for number in (1, 2, 3, 6, 12)),
    *(number * DAY for number in (1, 2, 3, 7, 14, 28, 91, 364)),
]
MOST_MARKS = 4
WIDTH = 720
LEAST = 3  # what is not nothing can be seen
# A line that is longer than so many of the longest bar is cut, or one that was forgotten would flatten all others.
LONGEST_LINE = 5


@dataclass(frozen=True)
class Item:
    """One thing to draw: how it is called below the axis, its value, and the one that the line runs to."""

    label: str
    words: str
    value: int | None
    slow: int | None = None


@dataclass(frozen=True)
class Shape:
    """A bar, and the line that runs on from it, as an SVG path; an empty one where there is no line."""

    x: int
    y: int
    width: int
    height: int
    line: str
    words: str


@dataclass(frozen=True)
class Text:
    """Words that stand to the right of a place, to its left or in its middle: "start", "end", "middle"."""

    x: int
    y: int
    side: str
    words: str


@dataclass(frozen=True)
class Chart:
    """A drawing in a box of `width` times `height` units: about one unit for each half pixel on a phone."""

    height: int
    shapes: list[Shape]
    grid: list[str]  # paths
    texts: list[Text]
    promise: str = ""  # the path of the time that we promise
    width: int = WIDTH


def duration(seconds: int) -> str:
    """ "45 s", "12 min", "3 h 20 min", "2 days 4 h": two units, as much as anybody wants to know."""
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min" if seconds < HOUR - MINUTE / 2 else "1 h"
    minutes = round(seconds / MINUTE)
    if minutes < DAY // MINUTE:
        return _two(f"{minutes // 60} h", minutes % 60, "min")
    hours = round(seconds / HOUR)
    days = hours // 24
    return _two(f"{days} day{'s' if days > 1 else ''}", hours % 24, "h")


def _two(first: str, second: int, unit: str) -> str:
    return f"{first} {second} {unit}" if second else first


def columns(
    items: Sequence[Item], axis: Callable[[int], list[int]], say: Callable[[int], str], promise: int | None = None
) -> Chart:
    """Upright bars from left to right; an empty label leaves its place below the axis free."""
    left, right, top, foot = 110, WIDTH - 24, 24, 340
    marks = axis(_most(items, promise or 0))
    step = (right - left) / len(items)
    wide = round(step * 0.64)

    def at(value: int) -> int:
        return foot - (foot - top) * min(value, marks[-1]) // marks[-1]

    texts = [Text(left - 12, at(mark) + 8, "end", say(mark) if mark else "0") for mark in marks]
    shapes = []
    for number, item in enumerate(items):
        middle = round(left + (number + 0.5) * step)
        if item.label:
            texts.append(Text(middle, foot + 36, "middle", item.label))
        if item.value:
            y = min(at(item.value), foot - LEAST)
            line = f"M{middle} {y}V{at(item.slow)}m-9 {_end(item, marks, '0h18', '12l9-12l9 12')}" if item.slow else ""
            shapes.append(Shape(middle - wide // 2, y, wide, foot - y, line, item.words))
    grid = [f"M{left} {at(mark)}H{right}" for mark in marks]
    return Chart(foot + 52, shapes, grid, texts, "" if promise is None else f"M{left} {at(promise)}H{right}")


def rows(items: Sequence[Item], axis: Callable[[int], list[int]], say: Callable[[int], str]) -> Chart:
    """Lying bars from top to bottom, each with its label above."""
    left, right, step, thick = 4, WIDTH - 70, 68, 24
    marks = axis(_most(items))
    foot = step * len(items) + 8

    def at(value: int) -> int:
        return left + (right - left) * min(value, marks[-1]) // marks[-1]

    texts = [Text(at(mark), foot + 32, "middle" if mark else "start", say(mark) if mark else "0") for mark in marks]
    shapes = []
    for number, item in enumerate(items):
        y = number * step + 34
        texts.append(Text(left + 8, y - 10, "start", item.label))
        if item.value:
            end = max(at(item.value), left + LEAST)
            line = (
                f"M{end} {y + thick // 2}H{at(item.slow)}m{_end(item, marks, '0-9v18', '-12-9l12 9l-12 9')}"
                if item.slow
                else ""
            )
            shapes.append(Shape(left, y, end - left, thick, line, item.words))
    return Chart(foot + 44, shapes, [f"M{at(mark)} 0V{foot}" for mark in marks], texts)


def _most(items: Sequence[Item], promise: int = 0) -> int:
    """How far the axis reaches: to the longest line, unless that would leave nothing to see of the bars."""
    longest = max([promise, *(item.value or 0 for item in items)])
    return min(max([longest, *(item.slow or 0 for item in items)]), longest * LONGEST_LINE)


def _end(item: Item, marks: Sequence[int], stop: str, arrow: str) -> str:
    """A line ends with a stop; one that was cut, with an arrow."""
    return arrow if (item.slow or 0) > marks[-1] else stop


def times(most: int) -> list[int]:
    """Marks from nothing to at least `most` seconds, in steps that are round for times."""
    step = next((step for step in ROUND_TIMES if step * MOST_MARKS >= most), most // MOST_MARKS + 1)
    return _marks(step, most)


def numbers(most: int) -> list[int]:
    """The same for how many: steps of 1, 2, 5, 10, 20, 50 …"""
    steps = (first * 10**zeros for zeros in range(10) for first in (1, 2, 5))
    return _marks(next(step for step in steps if step * MOST_MARKS >= most), most)


def _marks(step: int, most: int) -> list[int]:
    return [step * number for number in range(max(1, -(-most // step)) + 1)]
