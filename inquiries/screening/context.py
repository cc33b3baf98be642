"""Decides whether a phrase that was found means what it says, or stands in a context that makes it harmless.

A context reaches only as far as its scope, so that it can never hide a second statement elsewhere:

    over      the context shares words with the phrase ("dying to know")
    before    it stands before the phrase, with nothing but its `through` words between ("never been suicidal")
    after     it follows at once, as an answer does ("Pregnant? No.")
    clause    anywhere in the same clause; "but" and "now" begin a new one
    sentence  anywhere in the same sentence
    near      in the same sentence or the one before
    next      in the same sentence or the one after
    around    in the same sentence or a neighbouring one
    message   anywhere in the message

Where a context of scope `before` names `barring` words instead, it reaches over everything but those, to the start
of the sentence at most ("my sister-in-law ... had Botox", but not "my sister-in-law asked whether I take aspirin").

What is urgent is excused only by what touches the phrase (over, before, after). Whatever else stands near leaves it in
doubt: the phrase then counts as a hint, and the second reader decides. So do contexts that explain nothing but mark
laughter, questions, lessons and looks back (`doubt = true`), for every urgent rule of their language.

An objection ("again", "since yesterday") in the same reach overrules the context.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence

from .automaton import Hit
from .patterns import COMMA, END
from .rules import SCOPES, Context, Rule, RuleBook
from .words import Token

REACH = 30
"""Tokens to either side that are looked at, so that one endless sentence costs no more than many short ones."""
FLUENT = frozenset({"crisis", "emergency"})
"""What is urgent: only a context of the same language says anything about it ("I'm a student. Quiero morirme." stays a
crisis), only one that touches it excuses it, and the others leave it in doubt."""
TOUCHING = frozenset({"over", "before", "after"})
"""Scopes that excuse what is urgent. What only stands near it ("I work as a nurse", "we married in 2005") may belong to
something else: there the phrase counts as a hint, and the second reader decides."""
NEARBY = frozenset(SCOPES) - {"message"}
"""Scopes that may leave something urgent in doubt: what is said at the other end of a letter does not."""
LONE = 9
"""Tokens of a sentence that speaks for itself: what another sentence says leaves no doubt about it."""
OBJECTIONS = {
    "over": "sentence",
    "before": "next",
    "after": "sentence",
    "clause": "next",
    "sentence": "next",
    "near": "next",
    "next": "next",
    "around": "around",
}
"""How far an objection to each scope is looked for."""
_ASKING = frozenset(["am", "are", "do", "did", "have", "has", "was", "would", "will", "is", "any", "ever"])
_STATED = frozenset(["i", "quiero", "voy", "deseo"])
_BETWEEN = 9
"""Words that may stand between a negation and what it negates."""
_BETWEEN_BARRED = 14
"""Words that may stand between a context and its phrase where only some are barred."""


class Surroundings:
    """The contexts found in one message, and the clauses and sentences it consists of."""

    def __init__(self, book: RuleBook, tokens: Sequence[Token], hits: Iterable[Hit]):
        self._book, self._tokens = book, tokens
        self._clauses, self._sentences = _divide(tokens, book.contrasts)
        self._found: dict[int, list[Hit]] = {}
        for hit in hits:
            self._found.setdefault(hit.label, []).append(hit)
        self._labels: dict[str, list[int]] = {}
        for label, context in book.contexts.items():
            if label in self._found:
                self._labels.setdefault(context.name, []).append(label)
        self._objections = {context: label for label, context in book.objections.items() if label in self._found}

    def excuse(self, rule: Rule, hit: Hit) -> Hit | None:
        """What makes this hit harmless, or None: then it counts. A hit that nothing bears out is returned itself."""
        if rule.only_with and self._met(rule, rule.only_with, hit) is None:
            return hit
        return self._met(rule, rule.unless, hit, TOUCHING if rule.kind in FLUENT else SCOPES)

    def doubted(self, rule: Rule, hit: Hit) -> bool:
        """Does something stand near this hit, but not beside it, that leaves open whether it is meant?"""
        names = (*rule.unless, *self._book.doubts)
        return rule.kind in FLUENT and self._met(rule, names, hit, NEARBY, self._speaks_for_itself(hit)) is not None

    def _speaks_for_itself(self, hit: Hit) -> bool:
        """Does the hit stand in a sentence of a few words ("I overdosed.")?"""
        sentence = self._sentences[hit.first]
        return bisect_left(self._sentences, sentence + 1) - bisect_left(self._sentences, sentence) <= LONE

    def _met(
        self, rule: Rule, names: Iterable[str], hit: Hit, scopes: Container[str] = SCOPES, alone: bool = False
    ) -> Hit | None:
        """The first context of these names and scopes that reaches the hit, and that no objection overrules. `alone`:
        it must stand in the same sentence."""
        for name in names:
            for label in self._labels.get(name, ()):
                context = self._book.contexts[label]
                if context.scope not in scopes or (rule.kind in FLUENT and context.language != rule.language):
                    continue
                for found in self._within_reach(label, hit):
                    if alone and self._sentences[found.first] != self._sentences[hit.first]:
                        continue
                    if self._reaches(context, found, hit) and not self._objected(label, hit):
                        return found
        return None

    def _objected(self, label: int, hit: Hit) -> bool:
        objection = self._objections.get(label)
        if objection is None:
            return False
        context = self._book.contexts[label]
        if context.despite_anywhere or context.scope == "message":
            return True
        reach = OBJECTIONS[context.scope]
        return any(self._near(reach, found, hit) for found in self._within_reach(objection, hit))

    def _within_reach(self, label: int, hit: Hit) -> Sequence[Hit]:
        found = self._found[label]
        if label in self._book.contexts and self._book.contexts[label].scope == "message":
            return found[:1]
        first = bisect_left(found, hit.first - REACH, key=lambda other: other.first)
        last = bisect_left(found, hit.last + REACH, key=lambda other: other.first)
        return found[first:last]

    def _reaches(self, context: Context, found: Hit, hit: Hit) -> bool:
        if context.scope == "before":
            return self._leads_to(context, found, hit)
        if context.scope == "after":
            return self._answers(found, hit, context.through)
        return self._near(context.scope, found, hit)

    def _answers(self, found: Hit, hit: Hit, through: frozenset[str]) -> bool:
        """Does `found` answer the hit? A "no" in the next sentence answers a question, not "I want to die"."""
        between = self._tokens[hit.last + 1 : found.first]
        if found.first <= hit.last or not all(token.word in (COMMA, END) or token.word in through for token in between):
            return False
        if all(token.word != END for token in between):
            return True
        first = bisect_left(self._sentences, self._sentences[hit.first])
        said = [token.word for token in self._tokens[first : hit.first + 1]]
        return said[0] in _ASKING or _STATED.isdisjoint(said)

    def _near(self, scope: str, found: Hit, hit: Hit) -> bool:
        if scope == "over":
            return found.first <= hit.last and hit.first <= found.last
        if scope == "message":
            return True
        if scope == "clause":
            return self._clauses[found.first] == self._clauses[hit.first]
        apart = self._sentences[found.first] - self._sentences[hit.first]
        return apart in {"sentence": (0,), "near": (-1, 0), "next": (0, 1), "around": (-1, 0, 1)}[scope]

    def _leads_to(self, context: Context, found: Hit, hit: Hit) -> bool:
        if found.first <= hit.first <= found.last:
            return found.first < hit.first
        if found.last > hit.first:
            return False
        between = self._tokens[found.last + 1 : hit.first]
        if context.barring:
            last = _BETWEEN_BARRED
            return len(between) <= last and not any(t.word in context.barring or t.word == END for t in between)
        return len(between) <= _BETWEEN and all(token.word in context.through for token in between)


def _divide(tokens: Sequence[Token], contrasts: frozenset[str]) -> tuple[list[int], list[int]]:
    """For each token, the number of its clause and of its sentence."""
    clauses, sentences = [], []
    clause = sentence = 0
    for token in tokens:
        if token.word in contrasts:
            clause += 1
        clauses.append(clause)
        sentences.append(sentence)
        if token.word == END:
            clause += 1
            sentence += 1
    return clauses, sentences
