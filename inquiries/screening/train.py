"""Learns the classifier's weights: `python -m inquiries.screening.train`, then commit `weights.bin`.

Learns from `lessons/*.toml` and the tuning messages of the tests, never from the held-out ones. First checks itself: it learns
on seven eighths, reads the last eighth, eight times over, and prints how many true messages and how many harmless ones it
would raise. The same input always gives the same file.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path

from . import by_rules, classifier, screen, unexplained
from .rules import rule_book
from .words import read

HERE = Path(__file__).parent
TUNING = HERE.parents[1] / "tests" / "screening" / "labelled"
THRESHOLDS = {"crisis": 1.2, "emergency": 1.2}
"""Chosen by the check below: harmless messages raised by it stay below five in a hundred."""
FOLDS, ROUNDS, RATE, DECAY, SEED = 8, 40, 0.5, 2e-5, 7


@dataclass(frozen=True)
class Lesson:
    """One passage: its buckets, the labels that are right for it, and the text it came from."""

    buckets: tuple[int, ...]
    labels: frozenset[str]
    text: str


@dataclass
class Learned:
    """Weights in full precision."""

    bias: float
    weights: list[float]

    def score(self, buckets: Sequence[int]) -> float:
        """Above zero: more likely than not."""
        return self.bias + sum(self.weights[bucket] for bucket in buckets) / sqrt(max(8, len(buckets)))


def lessons() -> list[Lesson]:
    """Every passage to learn from. A long message that must be raised is left out: most of it is harmless."""
    found = []
    for path in sorted((HERE / "lessons").glob("*.toml")):
        for label, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for text in texts:
                found += _passages(text, frozenset({label}))
    for path in sorted(TUNING.glob("tune_*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["message"]:
            found += _passages(entry["text"], frozenset({entry["urgency"], entry.get("also", entry["urgency"])}))
    return found


def _passages(text: str, labels: frozenset[str]) -> list[Lesson]:
    book = rule_book()
    tokens = read(text, book.spelling.spell, book.spelling.join)
    tokens = unexplained(tokens, by_rules(book, tokens)[1])
    buckets = classifier.features(tokens)
    stretches = list(classifier.passages(tokens))
    if len(stretches) > 1 and labels != {"routine"}:
        return []
    return [
        Lesson(tuple(bucket for found in buckets[first : last + 1] for bucket in found), labels, text)
        for first, last in stretches
    ]


def learn(examples: Sequence[Lesson], label: str) -> Learned:
    """Logistic regression by stochastic gradient descent, both sides weighing the same."""
    order = list(examples)
    shuffle = random.Random(SEED)
    positive = sum(label in lesson.labels for lesson in order)
    weight = {True: len(order) / (2 * positive), False: len(order) / (2 * (len(order) - positive))}
    model = Learned(0.0, [0.0] * classifier.BUCKETS)
    for turn in range(ROUNDS):
        shuffle.shuffle(order)
        rate = RATE / (1 + turn / 8)
        for lesson in order:
            wanted = label in lesson.labels
            error = (wanted - 1 / (1 + exp(-max(-30.0, min(30.0, model.score(lesson.buckets)))))) * weight[wanted]
            model.bias += 0.1 * rate * error
            step = rate * error / sqrt(max(8, len(lesson.buckets)))
            for bucket in lesson.buckets:
                model.weights[bucket] += step * 4 - DECAY * model.weights[bucket]
    return model


def check(examples: Sequence[Lesson]) -> None:
    """Print what the classifier adds to the rules on messages it has not learned from."""
    order = list(examples)
    random.Random(SEED).shuffle(order)
    by_rule = {text: {f.kind for f in screen(text, classify=False).findings} for text in {o.text for o in order}}
    for label in classifier.LABELS:
        scored = []
        for fold in range(FOLDS):
            model = learn([lesson for i, lesson in enumerate(order) if i % FOLDS != fold], label)
            scored += [(lesson, model.score(lesson.buckets)) for lesson in order[fold::FOLDS]]
        for threshold in (0.0, 0.3, 0.6, 0.9, 1.2, 1.5, 2.0):
            true = [(label in by_rule[x.text], score > threshold) for x, score in scored if label in x.labels]
            false = [(label in by_rule[x.text], score > threshold) for x, score in scored if x.labels == {"routine"}]
            print(f"{label} {threshold:.1f}:", "raised", *(_share(true, i) for i in range(3)), end=" ")
            print("| harmless raised", *(_share(false, i) for i in range(3)), "(rules, classifier, either)")


def _share(pairs: list[tuple[bool, bool]], which: int) -> str:
    return f"{sum((rule, model, rule or model)[which] for rule, model in pairs) / len(pairs):.3f}"


def main() -> None:
    examples = lessons()
    print(len(examples), "passages")
    check(examples)
    data = b""
    for label in classifier.LABELS:
        model = learn(examples, label)
        data += classifier.pack(model.bias, THRESHOLDS[label], model.weights)
    classifier.WEIGHTS.write_bytes(data)
    print(f"wrote {classifier.WEIGHTS.name}, {len(data)} bytes")


if __name__ == "__main__":
    main()
