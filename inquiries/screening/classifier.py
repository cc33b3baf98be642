"""A second reader for what no phrase foresees: a small linear classifier over words. It can only raise.

Each word, pair of words, word beginning and concept ("bridge" and "rope" are both means) has a learned weight per
label, and so has each sign: a rule that found its phrase, or found it explained, and each context. A passage scores
the sum of its weights, divided by the root of their number, or of FEWEST where there are fewer. Weights come from
train.py and ship as `weights.bin`: one signed byte per bucket and label, after a short header.
"""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import log2, sqrt
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from .patterns import COMMA, END
from .spelling import fold
from .words import Token

LABELS = ("crisis", "emergency")
BUCKETS = 1 << 16
"""Words share these by checksum."""
WEIGHTS = Path(__file__).with_name("weights.bin")
CONCEPTS = Path(__file__).parent / "rules" / "concepts.toml"
PASSAGE = 80
"""Words judged together at most: a sentence that matters must not drown in a long message."""
SHORT, LONG = 25, 100
LENGTH = 0.9
"""Taken off the score for each doubling of a message from SHORT to LONG words: the more is told, the more sad words
there are by chance, and the more passages that may score. Without it half the false alarms were long ones."""
FEWEST = 24
"""Fewer count as so many, or one common word of a greeting ("Hello again") would weigh as much as a paragraph."""
BRIEF, BREVITY = 12, 2.0
"""Asked of a message for each halving of its words below BRIEF, unless a rule has seen something: the rules know what
is short and urgent, and what they leave is mostly "one more thing"."""
WORDS_KEPT = 8192
_STEM = 4
_HEADER = struct.Struct("<3f")


class Sign(NamedTuple):
    """Something the rules saw, and the token where it begins."""

    name: str
    first: int


class Passage(NamedTuple):
    """A stretch of tokens that scored above the threshold of a label."""

    label: str
    first: int
    last: int
    score: float


@dataclass(frozen=True)
class Weights:
    """What was learned for one label. A score above zero raises."""

    bias: float
    buckets: Sequence[float]


def features(tokens: Sequence[Token], signs: Iterable[Sign]) -> list[tuple[int, ...]]:
    """For each token, the buckets of the word, its beginning, concepts and signs, and its pair with the word before."""
    found: list[tuple[int, ...]] = []
    before = ""
    for token in tokens:
        word = "#" if token.word.isdecimal() else token.word
        if word == COMMA:
            found.append(())
            continue
        found.append((_bucket(f"{before} {word}"), *_alone(word)))
        before = word
    for sign in signs:
        found[sign.first] += (_sign(sign.name),)
    return found


@lru_cache(WORDS_KEPT)
def _alone(word: str) -> tuple[int, ...]:
    """The buckets of a word whatever stands before it: itself, its beginning, its concepts."""
    names = [word] if word != END else []
    if len(word) > _STEM:
        names.append(f"{word[:_STEM]}*")
    return tuple(_bucket(name) for name in (*names, *concepts().get(word, ())))


@lru_cache
def _sign(name: str) -> int:
    return _bucket(f"[{name}]")


def _bucket(name: str) -> int:
    return crc32(name.encode()) % BUCKETS


def passages(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Stretches to judge: the whole of a short message, else each sentence with those that follow it."""
    if len(tokens) <= PASSAGE:
        if tokens:
            yield 0, len(tokens) - 1
        return
    ends = [i for i, token in enumerate(tokens) if token.word == END]
    start = 0
    for number, end in enumerate(ends):
        last = next((later for later in reversed(ends[number : number + 4]) if later - start < PASSAGE), None)
        if last is not None:
            yield start, last
        else:
            for piece in range(start, end, PASSAGE // 2):
                yield piece, min(piece + PASSAGE, end)
        start = end + 1


def length(tokens: Sequence[Token], signs: Iterable[Sign]) -> float:
    """What a message must score for its length alone."""
    words = sum(token.word not in (COMMA, END) for token in tokens)
    brief = (
        0.0 if any(sign.name.startswith("+") for sign in signs) else BREVITY * log2(BRIEF / min(max(words, 1), BRIEF))
    )
    return brief + LENGTH * log2(min(max(len(tokens), SHORT), LONG) / SHORT)


def root(count: int) -> float:
    """What a sum of so many weights is divided by."""
    return sqrt(max(FEWEST, count))


def raised(tokens: Sequence[Token], signs: Sequence[Sign]) -> Passage | None:
    """The passage that scores highest for any label, if it scores above zero."""
    buckets = features(tokens, signs)
    counts = [0, *accumulate(len(found) for found in buckets)]
    stretches = list(passages(tokens))
    highest, best = length(tokens, signs), None
    for label, weights in learned().items():
        weight = weights.buckets.__getitem__
        sums = [0.0, *accumulate(sum(map(weight, found)) for found in buckets)]
        for first, last in stretches:
            score = weights.bias + (sums[last + 1] - sums[first]) / root(counts[last + 1] - counts[first])
            if score > highest:
                highest, best = score, Passage(label, first, last, score)
    return best


@lru_cache(maxsize=1)
def concepts() -> dict[str, list[str]]:
    """The concepts of each word, in angle brackets."""
    found: dict[str, list[str]] = {}
    for name, words in tomllib.loads(CONCEPTS.read_text(encoding="utf-8")).items():
        for word in words.split():
            found.setdefault(fold(word), []).append(f"<{name}>")
    return found


@lru_cache(maxsize=1)
def learned() -> dict[str, Weights]:
    """The shipped weights, read once."""
    data = WEIGHTS.read_bytes()
    found = {}
    for number, label in enumerate(LABELS):
        at = number * (_HEADER.size + BUCKETS)
        bias, threshold, scale = _HEADER.unpack_from(data, at)
        signed = memoryview(data)[at + _HEADER.size : at + _HEADER.size + BUCKETS].cast("b")
        found[label] = Weights(bias - threshold, [weight * scale for weight in signed])
    return found


def pack(bias: float, threshold: float, weights: Sequence[float]) -> bytes:
    """One label as it is stored."""
    scale = max(map(abs, weights)) / 127 or 1.0
    return _HEADER.pack(bias, threshold, scale) + struct.pack(f"<{BUCKETS}b", *(round(w / scale) for w in weights))
