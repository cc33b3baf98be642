"""One row for each trial: how far the average score fell with the toxin, and how far with the dummy.

The rows stand under each other on one scale, as in a forest plot, but without its lines for the margin of error: the
summaries of these trials give none, and we do not work one out.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import Any, Self

from clinic.pages.pictures.place import Place

LARGEST = 28  # radius of the circle of the trial with most people, in pixels
MARKS = {
    "toxin": '<circle cx="{x}" cy="50%" r="8" class="is-toxin"/>',
    # A square on its corner, moved by percent: a path could not, and rotating would need a style.
    "dummy": '<svg x="{x}" y="50%" overflow="visible"><path d="M0-8L8 0L0 8L-8 0z" class="is-dummy"/></svg>',
}
SPOKEN = {"toxin": "the toxin", "dummy": "a dummy injection"}


@dataclass(frozen=True)
class Arm:
    """What one group got: the fall of its average score in percent; `half` says whose score fell by half or more."""

    given: str
    fell: float
    key: str
    half: str = ""
    when: str = ""

    @property
    def label(self) -> str:
        """Short name: toxin first, dummy."""
        return f"{self.given} {self.when}".strip()


@dataclass(frozen=True)
class Trial:
    """One trial; without arms if its summary gives no percentage."""

    name: str
    key: str
    people: int
    who: str
    verdict: str
    found: str
    arms: list[Arm] = field(default_factory=list)


@dataclass(frozen=True)
class Forest:
    """All trials on one `scale`, whose last mark is the right edge."""

    title: str
    lead: str
    measure: str
    scale: list[int]
    missing: str
    trials: list[Trial]
    notes: list[str]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Raises TypeError for a name that is unknown or missing."""
        trials = [Trial(**trial | {"arms": [Arm(**arm) for arm in trial.get("arms", [])]}) for trial in data["trials"]]
        return cls(**data | {"trials": trials})

    def draw(self, place: Place) -> str:
        """The figure: the rows, the notes, and all figures again as a table."""
        rows = "".join(self._row(trial, place) for trial in self.trials)
        chart = f'{self._legend()}<ol class="forest">\n{rows}</ol>\n'
        parts = [place.head(self.title, self.lead), chart, place.notes(self.notes), self._table(place)]
        return place.figure("forest", "".join(parts))

    def _legend(self) -> str:
        marks = "".join(
            f'<span><svg class="mark">{MARKS[given].format(x="50%")}</svg> with {words}</span> '
            for given, words in SPOKEN.items()
        )
        ticks = "".join(f'<text x="{self._at(tick)}" y="1em">{tick}%</text>' for tick in self.scale)
        return (
            f'<p class="picture__legend" aria-hidden="true">{marks}</p>\n'
            f'<div class="forest__scale"><p>{self.measure}</p><svg aria-hidden="true">{ticks}</svg></div>\n'
        )

    def _at(self, percent: float) -> str:
        return f"{percent / self.scale[-1]:.1%}"

    def _row(self, trial: Trial, place: Place) -> str:
        radius = LARGEST * sqrt(trial.people / max(other.people for other in self.trials))  # area shows people
        return (
            f'<li class="trial">\n<svg class="trial__size" aria-hidden="true">'
            f'<circle cx="50%" cy="50%" r="{radius:.1f}"/></svg>\n'
            f'<p class="trial__name"><strong>{trial.name}</strong>{place.cite(trial.key)}<br>'
            f"{trial.people} people, {place.words(trial.who)}</p>\n{self._track(trial)}"
            f'<p class="trial__found"><strong>{trial.verdict}.</strong> {place.words(trial.found)}</p>\n</li>\n'
        )

    def _track(self, trial: Trial) -> str:
        if not trial.arms:
            return f'<p class="trial__missing">{self.missing}</p>\n'
        lines = "".join(f'<line x1="{self._at(tick)}" x2="{self._at(tick)}" y2="100%"/>' for tick in self.scale)
        ends = [self._at(edge(arm.fell for arm in trial.arms)) for edge in (min, max)]
        marks = "".join(self._mark(arm) for arm in trial.arms)
        said = f"{self.measure}: {_listed(trial)}."
        return (
            f'<svg class="trial__track" role="img" aria-label="{said}"><g aria-hidden="true">{lines}'
            f'<line class="is-gap" x1="{ends[0]}" x2="{ends[1]}" y1="50%" y2="50%"/>{marks}</g></svg>\n'
        )

    def _mark(self, arm: Arm) -> str:
        x, y = self._at(arm.fell), "100%" if arm.when == "second" else "1em"  # below, clear of its neighbor's label
        label = f"{arm.fell:g}% {arm.when}".strip()
        return f'{MARKS[arm.given].format(x=x)}<text x="{x}" y="{y}">{label}</text>'

    def _table(self, place: Place) -> str:
        head = ["Trial", "People", self.measure, "Fell by half or more", "Result"]
        columns = "".join(f'<th scope="col">{name}</th>' for name in head)
        rows = "".join(_table_row(trial, place) for trial in self.trials)
        name = f"{place.anchor}-table"
        return (
            '<details class="picture__table">\n<summary>The same trials as a table</summary>\n'
            f'<div class="table-wrap" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
            f'<caption id="{name}">The trials in numbers</caption>\n'
            f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n</details>\n"
        )


def _listed(trial: Trial) -> str:
    return ", ".join(f"{arm.label} {arm.fell:g}%" for arm in trial.arms)


def _table_row(trial: Trial, place: Place) -> str:
    halves = ", ".join(f"{arm.label} {arm.half}" for arm in trial.arms if arm.half)
    cells = [str(trial.people), _listed(trial) or "no confirmed number", halves or "no confirmed number", trial.verdict]
    return (
        f'<tr><th scope="row">{trial.name}{place.cite(trial.key)}</th>'
        + "".join(f"<td>{cell[0].upper()}{cell[1:]}</td>" for cell in cells)
        + "</tr>\n"
    )
