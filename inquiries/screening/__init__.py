"""Reads a patient's message for what must not wait: a crisis, an emergency, or what the clinician must know first.

Reading order: words.py (text to words), spelling.py (what each word means), patterns.py and automaton.py (find
phrases), rules.py with rules/*.toml (which phrases, and why), context.py (what makes a phrase harmless).

Screening only ever raises a message. `routine` means "nothing found", never "low risk".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .automaton import Hit
from .context import Surroundings
from .rules import KINDS, URGENCIES, Rule, rule_book
from .words import Token, read

__all__ = ["KINDS", "URGENCIES", "Finding", "Rule", "Screening", "rule", "screen"]

MOST_PER_RULE = 10
"""Staff see where a rule first spoke; a text that repeats one phrase a thousand times needs no thousand rows."""


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


def screen(text: str) -> Screening:
    """Read a message in English or Spanish. Never raises, whatever the text."""
    raised = list(_findings(text))
    kinds = {found.kind for found, _ in raised}
    findings = [finding for found, finding in raised if not found.needs or found.needs in kinds]
    kinds = {finding.kind for finding in findings}
    urgency = next((urgency for urgency in URGENCIES if urgency in kinds), "routine")
    return Screening(urgency, tuple(sorted(findings, key=lambda found: (found.start, found.end, found.rule))))


def rule(rule_id: str) -> Rule:
    """The rule behind a finding: its reason and source. Raises KeyError for a rule that is no longer there."""
    return {rule.id: rule for rule in rule_book().rules.values()}[rule_id]


def _findings(text: str) -> Iterable[tuple[Rule, Finding]]:
    book = rule_book()
    tokens = read(text, book.spelling.spell, book.spelling.join)
    known: dict[str, tuple[str, ...]] = {token.word: book.symbols(token.word) for token in tokens}
    hits = list(book.automaton.hits([known[token.word] for token in tokens]))
    surroundings = Surroundings(book, tokens, (hit for hit in hits if hit.label not in book.rules))
    ends: dict[int, int] = {}
    kept: dict[int, int] = {}
    for hit in hits:
        found = book.rules.get(hit.label)
        if found is None or hit.last <= ends.get(hit.label, -1) or kept.get(hit.label, 0) >= MOST_PER_RULE:
            continue
        if surroundings.excuse(found, hit) is None:
            ends[hit.label] = hit.last
            kept[hit.label] = kept.get(hit.label, 0) + 1
            yield found, _finding(found, hit, tokens)


def _finding(found: Rule, hit: Hit, tokens: Sequence[Token]) -> Finding:
    last = hit.last
    while last > hit.first and tokens[last].word in (",", "$"):
        last -= 1
    return Finding(found.kind, found.id, tokens[hit.first].start, tokens[last].end)
