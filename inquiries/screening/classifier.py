"""A second reader for what no phrase foresees. It can only raise.

Two small models read each message, and what they say is added up. The linear one weighs words, pairs of words, word
beginnings and concepts, wherever they stand. The composing one reads five words at a time and learns how they stand
together ("not what I told them", "after I'm gone"). Both are told what the rules saw: a phrase found, one that a
context explained, the context. The linear one does not see explained words at all.
`learning.py` gets their weights, `train.py` the messages; they ship as `weights.npz`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from math import log2
from pathlib import Path
from typing import Any, NamedTuple

# One message is too little work to share out, and idle threads of the library would spin in every web worker.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from .features import Ints, Text

LABELS = ("crisis", "emergency")
SIZE, FILTERS, SPAN = 32, 128, 5
"""Numbers in a vector; kinds of passages that are told apart; words read at a time."""
WEIGHTS = Path(__file__).with_name("weights.npz")
PASSAGE = 60
"""Tokens judged together at most: a sentence that matters must not drown in a long message. With 200, half of the
crises found alone were missed between three harmless messages."""
LENGTH = 1.5
"""Asked of each passage for each doubling of their number: a long sad letter would else have many chances to be
raised. Without it, 0.57 of the harmless letters of more than eighty tokens were kept, and 0.86 of all messages."""
ALONE = 4.0
"""Asked of a sentence that is read by itself, because what explains it may stand in another. Plain words ("Death is on
my mind all day long") score higher; with less, one harmless message in a hundred more was raised."""
FEWEST, FEWEST_WORDS = 24, 12
"""Fewer features, and fewer words, count as so many, or one common word of a greeting ("Hello again") would weigh as
much as a paragraph."""
SHOWN = 40
"""Tokens shown to staff at most, where a sentence never ends."""

Floats = NDArray[np.float32]


class Passage(NamedTuple):
    """The sentence that reads most like its label, of a message that was raised for it; `score` is that of the stretch
    which raised it."""

    label: str
    first: int
    last: int
    score: float


class Composing(NamedTuple):
    """The weights of the composing model."""

    vectors: Floats
    filters: Floats
    bias: Floats
    out: Floats
    """Of the strongest place of each filter, then of the mean over the message."""


class Models(NamedTuple):
    """Both models. `bias` belongs to their sum: one number per label, as in `linear` and `out`."""

    linear: Floats
    composing: Composing
    bias: Floats


def passages(count: int) -> Iterator[tuple[int, int]]:
    """Stretches to judge, each from its first token to before its last: the whole, or overlapping halves."""
    for first in range(0, max(1, count - PASSAGE // 2), PASSAGE // 2):
        yield first, count if count <= PASSAGE else min(first + PASSAGE, count)


def composed(rows: Ints, model: Composing) -> Floats:
    """How strongly each filter answers at each token."""
    vectors = model.vectors[rows].sum(1)
    around = SPAN // 2
    padded = np.zeros((len(rows) + 2 * around, SIZE), np.float32)
    padded[around : around + len(rows)] = vectors
    spans = np.concatenate([padded[k : k + len(rows)] for k in range(SPAN)], 1)
    answers: Floats = np.maximum(spans @ model.filters + model.bias, 0)
    return answers


class _Heard(NamedTuple):
    """What both models make of one message, before passages are cut from it."""

    words: Floats
    """The linear weights of all features in a row; those of token `i` are `counts[i]` to `counts[i + 1]`."""
    counts: list[int]
    answers: Floats


def _hear(message: Text, models: Models) -> _Heard:
    counts = [0, *accumulate(map(len, message.buckets))]
    flat = np.fromiter((bucket for found in message.buckets for bucket in found), np.int32, counts[-1])
    return _Heard(models.linear[flat], counts, composed(message.rows, models.composing))


def _score(heard: _Heard, models: Models, first: int, last: int) -> Floats:
    start, end = heard.counts[first], heard.counts[last]
    linear = heard.words[start:end].sum(0) / root(end - start)
    score: Floats = models.bias + linear + pooled(heard.answers[first:last]) @ models.composing.out
    return score


def _judged(message: Text, models: Models, heard: _Heard) -> Iterator[tuple[int, int, Floats]]:
    """Each stretch with its scores, less what is asked of it: the passages, and the sentences that hold a hint."""
    pieces = list(passages(len(message.rows)))
    demand = message.demand + LENGTH * log2(len(pieces))
    for first, last in pieces:
        yield first, last, _score(heard, models, first, last) - demand
    for first, last in message.alone:
        yield first, last, _score(heard, models, first, last) - ALONE


def scores(message: Text, models: Models) -> Floats:
    """The highest score of anything judged, for each label."""
    if not message.buckets:
        return np.full(len(LABELS), -np.inf, np.float32)
    found: Floats = np.max([score for _, _, score in _judged(message, models, _hear(message, models))], 0)
    return found


def raised(message: Text, ends: Sequence[bool], labels: Sequence[str] = LABELS) -> list[Passage]:
    """For each of `labels` that scores above zero the sentence to show, highest score first; no sentence
    stands for two. `ends`: which tokens are stops."""
    if not ends:
        return []
    models = learned()
    heard = _hear(message, models)
    best: dict[str, Passage] = {}
    for first, last, found in _judged(message, models, heard):
        for label in labels:
            score = float(found[LABELS.index(label)])
            if score > (best[label].score if label in best else 0):
                best[label] = Passage(label, first, last, score)
    shown: dict[tuple[int, int], Passage] = {}
    for passage in sorted(best.values(), key=lambda passage: -passage.score):
        column = LABELS.index(passage.label)
        pieces = _sentences(ends, *_whole(ends, passage.first, passage.last))
        first, last = max(pieces, key=lambda piece: float(_score(heard, models, *piece)[column]))
        shown.setdefault((first, last), passage._replace(first=first, last=last - 1))
    return list(shown.values())


def _whole(ends: Sequence[bool], first: int, last: int) -> tuple[int, int]:
    """The passage with the rest of the sentences it cuts: half of one may leave out a "not"."""
    while first > 0 and not ends[first - 1]:
        first -= 1
    while last < len(ends) and not ends[last - 1]:
        last += 1
    return first, last


def _sentences(ends: Sequence[bool], first: int, last: int) -> Iterator[tuple[int, int]]:
    """What may be shown of a passage: the stretches between two stops, or overlapping parts of a long one."""
    starts = [first, *(i + 1 for i in range(first, last - 1) if ends[i]), last]
    for start, end in pairwise(starts):
        for at in range(start, end, SHOWN if end - start <= SHOWN else SHOWN // 2):
            yield at, min(at + SHOWN, end)


def pooled(answers: Floats) -> Floats:
    """The strongest answer of each filter, and its mean."""
    return np.concatenate([answers.max(0), answers.sum(0) / max(FEWEST_WORDS, len(answers))])


def root(count: int) -> float:
    """What a sum of so many linear weights is divided by."""
    return float(max(FEWEST, count) ** 0.5)


@lru_cache(maxsize=1)
def learned() -> Models:
    """The shipped weights, read once; the thresholds are taken off, so that a score above zero raises."""
    with np.load(WEIGHTS) as stored:
        values = {name: stored[name] for name in stored.files}
    wide = {name: values[name].astype(np.float32) * values[f"{name}_scale"] for name in ("linear", "vectors")}
    composing = Composing(wide["vectors"], values["filters"], values["filter_bias"], values["out"])
    return Models(wide["linear"], composing, values["bias"])


def pack(models: Models, thresholds: Mapping[str, float]) -> None:
    """Store the weights, the two large tables as one signed byte per number."""
    small: dict[str, Any] = {}
    for name, values in (("linear", models.linear), ("vectors", models.composing.vectors)):
        scale = np.float32(np.abs(values).max() / 127 or 1)
        small |= {name: np.round(values / scale).astype(np.int8), f"{name}_scale": scale}
    small |= {"filters": models.composing.filters, "filter_bias": models.composing.bias, "out": models.composing.out}
    asked = np.array([thresholds[label] for label in LABELS], np.float32)
    np.savez(WEIGHTS, bias=models.bias - asked, **small)
