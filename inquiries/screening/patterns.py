"""The small language phrases are written in, and its parser.

    want to die            these words, in this order
    (die | be dead)        one of these
    [really]               with or without
    ~3                     up to three other words of the same sentence
    <want>                 a list of words, or a phrase, named in the lexicon
    suicid*                any word that begins so
    #1-17                  a whole number in this range, in digits or in letters
    $                      the end of the sentence

Words are written as anyone would write them: case and accents do not matter, and "don't" also matches "do not"
and "dont".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

ANY = "~"
END = "$"
COMMA = ","


@dataclass(frozen=True)
class Word:
    """One symbol that one token must carry."""

    symbol: str


@dataclass(frozen=True)
class Gap:
    """Up to `most` words that may be anything."""

    most: int


@dataclass(frozen=True)
class Sequence:
    """These, one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of these; an empty sequence among them makes the choice optional."""

    parts: tuple[Node, ...]


Node = Word | Gap | Sequence | Choice
NOTHING = Sequence(())


class PatternError(ValueError):
    """A phrase in a rules file does not follow the pattern language."""


class Parser:
    """Reads phrases of one language. `spell` turns a written word into the words a message would show."""

    def __init__(self, lists: Mapping[str, str], named: Mapping[str, Node], spell: Callable[[str], tuple[str, ...]]):
        """`lists` maps a name to its class symbol, `named` to a whole phrase."""
        self._lists, self._named, self._spell = lists, named, spell

    def parse(self, phrase: str) -> Node:
        """The phrase as a tree. Raises PatternError, quoting the phrase, when it is malformed."""
        for mark in "()[]|":
            phrase = phrase.replace(mark, f" {mark} ")
        pieces = phrase.split()[::-1]
        node = self._choice(pieces)
        if pieces:
            raise PatternError(f"unexpected {pieces[-1]!r} in {phrase!r}")
        return node

    def _choice(self, pieces: list[str]) -> Node:
        options = [self._sequence(pieces)]
        while pieces and pieces[-1] == "|":
            pieces.pop()
            options.append(self._sequence(pieces))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, pieces: list[str]) -> Node:
        parts = []
        while pieces and pieces[-1] not in ")]|":
            parts.append(self._item(pieces))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _item(self, pieces: list[str]) -> Node:
        piece = pieces.pop()
        if piece in "([":
            inner = self._choice(pieces)
            if not pieces or pieces.pop() != {"(": ")", "[": "]"}[piece]:
                raise PatternError(f"{piece!r} is never closed")
            return inner if piece == "(" else Choice((inner, NOTHING))
        if piece.startswith("~"):
            return Gap(int(piece[1:]))
        if piece.startswith("<"):
            return self._list(piece)
        if piece in (END, COMMA) or piece[0] == "#" or piece[-1] == "*":
            return Word(piece)
        words = tuple(Word(word) for word in self._spell(piece))
        return words[0] if len(words) == 1 else Sequence(words)

    def _list(self, piece: str) -> Node:
        name = piece.strip("<>")
        if name in self._lists:
            return Word(self._lists[name])
        if name in self._named:
            return self._named[name]
        raise PatternError(f"{piece} is not in the lexicon")
