"""Reads a patient's message for what must not wait: a crisis, an emergency, or what the clinician must know first.

Reading order: markup.py (through tags and entities), words.py (text to words), spelling.py (what each word means),
patterns.py and automaton.py (find phrases), rules.py with rules/*.toml (which phrases, and why), context.py (what
makes a phrase harmless), features.py and classifier.py (a second reader for what no phrase foresees; train.py and
learning.py make its weights).

Screening only ever raises a message. `routine` means "nothing found", never "low risk".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import classifier, features
from .automaton import Hit
from .classifier import LABELS
from .context import Surroundings
from .features import Sign
from .patterns import COMMA, END
from .rules import KINDS, URGENCIES, Rule, RuleBook, rule_book
from .words import Token, read

__all__ = ["KINDS", "URGENCIES", "Finding", "Rule", "Screening", "rule", "screen"]

MOST_PER_RULE = 10
"""Staff see where a rule first spoke; a text that repeats one phrase a thousand times needs no thousand rows."""

LEAST_LEFT = 5
"""So few words, left over when contexts have explained the rest, say nothing."""
CLASSIFIED = {
    label: Rule(
        id=f"{label}.classifier",
        kind=label,
        reason=reason,
        source="Learned from labelled messages (decision 0005); it can only raise",
    )
    for label, reason in (
        ("crisis", "The passage reads like someone at risk."),
        ("emergency", "The passage reads like an emergency."),
    )
}


@dataclass(frozen=True)
class Finding:
    """What was found, by which rule, and the span of the message (`text[start:end]`) that says it."""

    kind: str
    rule: str
    start: int
    end: int


@dataclass(frozen=True)
class Screening:
    """Everything found in one message. `urgency` is crisis, emergency or routine; crisis goes before emergency."""

    urgency: str
    findings: tuple[Finding, ...]


class Noted(NamedTuple):
    """What a rule found and no context explained."""

    rule: Rule
    finding: Finding
    hint: bool
    """Does not raise the message alone: the rule is a hint, or words nearby leave open whether it is meant."""


class Reading(NamedTuple):
    """What the rules make of a message."""

    noted: list[Noted]
    explained: list[Hit]
    """Stretches that looked urgent but that a context explains."""
    facts: list[Hit]
    """Where a clinical flag was found. A drug, an age or a date of treatment says nothing of despair."""
    signs: list[Sign]
    """What the classifier is told about both: a phrase that was found, one explained, a context."""

    @property
    def hinted(self) -> set[str]:
        """The kinds of which there is a hint."""
        return {one.rule.kind for one in self.noted if one.hint}


def screen(text: str, *, classify: bool = True) -> Screening:
    """Read a message in English or Spanish. Never raises, whatever the text. `classify=False`: by rules alone."""
    book = rule_book()
    tokens = read(text, book.spelling.spell, book.spelling.join)
    reading = by_rules(book, tokens)
    raised = [(one.rule, one.finding) for one in reading.noted if not one.hint]
    kinds = {found.kind for found, _ in raised}
    if classify and (reading.hinted - kinds or not kinds.intersection(LABELS)):
        raised += _by_classifier(tokens, reading, [label for label in LABELS if label not in kinds])
    kinds = {found.kind for found, _ in raised}
    raised += [(one.rule, one.finding) for one in reading.noted if one.hint and one.rule.kind in kinds]
    findings = [finding for found, finding in raised if not found.needs or found.needs in kinds]
    kinds = {finding.kind for finding in findings}
    urgency = next((urgency for urgency in URGENCIES if urgency in kinds), "routine")
    return Screening(urgency, tuple(sorted(findings, key=lambda found: (found.start, found.end, found.rule))))


def rule(rule_id: str) -> Rule:
    """The rule behind a finding: its reason and source. Raises KeyError for a rule that is no longer there."""
    return {rule.id: rule for rule in (*rule_book().rules.values(), *CLASSIFIED.values())}[rule_id]


def by_rules(book: RuleBook, tokens: Sequence[Token]) -> Reading:
    """Every phrase of every rule, raised or explained."""
    known: dict[str, tuple[str, ...]] = {token.word: book.symbols(token.word) for token in tokens}
    hits = list(book.automaton.hits([known[token.word] for token in tokens]))
    surroundings = Surroundings(book, tokens, (hit for hit in hits if hit.label not in book.rules))
    noted: list[Noted] = []
    explained: list[Hit] = []
    facts: list[Hit] = []
    signs = [Sign(f"~{book.contexts[hit.label].id}", hit.first) for hit in hits if hit.label in book.excusing]
    ends: dict[int, int] = {}
    kept: Counter[int] = Counter()
    for hit in hits:
        found = book.rules.get(hit.label)
        if found is None or hit.last <= ends.get(hit.label, -1) or kept[hit.label] >= MOST_PER_RULE:
            continue
        excuse = surroundings.excuse(found, hit)
        if excuse is None:
            ends[hit.label] = hit.last
            hint = found.hint or surroundings.doubted(found, hit)
            # Ten jokes must not use up what an eleventh, plain sentence would raise.
            kept[hit.label] += found.hint or not hint
            noted.append(Noted(found, _finding(found, hit.first, hit.last, tokens), hint))
            if found.kind in LABELS:
                signs.append(Sign(f"+{found.id}", hit.first, hint))
            else:
                facts.append(hit)
        elif found.kind in LABELS:
            signs.append(Sign(f"-{found.id}", hit.first))
            explained.append(Hit(hit.label, min(hit.first, excuse.first), max(hit.last, excuse.last)))
    return Reading(noted, explained, facts, signs)


def unexplained(tokens: Sequence[Token], reading: Reading) -> list[Token]:
    """The tokens, with a comma for each that a context or a flag explains: the classifier must not raise those."""
    left = list(tokens)
    cleared = -1
    for hit in sorted([*reading.explained, *reading.facts], key=lambda hit: hit.first):
        for i in range(max(hit.first, cleared + 1), hit.last + 1):
            if left[i].word != END:
                left[i] = left[i]._replace(word=COMMA)
        cleared = max(cleared, hit.last)
    return left


def _enough(left: Sequence[Token], reading: Reading) -> bool:
    """Is there anything to judge? "No plans" is no message once "no suicidal thoughts" has been explained."""
    return (
        bool(reading.hinted)
        or not reading.explained
        or sum(token.word not in (COMMA, END) for token in left) > LEAST_LEFT
    )


def _by_classifier(tokens: Sequence[Token], reading: Reading, labels: Sequence[str]) -> Iterable[tuple[Rule, Finding]]:
    """Asked only for what no rule has raised: where one has, staff see the words, not a whole sentence."""
    left = unexplained(tokens, reading)
    if not _enough(left, reading):
        return
    ends = [token.word == END for token in tokens]
    for at, passage in enumerate(classifier.raised(features.text(tokens, left, reading.signs), ends, labels)):
        if at and passage.label not in reading.hinted:
            continue  # the weaker answer of two needs a rule's word for it, or most emergencies would be crises, too
        found = CLASSIFIED[passage.label]
        yield found, _finding(found, passage.first, passage.last, tokens)


def _finding(found: Rule, first: int, last: int, tokens: Sequence[Token]) -> Finding:
    while last > first and tokens[last].word in (COMMA, END):
        last -= 1
    return Finding(found.kind, found.id, tokens[first].start, tokens[last].end)
