"""A calm face from the hairline to the nose, with the muscles of a frown laid over it and numbered.

The numbers lead to the names beside the drawing. It is too plain to be a guide for injections, and must stay so.
"""

from dataclasses import dataclass
from typing import Any, Self

from clinic.pages.pictures.place import Place

# The face of the home page, down to the nose. One half of what both sides share; the other half is its mirror image.
BROW = '<path class="brow" d="M38 122c30-34 84-44 126-18-44-16-92-8-126 18z"/>'
EYE = '<path d="M56 186c26 30 76 32 100 0M68 198l-10 11M90 207l-6 14M114 209l1 15"/>'
NOSE = "M178 166c1 24-4 44-16 68-8 18 2 28 18 25 10-2 12 6 20 6s10-8 20-6c12 2 21-5 19-15"
HAIR = "M28 270C8 226 2 176 14 136C34 70 130 20 246 12M372 270c20-44 26-94 14-134-16-60-70-110-140-124-22-6-48-6-70-2"
CORRUGATOR = '<path d="M190 146c-30-6-66-34-98-78 48-2 82 20 97 55 5 9 6 19 1 23z"/>'
FIBERS = "M184 138c-26-14-50-36-74-62M187 129c-18-24-40-42-68-51"
PROCERUS = "M191 184c1-24-3-44-10-64 5-9 33-9 38 0-7 20-11 40-10 64-3 5-15 5-18 0z"
STRANDS = "M196 180c0-22-3-40-7-58M200 182v-62M204 180c0-22 3-40 7-58"
MIRROR = 'transform="matrix(-1 0 0 1 400 0)"'


@dataclass(frozen=True)
class Muscle:
    """A muscle's name, how to say it, and what it does."""

    name: str
    said: str
    does: str


@dataclass(frozen=True)
class Muscles:
    """The drawing; its first muscle is the pair above the brows, its second the one on the nose."""

    title: str
    lead: str
    muscles: list[Muscle]
    notes: list[str]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Raises TypeError for a name that is unknown or missing."""
        return cls(**data | {"muscles": [Muscle(**muscle) for muscle in data["muscles"]]})

    def draw(self, place: Place) -> str:
        """The figure. The drawing has a name and no more: the list beside it says where each muscle is."""
        names = "".join(_muscle(muscle, place) for muscle in self.muscles)
        drawing = f'<div class="muscles">\n{_face()}<ol class="muscles__names">\n{names}</ol>\n</div>\n'
        return place.figure("muscles", place.head(self.title, self.lead) + drawing + place.notes(self.notes))


def _face() -> str:
    pair = _both(f'{CORRUGATOR}<path class="fibers" d="{FIBERS}"/>')
    return (
        '<svg class="muscles__face" viewBox="0 0 400 282" aria-hidden="true">\n'
        f'<path d="{HAIR}"/><path d="{NOSE}"/>{_both(EYE)}\n'
        f'<g class="muscle">{pair}<path d="{PROCERUS}"/><path class="fibers" d="{STRANDS}"/></g>\n{_both(BROW)}\n'
        f"{_label(1, 258, 40, 'M258 56L254 96')}{_label(2, 268, 246, 'M257 234L205 174')}</svg>\n"
    )


def _both(half: str) -> str:
    return f"<g>{half}</g><g {MIRROR}>{half}</g>"


def _label(number: int, x: int, y: int, line: str) -> str:
    return (
        f'<g class="tag"><path d="{line}"/><circle cx="{x}" cy="{y}" r="16"/>'
        f'<text x="{x}" y="{y}" dy=".35em">{number}</text></g>\n'
    )


def _muscle(muscle: Muscle, place: Place) -> str:
    return f"<li><strong>{muscle.name}</strong> (say {muscle.said}). {place.words(muscle.does)}</li>\n"
