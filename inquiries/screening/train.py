"""Learns the classifier's weights: `python -m inquiries.screening.train`, then commit `weights.bin`.

Learns from `lessons/*.toml`, the rules' examples and the tuning messages of the tests, never from the held-out
ones. First checks itself: it learns on five sixths, reads the last sixth, six times over, and prints how many true
messages and how many harmless ones it would raise. The same input always gives the same file.
"""

from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path

from . import by_rules, classifier, screen, unexplained
from .rules import rule_book
from .words import read

HERE = Path(__file__).parent
TUNING = HERE.parents[1] / "tests" / "screening" / "labelled"
THRESHOLDS = {"crisis": -0.65, "emergency": -0.5}
"""Chosen by the check below and by messages left out of the learning: lower ones raise too many harmless messages."""
SHIFTS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
FOLDS, ROUNDS, RATE, SEED = 6, 24, 2.0, 7
DECAY = 0.15
"""How strongly weights are drawn to nothing. What few lessons bear out stays small."""
AVERAGED = 8
"""The last rounds, whose weights are averaged: the lesson that happens to come last must not have the last word."""


@dataclass(frozen=True)
class Lesson:
    """One passage: its buckets, the labels that are right for it, and the text it came from."""

    buckets: tuple[int, ...]
    labels: frozenset[str]
    text: str
    whole: bool = True
    """False: one of several passages of a message that must be raised, and perhaps not the one to raise."""
    length: float = 0.0
    """What its message must score for its length alone."""
    language: str = ""
    """Of a labelled message; empty for what is only a lesson. The check counts labelled messages."""


@dataclass
class Learned:
    """Weights in full precision."""

    bias: float
    weights: list[float]

    def score(self, buckets: Sequence[int]) -> float:
        """Above zero: more likely than not."""
        return self.bias + sum(map(self.weights.__getitem__, buckets)) / classifier.root(len(buckets))


def lessons() -> list[Lesson]:
    """Every passage to learn from."""
    found = []
    for path in sorted((HERE / "lessons").glob("*.toml")):
        for label, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for text in texts:
                found += _passages(text, frozenset({label}))
    for rule in rule_book().rules.values():
        for text in rule.counter_examples:
            found += _passages(text, frozenset({"routine"}))
        if rule.hint:
            for text in rule.examples:
                found += _passages(text, frozenset({rule.kind}))
    for path in sorted(TUNING.glob("tune_*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["message"]:
            labels = frozenset({entry["urgency"], entry.get("also", entry["urgency"])})
            found += _passages(entry["text"], labels, path.stem.removeprefix("tune_"))
    return found


def _passages(text: str, labels: frozenset[str], language: str = "") -> list[Lesson]:
    book = rule_book()
    tokens = read(text, book.spelling.spell, book.spelling.join)
    reading = by_rules(book, tokens)
    tokens = unexplained(tokens, reading)
    buckets = classifier.features(tokens, reading.signs)
    stretches = list(classifier.passages(tokens))
    whole = len(stretches) == 1 or labels == {"routine"}
    length = classifier.length(tokens, reading.signs)
    return [
        Lesson(
            tuple(bucket for found in buckets[first : last + 1] for bucket in found),
            labels,
            text,
            whole,
            length,
            language,
        )
        for first, last in stretches
    ]


def learn(examples: Sequence[Lesson], label: str) -> Learned:
    """Learn from certain passages, then again with the one passage of each long message that reads most urgent."""
    certain = [lesson for lesson in examples if lesson.whole]
    first = _descend(certain, label)
    likeliest: dict[str, Lesson] = {}
    for lesson in examples:
        if not lesson.whole and label in lesson.labels:
            rival = likeliest.get(lesson.text, lesson)
            likeliest[lesson.text] = max(rival, lesson, key=lambda one: first.score(one.buckets))
    return _descend([*certain, *likeliest.values()], label)


def _descend(examples: Sequence[Lesson], label: str) -> Learned:
    """Logistic regression by stochastic gradient descent, both sides weighing the same."""
    order = list(examples)
    shuffle = random.Random(SEED)  # noqa: S311 - the same order every time, nothing secret
    positive = sum(label in lesson.labels for lesson in order)
    weight = {True: len(order) / (2 * positive), False: len(order) / (2 * (len(order) - positive))}
    model = Learned(0.0, [0.0] * classifier.BUCKETS)
    mean = Learned(0.0, [0.0] * classifier.BUCKETS)
    for turn in range(ROUNDS):
        shuffle.shuffle(order)
        rate = RATE / (1 + turn / 4)
        for lesson in order:
            wanted = label in lesson.labels
            error = (wanted - 1 / (1 + exp(-max(-30.0, min(30.0, model.score(lesson.buckets)))))) * weight[wanted]
            model.bias += 0.02 * rate * error
            step = rate * error / classifier.root(len(lesson.buckets))
            for bucket in lesson.buckets:
                model.weights[bucket] += step
        kept = 1 - min(0.5, rate * DECAY)
        model.weights = [weight * kept for weight in model.weights]
        if turn >= ROUNDS - AVERAGED:
            mean.bias += model.bias / AVERAGED
            mean.weights = [sum + weight / AVERAGED for sum, weight in zip(mean.weights, model.weights, strict=True)]
    return mean


def check(examples: Sequence[Lesson]) -> None:
    """Print what the classifier adds to the rules on labelled messages it has not learned from."""
    texts = sorted({lesson.text for lesson in examples})
    random.Random(SEED).shuffle(texts)  # noqa: S311 - as above
    scores = {label: _unseen(examples, texts, label) for label in classifier.LABELS}
    labelled = {lesson.text: lesson for lesson in examples if lesson.language}
    by_rule = {text: {found.kind for found in screen(text, classify=False).findings} for text in labelled}
    for shift in SHIFTS:
        raised = {
            text: {label for label, best in scores.items() if best[text] > THRESHOLDS[label] + shift} | by_rule[text]
            for text in labelled
        }
        for language in sorted({lesson.language for lesson in labelled.values()}):
            chosen = [(lesson.labels, raised[text]) for text, lesson in labelled.items() if lesson.language == language]
            _say(f"thresholds {shift:+.1f} {language}: {_shares(chosen)}")


def _unseen(examples: Sequence[Lesson], texts: Sequence[str], label: str) -> dict[str, float]:
    """The best score of each text, by weights learned without it, less what its length asks for."""
    best: dict[str, float] = {}
    for fold in range(FOLDS):
        aside = set(texts[fold::FOLDS])
        model = learn([lesson for lesson in examples if lesson.text not in aside], label)
        for lesson in examples:
            if lesson.text in aside:
                score = model.score(lesson.buckets) - lesson.length
                best[lesson.text] = max(best.get(lesson.text, -99.0), score)
    return best


def _shares(chosen: Sequence[tuple[frozenset[str], set[str]]]) -> str:
    """Recall of each urgent label (raised as either), and the share of harmless messages left alone."""
    urgent = set(classifier.LABELS)
    parts = []
    for label in classifier.LABELS:
        found = [bool(raised & urgent) for labels, raised in chosen if label in labels]
        parts.append(f"{label} {sum(found) / len(found):.3f}")
    kept = [not raised & urgent for labels, raised in chosen if labels == {"routine"}]
    return ", ".join([*parts, f"harmless kept routine {sum(kept) / len(kept):.3f}"])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    examples = lessons()
    _say(f"{len(examples)} passages")
    check(examples)
    data = b""
    for label in classifier.LABELS:
        model = learn(examples, label)
        data += classifier.pack(model.bias, THRESHOLDS[label], model.weights)
    classifier.WEIGHTS.write_bytes(data)
    _say(f"wrote {classifier.WEIGHTS.name}, {len(data)} bytes")


if __name__ == "__main__":
    main()
