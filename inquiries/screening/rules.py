"""Loads the rules: what raises a message (rules), what excuses a phrase or leaves it in doubt (contexts), their words.

rules/lexicon_<language>.toml    lists of words, named phrases, short forms, keywords that may be mistyped
rules/context_<language>.toml    contexts: negation, the distant past, idioms, grief, a professional asking …
rules/context_flags_<language>.toml  contexts of the clinical flags alone: whose condition, since when, for whom
rules/<concern>_<language>.toml  rules: a kind, an id, a reason, a source, phrases, examples
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from .automaton import Automaton, Symbols
from .patterns import ANY, COMMA, END, Choice, Gap, Node, Parser, PatternError, Word
from .spelling import Spelling, fold

HERE = Path(__file__).parent / "rules"
LANGUAGES = ("en", "es")
WORDS_KEPT = 8192
URGENCIES = ("crisis", "emergency", "routine")
"""Most urgent first. Crisis and emergency are also kinds of finding; every other kind leaves a message routine."""
KINDS = (
    "crisis",
    "emergency",
    "pregnancy_breastfeeding",
    "neuromuscular",
    "anticoagulant",
    "aminoglycoside_or_relaxant",
    "botulinum_allergy_or_reaction",
    "under_18",
    "recent_botox",
    "psychiatric_medication",
    "skin_infection",
)
SCOPES = ("over", "before", "after", "clause", "sentence", "near", "next", "around", "message")


@dataclass(frozen=True)
class Rule:
    """Why a message is raised. `reason` is shown to staff; `source` says where the sign comes from."""

    id: str
    kind: str
    reason: str
    source: str
    language: str = ""
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    needs: str = ""
    """Counts only if this kind is found in the same message too."""
    hint: bool = False
    """Too often wrong on messages nobody wrote it for: it never raises alone, but the classifier weighs it."""
    only_with: tuple[str, ...] = ()
    """Counts only where a context of one of these names stands within its reach ("had it done" … "six weeks ago")."""


@dataclass(frozen=True)
class Context:
    """What may make a phrase harmless or leave it in doubt, and how near it must stand (see context.py)."""

    id: str
    name: str
    scope: str
    reason: str
    language: str = ""
    through: frozenset[str] = frozenset()
    barring: frozenset[str] = frozenset()
    despite_anywhere: bool = False
    """An objection counts wherever in the message it stands."""
    doubt: bool = False
    """Explains nothing, but laughs, asks, teaches, looks back or tells hearsay: what a rule found so near is a hint."""


@dataclass
class RuleBook:
    """All rules, ready to run. Labels of the automaton point into `rules`, `contexts` and `objections`."""

    spelling: Spelling
    automaton: Automaton = field(default_factory=Automaton)
    rules: dict[int, Rule] = field(default_factory=dict)
    contexts: dict[int, Context] = field(default_factory=dict)
    objections: dict[int, int] = field(default_factory=dict)
    """Phrases that overrule a context, by the label of that context."""
    contrasts: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    """Words that no gap may pass over: "swallowing is fine, no problems" is not a problem."""
    words: dict[str, set[str]] = field(default_factory=lambda: {language: set() for language in LANGUAGES})
    lists: dict[str, list[str]] = field(default_factory=dict)
    prefixes: dict[str, list[str]] = field(default_factory=dict)
    ranges: list[tuple[str, int, int]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # People use the same few thousand words; working out each one again was a tenth of the reading time.
        self.symbols = lru_cache(WORDS_KEPT)(self._symbols)

    @cached_property
    def excusing(self) -> frozenset[int]:
        """The labels of the contexts that may explain something urgent, or leave it in doubt."""
        names = {name for rule in self.rules.values() if rule.kind in URGENCIES for name in rule.unless}
        return frozenset(label for label, context in self.contexts.items() if context.doubt or context.name in names)

    @cached_property
    def doubts(self) -> frozenset[str]:
        """The names of the contexts that leave something urgent in doubt."""
        return frozenset(context.name for context in self.contexts.values() if context.doubt)

    def _symbols(self, word: str) -> Symbols:
        """Everything a token may be matched as."""
        if word in (COMMA, END):
            return (word,)
        found = [*self.lists.get(word, ())] if word in self.negations else [ANY, *self.lists.get(word, ())]
        found += [f"{stem}*" for stem in self.prefixes.get(word[:2], ()) if word.startswith(stem)]
        number = int(word) if word.isdecimal() and len(word) < 5 else self.numbers.get(word)
        if number is not None:
            found += [symbol for symbol, least, most in self.ranges if least <= number <= most]
        return (*found, word) if word in self.lists or found != [ANY] else (ANY,)


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """The rules of this directory, read once. Raises PatternError or KeyError when a file is malformed."""
    lexicons = {language: _read(f"lexicon_{language}.toml") for language in LANGUAGES}
    book = RuleBook(_spelling(lexicons.values()))
    for language, lexicon in lexicons.items():
        _Loader(book, language, lexicon).load()
    stems = [stem for stems in book.prefixes.values() for stem in stems]
    book.spelling.learn(book.lists, stems, by_ear=book.words["es"])
    return book


def _read(name: str) -> dict[str, Any]:
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


def _spelling(lexicons: Any) -> Spelling:
    expansions: dict[str, str] = {}
    keywords: list[str] = []
    lookalikes: list[str] = []
    for lexicon in lexicons:
        expansions |= lexicon["short_forms"]
        keywords += lexicon["spelling"]["keywords"].split()
        lookalikes += lexicon["spelling"]["lookalikes"].split()
    return Spelling(expansions, keywords, lookalikes)


class _Loader:
    """Adds the files of one language to a rule book."""

    def __init__(self, book: RuleBook, language: str, lexicon: dict[str, Any]):
        self.book, self.language = book, language
        self.names: dict[str, str] = {}
        self.named: dict[str, Node] = {}
        self.parser = Parser(self.names, self.named, book.spelling.expand)
        for name, words in lexicon["lists"].items():
            self.names[name] = f"<{language}.{name}>"
            for word in words.split():
                book.lists.setdefault(fold(word), []).append(self.names[name])
                book.words[language].add(fold(word))
        for name, phrase in lexicon["phrases"].items():
            self.named[name] = self.parser.parse(phrase)
        book.numbers |= {fold(word): number for word, number in lexicon["numbers"].items()}
        book.contrasts |= set(fold(lexicon["contrasts"]).split())
        book.negations |= set(fold(lexicon["negations"]).split())

    def load(self) -> None:
        """Contexts first: rules name them."""
        names: set[str] = set()
        for path in sorted(HERE.glob(f"context_*{self.language}.toml")):
            names |= self._contexts(_read(path.name))
        for path in sorted(HERE.glob(f"*_{self.language}.toml")):
            if not path.name.startswith(("lexicon_", "context_")):
                self._rules(_read(path.name), names)

    def _contexts(self, file: dict[str, Any]) -> set[str]:
        for entry in file["context"]:
            if entry["scope"] not in SCOPES:
                raise PatternError(f"unknown scope in {entry['id']}")
            through = frozenset(fold(entry.get("through", "")).split())
            label = self._add(entry["phrases"])
            self.book.contexts[label] = Context(
                id=entry["id"],
                name=entry["name"],
                scope=entry["scope"],
                reason=entry["reason"],
                language=self.language,
                through=through,
                barring=frozenset(fold(entry.get("barring", "")).split()),
                despite_anywhere=entry.get("despite_anywhere", False),
                doubt=entry.get("doubt", False),
            )
            if "despite" in entry:
                self.book.objections[self._add(entry["despite"])] = label
        return {entry["name"] for entry in file["context"]}

    def _rules(self, file: dict[str, Any], contexts: set[str]) -> None:
        for entry in file["rule"]:
            kind = entry.get("kind", file.get("kind"))
            unless = tuple(entry.get("unless", file["unless"]))
            only_with = tuple(entry.get("only_with", ()))
            if kind not in KINDS or not contexts.issuperset(unless + only_with):
                raise PatternError(f"unknown kind or context in {entry['id']}")
            self.book.rules[self._add(entry["phrases"])] = Rule(
                id=entry["id"],
                kind=kind,
                reason=entry["reason"],
                source=entry["source"],
                language=self.language,
                unless=unless,
                examples=tuple(entry["examples"]),
                counter_examples=tuple(entry.get("not", ())),
                needs=entry.get("needs", ""),
                hint=entry.get("hint", False),
                only_with=only_with,
            )

    def _add(self, phrases: list[str]) -> int:
        label = len(self.book.rules) + len(self.book.contexts) + len(self.book.objections)
        for phrase in phrases:
            tree = self.parser.parse(phrase)
            self._note(tree)
            self.book.automaton.add(tree, label)
        return label

    def _note(self, node: Node) -> None:
        """Let the book recognise every word and number range this phrase looks for."""
        if isinstance(node, Word):
            self._note_symbol(node.symbol)
        elif not isinstance(node, Gap):
            for part in node.parts:
                self._note(part)

    def _note_symbol(self, symbol: str) -> None:
        if symbol.startswith("#"):
            least, _, most = symbol[1:].partition("-")
            if (known := (symbol, int(least), int(most or least))) not in self.book.ranges:
                self.book.ranges.append(known)
        elif symbol.endswith("*"):
            stems = self.book.prefixes.setdefault(symbol[:2], [])
            if symbol[:-1] not in stems:
                stems.append(symbol[:-1])
        elif not symbol.startswith("<") and symbol not in (COMMA, END):
            self.book.lists.setdefault(symbol, [])
            self.book.words[self.language].add(symbol)


__all__ = ["KINDS", "URGENCIES", "Choice", "Context", "Rule", "RuleBook", "rule_book"]
