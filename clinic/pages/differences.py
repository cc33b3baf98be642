"""What changed between two texts, by line and word, for people to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from django.contrib.admin.utils import label_for_field

from clinic.pages.models import TEXT_FIELDS, Text, Version

CONTEXT = 2  # unchanged lines shown around a change
ALIKE = 0.4  # two lines less alike than this are shown one after the other, not woven together


@dataclass(frozen=True)
class Piece:
    """Some words of a line: "same", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line in pieces; or, without pieces, `left_out` unchanged lines."""

    pieces: list[Piece]
    left_out: int = 0

    @property
    def changed(self) -> bool:
        """True when words were removed or added."""
        return any(piece.kind != "same" for piece in self.pieces)


@dataclass(frozen=True)
class Field:
    """One changed part of the text, such as the summary."""

    name: str
    lines: list[Line]


def differences(before: Text, after: Text) -> list[Field]:
    """The parts of the text that differ, in the editor's order; empty when nothing does."""
    pairs = ((name, _in_words(before, name), _in_words(after, name)) for name in TEXT_FIELDS)
    return [
        Field(str(label_for_field(name, Version)).capitalize(), list(_lines(old.split("\n"), new.split("\n"))))
        for name, old, new in pairs
        if old != new
    ]


def _in_words(text: Text, name: str) -> str:
    value = getattr(text, name)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for kind, old_from, old_to, new_from, new_to in blocks:
        if kind == "equal":
            yield from _around(old[old_from:old_to], at_start=old_from == 0, at_end=old_to == len(old))
        else:
            for line, newer in zip_longest(old[old_from:old_to], new[new_from:new_to]):
                yield from _changed(line, newer)


def _around(same: list[str], *, at_start: bool, at_end: bool) -> Iterator[Line]:
    """Unchanged lines next to a change, and how many lie between."""
    first = 0 if at_start else CONTEXT
    last = len(same) if at_end else len(same) - CONTEXT
    for index, line in enumerate(same):
        if index < first or index >= last or last - first < 2:
            yield Line([Piece("same", line)])
        elif index == first:
            yield Line([], left_out=last - first)


def _changed(old: str | None, new: str | None) -> Iterator[Line]:
    """A line that was removed, added or rewritten."""
    if old is None or new is None or SequenceMatcher(None, old, new, autojunk=False).ratio() < ALIKE:
        if old is not None:
            yield Line([Piece("removed", old)])
        if new is not None:
            yield Line([Piece("added", new)])
        return
    yield Line(list(_pieces(re.findall(r"\s*\S+|\s+$", old), re.findall(r"\s*\S+|\s+$", new))))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[old_from:old_to]))
            continue
        if old_to > old_from:
            yield Piece("removed", "".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Piece("added", "".join(new[new_from:new_to]))
