"""Finds every phrase of every rule in one pass, in time that grows with the length of the message and nothing else.

All phrases are merged into one automaton. It is walked from each word until no phrase can go on, which is at most
the length of the longest phrase. States are worked out when first needed and kept, so that a word costs one
dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .patterns import ANY, COMMA, Choice, Gap, Node, Word
from .patterns import Sequence as Parts

STATES_KEPT = 60_000
"""Above this the worked-out states are forgotten, so that hostile text cannot fill the memory (about 55 MB at most more
than at 20,000, which five thousand real messages overflow: reading then takes three times as long)."""

Symbols = tuple[str, ...]
"""What one token can stand for: its own word, the lists it is in, the number ranges it falls in."""


class Hit(NamedTuple):
    """A phrase was found: whose it is, and its first and last token."""

    label: int
    first: int
    last: int


class _State:
    __slots__ = ("labels", "moves", "steps")

    def __init__(self, labels: tuple[int, ...], steps: dict[str, list[int]]):
        self.labels, self.steps = labels, steps
        self.moves: dict[Symbols, _State | None] = {}


class Automaton:
    """Phrases go in by `add`, each with a label; `hits` finds them all."""

    def __init__(self) -> None:
        self._steps: list[list[tuple[str, int]]] = [[]]
        self._skips: list[list[int]] = [[]]
        self._labels: dict[int, int] = {}
        self._open: dict[int, tuple[list[tuple[str, int]], frozenset[int]]] = {}
        self._states: dict[frozenset[int], _State] = {}

    def add(self, phrase: Node, label: int) -> None:
        """Look for `phrase` too, and report it under `label`."""
        self._labels[self._build(phrase, 0)] = label

    def hits(self, tokens: Sequence[Symbols]) -> Iterator[Hit]:
        """For every starting token and label, the longest match."""
        start = self._state(frozenset([0]))
        for first, symbols in enumerate(tokens):
            state = self._move(start, symbols)
            found: dict[int, int] = {}
            last = first
            while state is not None:
                for label in state.labels:
                    found[label] = last
                state, last = self._onward(state, tokens, last + 1)
            for label, last in found.items():
                yield Hit(label, first, last)

    def forget(self) -> None:
        """Drop the states worked out so far. The next message works out its own."""
        self._states = {}

    def _onward(self, state: _State, tokens: Sequence[Symbols], here: int) -> tuple[_State | None, int]:
        """The next state and the token it consumed. A comma no phrase asks for is passed over."""
        while here < len(tokens):
            after = self._move(state, tokens[here])
            if after is not None or tokens[here] != (COMMA,):
                return after, here
            here += 1
        return None, here

    def _build(self, node: Node, start: int) -> int:
        if isinstance(node, Word):
            return self._step(start, node.symbol)
        if isinstance(node, Parts):
            for part in node.parts:
                start = self._build(part, start)
            return start
        end = self._place()
        if isinstance(node, Gap):
            self._skips[start].append(end)
            for _ in range(node.most):
                start = self._step(start, ANY)
                self._skips[start].append(end)
        elif isinstance(node, Choice):
            for part in node.parts:
                # A branch starts on its own place: two branches must not run into one another.
                self._skips[start].append(branch := self._place())
                self._skips[self._build(part, branch)].append(end)
        return end

    def _place(self) -> int:
        self._steps.append([])
        self._skips.append([])
        return len(self._steps) - 1

    def _step(self, start: int, symbol: str) -> int:
        end = self._place()
        self._steps[start].append((symbol, end))
        return end

    def _onto(self, place: int) -> tuple[list[tuple[str, int]], frozenset[int]]:
        """The steps open from a place, skips included, and the labels complete there. Worked out once."""
        if place not in self._open:
            seen, todo = {place}, [place]
            while todo:
                todo += (further := set(self._skips[todo.pop()]) - seen)
                seen |= further
            steps = [step for reached in seen for step in self._steps[reached]]
            self._open[place] = steps, frozenset(self._labels[at] for at in seen if at in self._labels)
        return self._open[place]

    def _state(self, places: frozenset[int]) -> _State:
        state = self._states.get(places)
        if state is None:
            steps: dict[str, list[int]] = {}
            labels: set[int] = set()
            for place in places:
                opened, complete = self._onto(place)
                labels |= complete
                for symbol, end in opened:
                    steps.setdefault(symbol, []).append(end)
            if len(self._states) >= STATES_KEPT:
                self.forget()
            state = self._states[places] = _State(tuple(sorted(labels)), steps)
        return state

    def _move(self, state: _State, symbols: Symbols) -> _State | None:
        if symbols in state.moves:
            return state.moves[symbols]
        places = [end for symbol in symbols for end in state.steps.get(symbol, ())]
        after = state.moves[symbols] = self._state(frozenset(places)) if places else None
        return after
