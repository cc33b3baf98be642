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

MOST = 1_000  # so many are found, counted and put in order: nobody reads further, and each costs a look at its row
READ_AT_ONCE = 200  # new inquiries that a search reads in before it looks, should the worker not have come to them

# As what an inquiry fits, the surest first.
WHOLE, WORDS, NEARLY = 1, 2, 3

# What the whole text may be the beginning of; of a phone number, the end, too, which an index finds from behind.
BEGINNINGS = {
    "reference": "SELECT id FROM inquiries_inquiry WHERE reference LIKE %(reference)s LIMIT %(most)s",
    "email": "SELECT inquiry_id FROM inquiries_searchable WHERE email LIKE %(email)s LIMIT %(most)s",
    "phone": "SELECT inquiry_id FROM inquiries_searchable WHERE phone LIKE %(phone)s LIMIT %(most)s",
    "enohp": "SELECT inquiry_id FROM inquiries_searchable WHERE reverse(phone) LIKE %(enohp)s LIMIT %(most)s",
}

# What has all the words, and how well (a name counts more than a message); then, if there is room, what has names
# that are only alike.
FIND_WORDS = f"""
WITH sure AS MATERIALIZED (
    SELECT inquiry_id AS id, {WORDS} AS way, -rank AS rank FROM inquiries_find(%(exact)s, %(ranked)s, %(most)s)
)
SELECT * FROM sure
UNION ALL SELECT inquiry_id, {NEARLY}, -rank FROM inquiries_find(%(loose)s, %(ranked)s, %(most)s)
WHERE %(exact)s <> %(loose)s AND (SELECT count(*) FROM sure) < %(most)s
"""  # noqa: S608 - our own numbers

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
        hits: dict[int, tuple[int, float]] = {}
        with connection.cursor() as cursor:
            cursor.execute(*self._question(order))
            for pk, way, rank in cursor:
                hits[pk] = min((way, rank), hits.get(pk, (way, rank)))
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

    def _question(self, order: str) -> tuple[str, dict[str, Any]]:
        """One question for everything that the text may mean."""
        needed = [term for term in self.terms if term.must]
        exact, loose = _all(term.exact for term in needed), _all(term.loose for term in needed)
        values: dict[str, Any] = {
            # Newest first, the names that are only alike stand among the others.
            "exact": exact if order == Order.BEST else loose,
            "loose": loose,
            "ranked": _any(term.exact for term in self.terms),
            "most": MOST + 1,
        }
        parts = [FIND_WORDS] if needed else []
        for name, text in self.whole.items():
            # "maria" begins many an address, and whoever types it more likely means a name.
            way = NEARLY if name == "email" and "@" not in text else WHOLE
            parts.append(f"SELECT id, {way}, 0 FROM ({BEGINNINGS[name]}) AS fit (id)")  # noqa: S608 - our own words
            values[name] = _like(text)
        return " UNION ALL ".join(parts or ["SELECT 0, 0, 0 WHERE false"]), values


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
