"""Prints how well screening reads the labelled messages: `make screening-report`.

Tuning messages are shown in full when they fail, held-out ones only by id and category, so that nobody tunes on them.
Where the held-out files are missing, the report says so. `--set tune` reads only those.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from inquiries.screening import KINDS, Screening, screen  # noqa: E402 - the repository root must be importable first
from inquiries.screening.rules import rule_book  # noqa: E402 - as above

URGENT = ("crisis", "emergency")
FLAGS = tuple(kind for kind in KINDS if kind not in URGENT)
ADVERSARIAL = {
    "one word again and again": "want to " * 625,
    "half phrases": "i do not want to be able to keep going to the end of my " * 90,
    "no spaces": "killmyself" * 500,
    "letters apart": "k i l l " * 625,
    "signs for letters": "k*!1$@ " * 715,
    "every word new": " ".join(f"z{n}x" for n in range(900)),
    "rule words at random": " ".join(random.Random(1).choices(sorted(rule_book().lists), k=900)),
    "commas": "i want, " * 625,
    "negations": "no never not without suicidal thoughts of " * 120,
}


@dataclass(frozen=True)
class Labelled:
    """One labelled message and what screening made of it."""

    id: str
    language: str
    text: str
    category: str
    answers: frozenset[str]
    flags: frozenset[str]
    either: frozenset[str]
    found: Screening

    @property
    def raised(self) -> frozenset[str]:
        return frozenset(finding.kind for finding in self.found.findings)


def load(part: str) -> list[Labelled]:
    """The messages of `tune`, `natural` or `heldout`, both languages, screened."""
    messages = []
    for path in sorted((HERE / "labelled").glob(f"{part}_*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["message"]:
            messages.append(
                Labelled(
                    id=entry["id"],
                    language=path.stem.removeprefix(f"{part}_"),
                    text=entry["text"],
                    category=entry["category"],
                    answers=frozenset({entry["urgency"], entry.get("also", entry["urgency"])}),
                    flags=frozenset(entry.get("flags", ())),
                    either=frozenset(entry.get("either_flags", ())),
                    found=screen(entry["text"]),
                )
            )
    return messages


def share(part: int, whole: int) -> str:
    """`12/13 0.923`, or a dash when there is nothing to count."""
    return f"{part}/{whole} {part / whole:.3f}" if whole else "-"


def print_table(messages: Sequence[Labelled]) -> None:
    """The four figures that count, for each language."""
    print(f"  {'':4}{'crisis recall':22}{'emergency recall':22}{'harmless kept routine':24}flags F1")
    for language in sorted({m.language for m in messages}):
        part = [m for m in messages if m.language == language]
        crisis = [m for m in part if m.answers == {"crisis"}]
        emergency = [m for m in part if "emergency" in m.answers]
        harmless = [m for m in part if m.answers == {"routine"}]
        cells = [share(sum(m.found.urgency in m.answers for m in kind), len(kind)) for kind in (crisis, emergency)]
        kept = share(sum(m.found.urgency == "routine" for m in harmless), len(harmless))
        print(f"  {language:4}{cells[0]:22}{cells[1]:22}{kept:24}{f1(*flag_counts(part, FLAGS)):.3f}")


def print_urgency(messages: Sequence[Labelled]) -> None:
    """Recall for each urgent word, and how many harmless messages stay routine."""
    for word in URGENT:
        true = [m for m in messages if word in m.answers and (len(m.answers) == 1 or word == "emergency")]
        print(
            f"  {word:10} recall as urgency {share(sum(m.found.urgency in m.answers for m in true), len(true))}", end=""
        )
        print(f"   raised at all {share(sum(bool(m.answers & m.raised) for m in true), len(true))}", end="")
        false = [m for m in messages if word not in m.answers]
        print(f"   specificity {share(sum(word not in m.raised for m in false), len(false))}")
    routine = [m for m in messages if m.answers == {"routine"}]
    print(f"  routine    specificity {share(sum(m.found.urgency == 'routine' for m in routine), len(routine))}")


def print_flags(messages: Sequence[Labelled]) -> None:
    """Precision, recall and F1 of each clinical flag and of all together."""
    for flag in FLAGS:
        print(f"  {flag:31}{scores(*flag_counts(messages, [flag]))}")
    print(f"  {'all flags':31}{scores(*flag_counts(messages, FLAGS))}")


def flag_counts(messages: Sequence[Labelled], flags: Iterable[str]) -> tuple[int, int, int]:
    """How often these flags were raised rightly, raised wrongly, and missed."""
    counts: Counter[str] = Counter()
    for flag in flags:
        for m in messages:
            counts["hit"] += flag in m.flags & m.raised
            counts["extra"] += flag in m.raised - m.flags - m.either
            counts["missed"] += flag in m.flags - m.raised
    return counts["hit"], counts["extra"], counts["missed"]


def f1(hit: int, extra: int, missed: int) -> float:
    """The harmonic mean of precision and recall; 0 when nothing was right."""
    return 2 * hit / (2 * hit + extra + missed) if hit else 0.0


def scores(hit: int, extra: int, missed: int) -> str:
    """Precision, recall and F1 from counts."""
    return (
        f"precision {share(hit, hit + extra):14} recall {share(hit, hit + missed):14} F1 {f1(hit, extra, missed):.3f}"
    )


def print_failures(messages: Iterable[Labelled], *, with_text: bool) -> None:
    """Each message screened wrongly, most frequent category first."""
    wrong = [
        m
        for m in messages
        if m.found.urgency not in m.answers or (m.raised - set(URGENT) - m.either) != m.flags - m.either
    ]
    urgent = [m for m in wrong if m.found.urgency not in m.answers]
    print("  urgency wrong by category:", dict(Counter(m.category for m in urgent).most_common()) or "none")
    for m in wrong:
        expected = "/".join(sorted(m.answers)) if m.found.urgency not in m.answers else ""
        flags = [f"+{f}" for f in sorted(m.raised - set(URGENT) - m.flags - m.either)]
        flags += [f"-{f}" for f in sorted(m.flags - m.raised)]
        line = f"  {m.id} {m.category}: {f'{expected} read as {m.found.urgency}' if expected else ''} {' '.join(flags)}"
        print(line.rstrip())
        if with_text:
            print("     ", " ".join(m.text.split())[:300])
            for f in m.found.findings:
                if (f.kind in URGENT and expected) or f.kind not in m.flags | {*URGENT}:
                    print(f"      > {f.rule}: {m.text[f.start : f.end]!r}")


def milliseconds(text: str) -> float:
    """Processor time, the best of three, with nothing remembered from earlier messages."""
    best = float("inf")
    for _ in range(3):
        rule_book().spelling.spell.cache_clear()
        rule_book().automaton.forget()
        started = time.process_time()
        screen(text)
        best = min(best, time.process_time() - started)
    return best * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=["tune", "natural", "heldout"], action="append", dest="parts")
    parser.add_argument("--quiet", action="store_true", help="figures only")
    options = parser.parse_args()
    everything = []
    for part in options.parts or ["tune", "natural", "heldout"]:
        messages = load(part)
        everything += messages
        if not messages:
            print(f"\n{part}: no {part}_*.toml in tests/screening/labelled")
            continue
        print(f"\n{part}: {len(messages)} messages")
        print_table(messages)
        print_urgency(messages)
        print_flags(messages)
        if not options.quiet:
            print_failures(messages, with_text=part != "heldout")
    print("\ntime")
    longest = sorted(everything, key=lambda m: len(m.text))[-50:]  # a short one is never the slowest
    slowest = max(longest, key=lambda m: milliseconds(m.text))
    print(
        f"  worst labelled message {slowest.id} ({len(slowest.text)} characters): {milliseconds(slowest.text):.1f} ms"
    )
    for name, text in ADVERSARIAL.items():
        print(f"  5,000 characters, {name}: {milliseconds(text[:5000]):.1f} ms")


if __name__ == "__main__":
    main()
