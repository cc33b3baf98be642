"""Learns the weights of both models of classifier.py from messages whose labels are known.

Mini-batches and Adam, one loop for both. Words and passages are left out at random, so that no answer hangs on one of
them. The same messages give the same weights on the same machine and library.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .classifier import FEWEST, FEWEST_WORDS, FILTERS, LABELS, SIZE, SPAN, Composing, Floats, Models
from .features import BUCKETS, NAMES, ROWS, Ints, Text

SEED, ROUNDS, BATCH = 1, 10, 64
RATE, LINEAR_RATE, WARMING, LOWEST = 4e-3, 5e-2, 200, 0.02
"""The rate rises for so many batches, then falls to this share at the end."""
DECAY = 0.02
URGENT = np.array([2.0, 6.0], np.float32)
"""How much more a message of each label weighs than one without: they are fewer, and to miss one is worse."""
WORDS_LEFT_OUT, PARTS_LEFT_OUT, ANSWERS_LEFT_OUT = 0.15, 0.2, 0.5
STEEPEST = 2.0
"""Longer gradients are cut to this, or one odd batch would undo many."""
AROUND = SPAN // 2


class _Adam:
    """Steps for one table. Only the rows that a batch has touched move."""

    def __init__(self, values: Floats, decay: float):
        self.values, self.decay = values, decay
        self._mean, self._square = np.zeros_like(values), np.zeros_like(values)

    def step(self, slope: Floats, rate: float, turn: int, rows: NDArray[np.intp] | slice = slice(None)) -> None:
        self._mean[rows] += 0.1 * (slope - self._mean[rows])
        self._square[rows] += 0.001 * (slope * slope - self._square[rows])
        mean, square = self._mean[rows] / (1 - 0.9**turn), self._square[rows] / (1 - 0.999**turn)
        self.values[rows] -= rate * (mean / (np.sqrt(square) + 1e-8) + self.decay * self.values[rows])


class _Linear:
    """Logistic regression on the buckets."""

    def __init__(self) -> None:
        self.weights = _Adam(np.zeros((BUCKETS, len(LABELS)), np.float32), 0.0)
        self.bias = _Adam(np.zeros(len(LABELS), np.float32), 0.0)

    def learn(self, batch: Sequence[Ints], labels: Floats, rate: float, turn: int) -> None:
        flat = np.concatenate(batch)
        counts = np.array([len(buckets) for buckets in batch])
        message = np.repeat(np.arange(len(batch)), counts)
        share = (1 / np.sqrt(np.maximum(FEWEST, counts))).astype(np.float32)[:, None]
        sums = np.zeros((len(batch), len(LABELS)), np.float32)
        np.add.at(sums, message, self.weights.values[flat])
        slope = _slope(sums * share + self.bias.values, labels)
        rows, summed = _gathered(flat, (slope * share)[message])
        self.weights.step(summed, rate, turn, rows)
        self.bias.step(slope.sum(0), rate, turn)


class _Net:
    """The composing model: vectors, filters over SPAN tokens, their strongest answer and mean, a weight for each."""

    def __init__(self, chance: np.random.Generator):
        self._chance = chance
        vectors = (0.03 * chance.standard_normal((ROWS, SIZE))).astype(np.float32)
        vectors[0] = 0
        self.vectors = _Adam(vectors, DECAY)
        self.filters = _Adam(self._spread(SPAN * SIZE, FILTERS), DECAY)
        self.bias = _Adam(np.zeros(FILTERS, np.float32), DECAY)
        self.out = _Adam(self._spread(2 * FILTERS, len(LABELS)), DECAY)
        self.base = _Adam(np.zeros(len(LABELS), np.float32), 0.0)

    def _spread(self, wide: int, high: int) -> Floats:
        spread: Floats = (self._chance.uniform(-1, 1, (wide, high)) / np.sqrt(wide)).astype(np.float32)
        return spread

    def _kept(self, shape: tuple[int, ...], left_out: float) -> Floats:
        kept: Floats = ((self._chance.random(shape, dtype=np.float32) > left_out) / (1 - left_out)).astype(np.float32)
        return kept

    def learn(self, rows: Ints, labels: Floats, rate: float, turn: int) -> None:
        """One step on one batch: `rows` are message, token, name; zero where there is none."""
        real = (rows[:, :, :1] > 0).astype(np.float32)
        whole = (self._chance.random(real.shape, dtype=np.float32) > WORDS_LEFT_OUT).astype(np.float32)
        seen = real * whole * self._kept((*rows.shape[:2], SIZE), PARTS_LEFT_OUT)
        spans = _spans(self.vectors.values[rows].sum(2) * seen)
        answers = np.maximum((spans @ self.filters.values + self.bias.values) * real, 0)
        strongest = answers.argmax(1)
        highest = np.take_along_axis(answers, strongest[:, None], 1)[:, 0]
        lengths = np.maximum(FEWEST_WORDS, real.sum(1))
        pooled = np.concatenate([highest, answers.sum(1) / lengths], 1)
        kept = self._kept(pooled.shape, ANSWERS_LEFT_OUT)
        pooled *= kept
        slope = _slope(pooled @ self.out.values + self.base.values, labels)

        back = (slope @ self.out.values.T) * kept
        wanted = np.repeat((back[:, FILTERS:] / lengths)[:, None], rows.shape[1], 1)
        wanted[np.arange(len(rows))[:, None], strongest, np.arange(FILTERS)] += back[:, :FILTERS]
        wanted = (wanted * (answers > 0)).reshape(-1, FILTERS)
        vectors = _unspanned((wanted @ self.filters.values.T).reshape(*rows.shape[:2], SPAN, SIZE)) * seen
        message, token, name = np.nonzero(rows)
        moved, summed = _gathered(rows[message, token, name], vectors[message, token])
        slopes = [spans.reshape(-1, SPAN * SIZE).T @ wanted, wanted.sum(0), pooled.T @ slope, slope.sum(0)]
        steepness = float(np.sqrt(sum((one * one).sum() for one in (*slopes, summed))))
        cut = np.float32(min(1.0, STEEPEST / max(steepness, 1e-9)))
        for part, one in zip((self.filters, self.bias, self.out, self.base), slopes, strict=True):
            part.step(cut * one, rate, turn)
        self.vectors.step(cut * summed, rate, turn, moved)


def learn(texts: Sequence[Text], labels: Floats) -> Models:
    """Both models from messages and, for each, one number per label: 1 where it is right, else 0."""
    chance = np.random.default_rng(SEED)
    linear, net = _Linear(), _Net(chance)
    lengths = np.array([len(text.rows) for text in texts])
    buckets = [np.array([bucket for found in text.buckets for bucket in found], np.int32) for text in texts]
    turn, turns = 0, ROUNDS * -(-len(texts) // BATCH)
    for _ in range(ROUNDS):
        # Messages of one length go together: a short one would otherwise be padded to the longest of its batch.
        order = np.argsort(lengths + 4 * chance.random(len(texts)))
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        for number in chance.permutation(len(batches)):
            batch = batches[number]
            turn += 1
            share = min(1.0, turn / WARMING) * max(LOWEST, 1 - turn / turns)
            net.learn(_padded([texts[i].rows for i in batch]), labels[batch], RATE * share, turn)
            linear.learn([buckets[i] for i in batch], labels[batch], LINEAR_RATE * share, turn)
    composing = Composing(net.vectors.values, net.filters.values, net.bias.values, net.out.values)
    return Models(linear.weights.values, composing, linear.bias.values + net.base.values)


def _slope(scores: Floats, labels: Floats) -> Floats:
    """Of the logistic loss, for the mean of a batch."""
    likely = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    slope: Floats = ((likely * (1 - labels) - (1 - likely) * labels * URGENT) / len(labels)).astype(np.float32)
    return slope


def _padded(rows: Sequence[Ints]) -> Ints:
    found = np.zeros((len(rows), max(map(len, rows)), NAMES), np.int32)
    for i, one in enumerate(rows):
        found[i, : len(one)] = one
    return found


def _spans(vectors: Floats) -> Floats:
    """Each token's vector with those of its neighbours."""
    padded = np.pad(vectors, ((0, 0), (AROUND, AROUND), (0, 0)))
    return np.concatenate([padded[:, k : k + vectors.shape[1]] for k in range(SPAN)], 2)


def _unspanned(slopes: Floats) -> Floats:
    """What each token's vector owes to the spans it is part of."""
    count = slopes.shape[1]
    padded = np.zeros((len(slopes), count + 2 * AROUND, SIZE), np.float32)
    for k in range(SPAN):
        padded[:, k : k + count] += slopes[:, :, k]
    return padded[:, AROUND : AROUND + count]


def _gathered(rows: Ints, slopes: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Each row once, with the sum of its slopes."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return ordered[starts].astype(np.intp), np.add.reduceat(slopes[order], starts, 0)
