"""A hundred small people for each group: how many of them something happened to."""

from dataclasses import dataclass
from typing import Any, Self

from clinic.pages.pictures.place import Place

ROW = 10  # people in a row, so that tens can be counted
STEP_X, STEP_Y = 20, 25
PERSON = '<path d="M10 2.5a3.6 3.6 0 1 1 0 7.2a3.6 3.6 0 1 1 0-7.2zM3.5 22v-4a6.5 6.5 0 0 1 13 0v4z"/>'


@dataclass(frozen=True)
class Group:
    """`count` in 100 of those who got one thing; `people` says how many that really were."""

    given: str
    count: int
    people: str
    key: str
    about: bool = False  # the count is rounded


@dataclass(frozen=True)
class OutOf100:
    """Groups side by side. `filled` and `empty` say in words what the two kinds of figures stand for."""

    title: str
    lead: str
    filled: str
    empty: str
    groups: list[Group]
    notes: list[str]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Raises TypeError for a name that is unknown or missing."""
        return cls(**data | {"groups": [Group(**group) for group in data["groups"]]})

    def draw(self, place: Place) -> str:
        """The figure. The people are hidden from screen readers, which get the count in words before them."""
        symbol = f"{place.anchor}-person"
        head, legend = place.head(self.title, self.lead), self._legend(symbol)
        groups = "".join(_group(group, self.filled, symbol, place) for group in self.groups)
        drawing = f'{legend}<div class="hundreds">\n{groups}</div>\n'
        return place.figure("out-of-100", head + drawing + place.notes(self.notes))

    def _legend(self, symbol: str) -> str:
        # The only place where the person is drawn; all others repeat it.
        shape = f'<symbol id="{symbol}" viewBox="0 0 20 24">{PERSON}</symbol>'
        return (
            '<p class="picture__legend" aria-hidden="true">'
            f'<span><svg class="person" viewBox="0 0 20 24">{shape}'
            f'<use href="#{symbol}" class="is-filled"/></svg> {self.filled}</span> '
            f'<span><svg class="person" viewBox="0 0 20 24">'
            f'<use href="#{symbol}" class="is-empty"/></svg> {self.empty}</span></p>\n'
        )


def _group(group: Group, filled: str, symbol: str, place: Place) -> str:
    about = "<small>about</small> " if group.about else ""
    return (
        '<div class="hundred">\n'
        f'<p><strong>{about}{group.count} in 100</strong> <span class="visually-hidden">{filled}</span> '
        f"{group.given}:<br>{place.words(f'{group.people} [@{group.key}]')}</p>\n"
        f'<svg viewBox="0 0 {ROW * STEP_X} {100 // ROW * STEP_Y}" aria-hidden="true">\n'
        f'<g class="is-filled">{_people(range(group.count), symbol)}</g>\n'
        f'<g class="is-empty">{_people(range(group.count, 100), symbol)}</g>\n</svg>\n</div>\n'
    )


def _people(numbers: range, symbol: str) -> str:
    size = 'width="20" height="24"'
    return "".join(
        f'<use href="#{symbol}" x="{number % ROW * STEP_X}" y="{number // ROW * STEP_Y}" {size}/>' for number in numbers
    )
