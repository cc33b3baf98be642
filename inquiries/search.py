"""Search: a line of text, understood as a reference, an email, a phone number, a name and as words, all at once.

Each look into the database is bounded, however many inquiries there are and however common a word is. What is looked
for reaches no log of ours. docs/decisions/0013 says how both are done.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models

from inquiries import references
from inquiries.search_terms import Term, cleaned, digits, emails, phones, terms

MOST = 2_000  # so many are found and counted
READ_AT_ONCE = 200  # new inquiries that a search reads in before it looks, should the worker not have come to them

# As what an inquiry fits, the surest first.
WHOLE, WORDS, NEARLY = 1, 2, 3

# What the whole text may be the beginning of; of a phone number, the end, too, which an index finds from behind.
BEGINNINGS = {
    "reference": "SELECT id FROM inquiries_inquiry WHERE reference LIKE %s",
    "email": "SELECT inquiry_id FROM inquiries_searchable WHERE email LIKE %s",
    "phone": "SELECT inquiry_id FROM inquiries_searchable WHERE phone LIKE %s",
    "enohp": "SELECT inquiry_id FROM inquiries_searchable WHERE reverse(phone) LIKE %s",
}

# In the order in which the columns of WHY follow each other.
REASONS = ("reference", "email", "phone", "name", "similar name", "note", "message")
WHY = """
SELECT i.id, i.reference LIKE %(reference)s, s.email LIKE ANY(%(emails)s::text[]),
    s.phone LIKE ANY(%(phones)s::text[]),
    named @@ %(exact)s::tsquery, named @@ %(loose)s::tsquery AND NOT named @@ %(exact)s::tsquery,
    ts_filter(s.words, '{b}') @@ %(exact)s::tsquery, ts_filter(s.words, '{d}') @@ %(exact)s::tsquery
FROM inquiries_inquiry i
LEFT JOIN inquiries_searchable s ON s.inquiry_id = i.id CROSS JOIN ts_filter(s.words, '{a}') AS named
WHERE i.id = ANY(%(ids)s)
"""


class Order(models.TextChoices):
    """Which of the findings stand first."""

    BEST = "best", "Best first"
    NEWEST = "newest", "Newest first"


@dataclass(frozen=True)
class Found:
    """The inquiries that fit, in order."""

    ids: list[int]
    more: bool = False
    """True when there are more than MOST."""
    behind: bool = False
    """True when there may be inquiries that nobody has read in yet."""


class Search:
    """One line of text, and what it may mean."""

    def __init__(self, text: str) -> None:
        self.text = cleaned(text)

    @property
    def whole(self) -> dict[str, str]:
        """What the whole text may be the beginning of."""
        reference, number = references.as_typed(self.text), digits(self.text)[-10:]
        whole = {}
        if re.fullmatch(f"[{references.ALPHABET}]{{3,{references.LENGTH}}}", reference):
            whole["reference"] = reference
        if len(self.text) > 2 and " " not in self.text:
            whole["email"] = self.text.lower()
        if len(number) >= 4 and re.fullmatch(r"[0-9\s()+./-]+", self.text):
            whole |= {"phone": number, "enohp": number[::-1]}
        return whole

    @cached_property
    def terms(self) -> list[Term]:
        """Its words."""
        return terms(self.text)

    def find(self, order: str = Order.BEST) -> Found:
        """What fits the whole text as a reference, an email or a phone, or has all its words somewhere."""
        if not self.text:
            return Found([])
        behind = read_in(READ_AT_ONCE, back=READ_AT_ONCE) == READ_AT_ONCE
        needed = [term for term in self.terms if term.must]
        exact, loose = _all(term.exact for term in needed), _all(term.loose for term in needed)
        # Best first, names that are only alike come last, if there is room; newest first, among the others.
        hits = self._with_words(exact, WORDS) if order == Order.BEST else {}
        if len(hits) <= MOST and (loose != exact or not hits):
            hits = self._with_words(loose, NEARLY) | hits
        for pk, fit in self._as_a_whole().items():
            hits[pk] = min(fit, hits.get(pk, fit))
        ids = sorted(hits, reverse=True)
        if order == Order.BEST:
            ids.sort(key=lambda pk: hits[pk])
        return Found(ids[:MOST], more=len(ids) > MOST, behind=behind)

    def why(self, ids: list[int]) -> dict[int, list[str]]:
        """Where each of these has something of the text, in words; nothing of what stands there."""
        whole, number = self.whole, digits(self.text)[-10:]
        values: dict[str, Any] = {
            "ids": ids,
            "reference": _like(whole["reference"]) if "reference" in whole else "",
            "emails": [_like(said) for said in [*emails(self.text), whole.get("email")] if said],
            "phones": [f"%{said}" for said in phones(self.text)]
            + ([f"{number}%", f"%{number}"] if "phone" in whole else []),
            "exact": _any(term.exact for term in self.terms if term.must),
            "loose": _any(term.loose for term in self.terms if term.must),
        }
        with connection.cursor() as cursor:
            cursor.execute(WHY, values)
            return {pk: [reason for reason, fits in zip(REASONS, row, strict=True) if fits] for pk, *row in cursor}

    def _as_a_whole(self) -> dict[int, tuple[int, float]]:
        whole = self.whole
        if not whole:
            return {}
        each = [f"(SELECT * FROM ({BEGINNINGS[name]} LIMIT {MOST + 1}) AS fit)" for name in whole]  # noqa: S608 - our own words
        with connection.cursor() as cursor:
            cursor.execute(" UNION ".join(each), [_like(text) for text in whole.values()])
            # "maria" begins many an address, and whoever types it more likely means a name.
            fits_as = NEARLY if set(whole) == {"email"} and "@" not in self.text else WHOLE
            return {pk: (fits_as, 0.0) for (pk,) in cursor}

    def _with_words(self, wanted: str, fits_as: int) -> dict[int, tuple[int, float]]:
        """The newest that have all the wanted words, and how well they fit: a name counts more than a message."""
        if not wanted:
            return {}
        with connection.cursor() as cursor:
            ranked = _any(term.exact for term in self.terms)
            cursor.execute("SELECT * FROM inquiries_find(%s, %s, %s)", [wanted, ranked, MOST + 1])
            return {pk: (fits_as, -rank) for pk, rank in cursor}


def read_in(most: int, *, back: int) -> int:
    """Make up to `most` new inquiries findable by their words; their number.

    Looks from `back` numbers before the newest known one on: a row may arrive later than one with a higher number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT inquiries_read_in_new(%s, %s)", [most, back])
        read: int = cursor.fetchone()[0]
        return read


def _all(queries: Iterable[str]) -> str:
    return " & ".join(f"({query})" for query in queries)


def _any(queries: Iterable[str]) -> str:
    return " | ".join(f"({query})" for query in queries)


def _like(beginning: str) -> str:
    """A pattern for what begins so; the signs that mean something in a pattern mean themselves."""
    escaped = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
