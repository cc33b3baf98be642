"""What the classifier reads of a message: numbers that stand for words, pairs of words, and what the rules saw.

A word stands for itself, its beginning and its concepts ("bridge" and "rope" are both means, in both languages); a
sign for a rule that found its phrase, or found it explained, or for a context. Each gets its number by checksum.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log2
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .patterns import COMMA, END
from .spelling import fold
from .words import Token

BUCKETS = 1 << 16
"""Weights of the linear model; words and pairs share them by checksum."""
ROWS = 1 << 15
"""Vectors of the composing model, shared by checksum too. The first is for nothing and stays zero."""
NAMES = 7
"""Vectors added up for one token at most: its word, its beginning, concepts, signs."""
BRIEF, BREVITY = 10, 16.0
"""Asked of a message for each halving of its words below BRIEF, unless a rule has seen something: the rules know what
is short and urgent, and what they leave is mostly "one more thing"."""
LONGEST_ALONE = 30
"""Tokens of a sentence that is judged by itself."""
CONCEPTS = Path(__file__).parent / "rules" / "concepts.toml"
WORDS_KEPT = 8192
_STEM = 4
_EXPLAINED = "(explained)"
_NONE = (0,) * NAMES

Ints = NDArray[np.int32]


class Sign(NamedTuple):
    """Something the rules saw, and the token where it begins."""

    name: str
    first: int
    hint: bool = False
    """What it stands for may be said of anything: its sentence is judged by itself, too."""


class Text(NamedTuple):
    """A message as both models read it."""

    buckets: list[tuple[int, ...]]
    """For the linear model: what each token adds."""
    rows: Ints
    """For the composing model: each token's vectors, zero where there are fewer."""
    demand: float
    """What the message must score for being short."""
    alone: tuple[tuple[int, int], ...] = ()
    """Sentences that hold a hint, each from its first token to before its last. However friendly the letter around
    "I think about suicide", that sentence is read by itself."""


class _Word(NamedTuple):
    buckets: tuple[int, ...]
    rows: tuple[int, ...]


def text(tokens: Sequence[Token], left: Sequence[Token], signs: Sequence[Sign]) -> Text:
    """`left`: the tokens with a comma for each that a context or a flag explains."""
    buckets = _buckets(left, signs)
    names = [_alone(_number(token.word)).rows for token in tokens]
    for i, (token, kept) in enumerate(zip(tokens, left, strict=True)):
        if kept.word == COMMA != token.word:
            names[i] = (*names[i], _row(_EXPLAINED))
    for sign in signs:
        names[sign.first] = (*names[sign.first], _sign(sign.name)[1])
    rows = np.array([(*found, *_NONE)[:NAMES] for found in names], np.int32).reshape(-1, NAMES)
    alone = {_sentence(tokens, sign.first): None for sign in signs if sign.hint}
    return Text(buckets, rows, _demand(left, signs), tuple(alone))


def _sentence(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """The sentence around a token, cut to LONGEST_ALONE where it never ends."""
    reach = LONGEST_ALONE // 2
    first, last = at, at + 1
    while first > max(0, at - reach) and tokens[first - 1].word != END:
        first -= 1
    while last < min(len(tokens), at + reach) and tokens[last].word != END:
        last += 1
    return first, last


def _buckets(left: Sequence[Token], signs: Iterable[Sign]) -> list[tuple[int, ...]]:
    """For each token, the buckets of the word, its beginning, concepts and signs, and its pair with the word before."""
    found: list[tuple[int, ...]] = []
    before = ""
    for token in left:
        word = _number(token.word)
        if word == COMMA:
            found.append(())
            continue
        found.append((_bucket(f"{before} {word}"), *_alone(word).buckets))
        before = word
    for sign in signs:
        found[sign.first] += (_sign(sign.name)[0],)
    return found


@lru_cache(WORDS_KEPT)
def _alone(word: str) -> _Word:
    """A word whatever stands before it: itself, its beginning, its concepts."""
    names = [word, f"{word[:_STEM]}*"] if len(word) > _STEM else [word]
    meant = concepts().get(word, [])
    own = [] if word == END else names
    return _Word(tuple(map(_bucket, (*own, *meant))), tuple(map(_row, (*names, *meant[:3]))))


@lru_cache
def _sign(name: str) -> tuple[int, int]:
    return _bucket(f"[{name}]"), _row(f"[{name}]")


def _number(word: str) -> str:
    return "#" if word.isdecimal() else word


def _bucket(name: str) -> int:
    return crc32(name.encode()) % BUCKETS


def _row(name: str) -> int:
    return 1 + crc32(name.encode()) % (ROWS - 1)


def _demand(left: Sequence[Token], signs: Iterable[Sign]) -> float:
    if any(sign.name.startswith("+") for sign in signs):
        return 0.0
    words = sum(token.word not in (COMMA, END) for token in left)
    return BREVITY * log2(BRIEF / min(max(words, 1), BRIEF))


@lru_cache(maxsize=1)
def concepts() -> dict[str, list[str]]:
    """The concepts of each word, in angle brackets."""
    found: dict[str, list[str]] = {}
    for name, words in tomllib.loads(CONCEPTS.read_text(encoding="utf-8")).items():
        for word in words.split():
            found.setdefault(fold(word), []).append(f"<{name}>")
    return found
