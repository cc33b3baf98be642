"""What patients were shown, held against what the database and the mail folder hold."""

import email
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.patients import KEPT, Question
from tests.faults.product import Product

# The form says yes or no where the table says true or false.
COLUMNS = {name: f"i.{name}" for name in KEPT} | {"voicemail_ok": "CASE WHEN i.voicemail_ok THEN 'yes' ELSE 'no' END"}
ROWS = f"""
SELECT i.reference, coalesce(first.submission_key, i.submission_key)::text, i.urgency, i.status,
    extract(epoch FROM i.received_at)::float,
    json_build_object({", ".join(f"'{name}', {column}" for name, column in COLUMNS.items())}),
    (SELECT coalesce(json_agg(json_build_array(n.kind, e.to, e.status, e.message_id)), '[]')
        FROM inquiries_notice n JOIN post_office_email e ON e.id = n.email_id WHERE n.inquiry_id = i.id),
    (SELECT count(*) FROM inquiries_inquiryevent h WHERE h.pgh_obj_id = i.id AND h.pgh_label = 'received'),
    (SELECT count(*) FROM inquiries_finding f WHERE f.inquiry_id = i.id)
FROM inquiries_inquiry i LEFT JOIN inquiries_inquiry first ON first.id = i.follows_id
"""  # noqa: S608 - our own column names
STRAY = """
SELECT (SELECT count(*) FROM post_office_email e WHERE NOT EXISTS
        (SELECT 1 FROM inquiries_notice n WHERE n.email_id = e.id)),
    (SELECT count(*) FROM inquiries_inquiryevent h WHERE NOT EXISTS
        (SELECT 1 FROM inquiries_inquiry i WHERE i.id = h.pgh_obj_id))
"""


@dataclass(frozen=True)
class Kept:
    """One inquiry as the database holds it, with all that belongs to it."""

    reference: str
    key: str  # of the form it came from, also when it follows another inquiry
    urgency: str
    status: str
    received_at: float  # Unix time, seconds
    said: dict[str, str]
    emails: list[tuple[str, str, int, str]]  # kind, to, status, message id
    received: int  # history rows that say so
    findings: int

    @property
    def words(self) -> tuple[str, ...]:
        """What makes it one text of one form."""
        return (self.key, *(self.said[name] for name in KEPT))


@dataclass(frozen=True)
class Clinic:
    """Who is told of a new inquiry."""

    inbox: str
    on_call: list[str]


def kept(product: Product) -> list[Kept]:
    """Every inquiry."""
    return [Kept(*row) for row in product.sql(ROWS)]


def clinic(product: Product) -> Clinic:
    """Whom the practice's own row names."""
    return Clinic(*product.sql("SELECT inbox_email, on_call_addresses FROM practice_practice")[0])


def strays(product: Product) -> Iterator[str]:
    """Emails and history rows that belong to no inquiry: half of a transaction."""
    for number, what in zip(product.sql(STRAY)[0], ("emails", "history rows"), strict=True):
        if number:
            yield f"{number} {what} without an inquiry"


def broken(asked: Iterable[Question], rows: list[Kept], clinic: Clinic) -> Iterator[str]:
    """Every promise of intake that does not hold, in words."""
    yield from _duplicates(rows)
    asked = list(asked)
    by_reference = {row.reference: row for row in rows}
    sent = {question.words for question in asked}
    for question in asked:
        yield from _receipts(question, by_reference)
    for row in rows:
        if row.words not in sent:
            yield f"{row.reference}: nobody wrote these words: {row.said}"
        yield from _parts(row, clinic)


def _duplicates(rows: list[Kept]) -> Iterator[str]:
    for what, of in (("words", "words"), ("reference", "reference")):
        for value, times in Counter(getattr(row, of) for row in rows).items():
            if times > 1:
                yield f"the same {what} {times} times: {value}"


def _receipts(question: Question, by_reference: dict[str, Kept]) -> Iterator[str]:
    if len(set(question.shown)) > 1:
        yield f"one text got several references: {question.shown}"
    if not question.shown:
        yield f"somebody saw no receipt to the end: {question.fields['message']!r}"
    for reference in set(question.shown):
        row = by_reference.get(reference)
        if row is None:
            yield f"{reference}: a receipt, but no inquiry"
        elif row.words != question.words:
            yield f"{reference}: sent {question.words}, kept {row.words}"


def _parts(row: Kept, clinic: Clinic) -> Iterator[str]:
    promised = [("new_inquiry", clinic.inbox)]
    if row.said["email"]:
        promised.append(("receipt", row.said["email"]))
    if row.urgency != "routine":
        promised += [("page", address) for address in clinic.on_call]
    if row.status != "new":
        yield f"{row.reference}: it is {row.status}, though nobody touched it"
    if sorted(promised) != sorted((kind, to) for kind, to, *_ in row.emails):
        yield f"{row.reference}: promised {promised}, in the outbox {row.emails}"
    if row.received != 1:
        yield f"{row.reference}: {row.received} history rows say that it was received"
    if row.urgency != "routine" and not row.findings:
        yield f"{row.reference}: {row.urgency}, without the finding that says why"


def undelivered(rows: Iterable[Kept], delivered: Counter[str]) -> Iterator[str]:
    """Emails that are not marked as sent, or never reached the mail folder."""
    for row in rows:
        for kind, _, status, message_id in row.emails:
            if status != SENT or not delivered[message_id]:
                yield f"{row.reference}: its {kind} has status {status} and was written {delivered[message_id]} times"


SENT = 0  # post_office's number for it
BETWEEN_EMAILS = re.compile(rb"^-{79}\n", re.MULTILINE)  # how Django's mail folder separates them


def delivered(folder: Path) -> Counter[str]:
    """How often each email, by its message id, was written in full to the mail folder."""
    found: Counter[str] = Counter()
    for file in folder.glob("*.log"):
        *whole, _ = BETWEEN_EMAILS.split(file.read_bytes())
        found.update(str(email.message_from_bytes(one)["Message-ID"]).strip() for one in whole)
    return found
