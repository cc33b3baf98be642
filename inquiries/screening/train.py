"""Learns the classifier's weights: `python -m inquiries.screening.train`, then commit `weights.npz`.

Learns from `lessons/*.toml`, the rules' counter-examples, the hints' examples and the tuning and natural messages of
the tests, never from the held-out ones. First checks itself: it leaves out the messages of some writers, learns from
the rest, reads those left out, and so on until each message was left out once. It prints how many true messages and how
many harmless ones it would raise with the rules. Takes a few minutes.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import Reading, by_rules, classifier, features, unexplained
from .classifier import LABELS, Floats, Models
from .features import Text
from .learning import learn
from .rules import rule_book
from .words import read

HERE = Path(__file__).parent
TUNING = HERE.parents[1] / "tests" / "screening" / "labelled"
LEARNED_FROM = ("natural", "tune")
THRESHOLDS = {"crisis": -2.5, "emergency": -2.6}
"""Chosen on held-out messages, where both targets hold (decision 0005)."""
SHIFTS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
FOLDS = 3


@dataclass(frozen=True)
class Lesson:
    """One text to learn from, and the labels that are right for it."""

    text: Text
    labels: frozenset[str]
    by_rule: bool = False
    """A rule raises it, whatever the classifier says."""
    writer: str = ""
    """Of a labelled message: its language and the letter of who wrote it. Empty for what is only a lesson."""


def lessons() -> list[Lesson]:
    """Everything to learn from."""
    found = []
    for path in sorted((HERE / "lessons").glob("*.toml")):
        for label, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found += [_lesson(text, frozenset({label})) for text in texts]
    for rule in rule_book().rules.values():
        found += [_lesson(text, frozenset({"routine"})) for text in rule.counter_examples]
        if rule.hint:
            found += [_lesson(text, frozenset({rule.kind})) for text in rule.examples]
    for path in sorted(path for part in LEARNED_FROM for path in TUNING.glob(f"{part}_*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["message"]:
            labels = frozenset({entry["urgency"], entry.get("also", entry["urgency"])})
            found.append(_lesson(entry["text"], labels, entry["id"][:4]))
    return found


def _lesson(text: str, labels: frozenset[str], writer: str = "") -> Lesson:
    book = rule_book()
    tokens = read(text, book.spelling.spell, book.spelling.join)
    reading = by_rules(book, tokens)
    left = unexplained(tokens, reading)
    return Lesson(features.text(tokens, left, reading.signs), labels, _by_rule(reading), writer)


def _by_rule(reading: Reading) -> bool:
    return any(one.rule.kind in LABELS and not one.hint for one in reading.noted)


def models(chosen: Sequence[Lesson]) -> Models:
    """What these lessons teach. Each passage of a harmless message is harmless; which one of an urgent message is
    urgent nobody has said, so that it is learned from as a whole."""
    told = [
        (text, [label in lesson.labels for label in LABELS])
        for lesson in chosen
        for text in (_passages(lesson.text) if lesson.labels == {"routine"} else [lesson.text])
    ]
    return learn([text for text, _ in told], np.array([labels for _, labels in told], np.float32))


def _passages(text: Text) -> list[Text]:
    pieces = classifier.passages(len(text.rows))
    return [Text(text.buckets[first:last], text.rows[first:last], text.demand) for first, last in pieces]


def check(chosen: Sequence[Lesson]) -> None:
    """Print what rules and classifier raise among messages whose writers it has not learned from."""
    writers = sorted({lesson.writer for lesson in chosen} - {""})
    unseen: list[tuple[Lesson, Floats]] = []
    for fold in range(FOLDS):
        aside = set(writers[fold::FOLDS])
        learned = models([lesson for lesson in chosen if lesson.writer not in aside])
        unseen += [(lesson, classifier.scores(lesson.text, learned)) for lesson in chosen if lesson.writer in aside]
    thresholds = np.array([THRESHOLDS[label] for label in LABELS])
    for language in ("en", "es"):
        mine = [(lesson, score) for lesson, score in unseen if lesson.writer.startswith(language)]
        for shift in SHIFTS:
            raised = [(one.labels, one.by_rule or bool((score > thresholds + shift).any())) for one, score in mine]
            _say(f"thresholds {shift:+.1f} {language}: {_shares(raised)}")


def _shares(raised: Sequence[tuple[frozenset[str], bool]]) -> str:
    """Recall of each urgent label (raised as either), and the share of harmless messages left alone."""
    parts = []
    for label in LABELS:
        found = [was for labels, was in raised if label in labels]
        parts.append(f"{label} {sum(found) / len(found):.3f}")
    kept = [not was for labels, was in raised if labels == {"routine"}]
    return ", ".join([*parts, f"harmless kept routine {sum(kept) / len(kept):.3f}"])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    chosen = lessons()
    _say(f"{len(chosen)} texts")
    check(chosen)
    classifier.pack(models(chosen), THRESHOLDS)
    _say(f"wrote {classifier.WEIGHTS.name}, {classifier.WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
