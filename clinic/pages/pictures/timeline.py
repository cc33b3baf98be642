"""Steps one under the other along a line, each with the time when it happens."""

from dataclasses import dataclass
from typing import Any, Self

from clinic.pages.pictures.place import Place

# Line drawings on a square of 32; they repeat what the words say.
ICONS = {
    "list": "M9 5h14a2 2 0 0 1 2 2v19a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM12 12h8M12 17h8M12 22h5",
    "talk": "M7 5h18a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H15l-6 6v-6H7a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3zM10 11h12M10 15h8",
    "choice": "M16 28V18C16 11 11 10 6 10M16 18c0-7 5-8 10-8M10 6l-4 4 4 4M22 6l4 4-4 4",
    "face": "M4 10c3-3 7-3 9 0M28 10c-3-3-7-3-9 0M5 17c2 3 6 3 8 0M19 17c2 3 6 3 8 0M16 14v8M12 27c3 2 5 2 8 0",
    "home": "M4 15L16 5l12 10M8 12v15h16V12M13 27v-7h6v7",
    "check": "M5 5v22h22M9 12c5 0 4 9 9 9h8M20 9l3 3 5-6",
    "fade": "M16 4a12 12 0 1 1-12 12M16 9v7l5 3M5 11v0M8 7v0M11 5v0",
}


@dataclass(frozen=True)
class Step:
    """One step: when it happens, its name, and what to know in a few lines."""

    when: str
    name: str
    icon: str
    items: list[str]


@dataclass(frozen=True)
class Timeline:
    """The steps in order."""

    title: str
    lead: str
    steps: list[Step]
    notes: list[str]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Raises TypeError for a name that is unknown or missing."""
        return cls(**data | {"steps": [Step(**step) for step in data["steps"]]})

    def draw(self, place: Place) -> str:
        """The figure: an ordered list, so the order is also heard; the icons are only seen."""
        steps = "".join(_step(step, place) for step in self.steps)
        drawing = f'<ol class="timeline">\n{steps}</ol>\n'
        return place.figure("timeline", place.head(self.title, self.lead) + drawing + place.notes(self.notes))


def _step(step: Step, place: Place) -> str:
    level = place.level + 1
    return (
        f'<li class="step">\n<svg class="step__icon" viewBox="0 0 32 32" aria-hidden="true">'
        f'<path d="{ICONS[step.icon]}"/></svg>\n'
        f'<h{level}><span class="step__when">{step.when}<span class="visually-hidden">: </span></span>'
        f"{step.name}</h{level}>\n<ul>\n{place.items(step.items)}</ul>\n</li>\n"
    )
