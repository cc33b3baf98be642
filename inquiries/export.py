"""A list of inquiries as CSV, made row by row: a million rows take no more memory than a hundred."""

import csv
from collections.abc import Callable, Iterator

from django.db import transaction

from inquiries.highlight import WORDS
from inquiries.models import Inquiry
from inquiries.querysets import InquiryQuerySet

AT_ONCE = 500  # rows that we hold in memory
# What a spreadsheet takes for a formula, also in the wide forms that East Asian keyboards type.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Column = Callable[[Inquiry], object]

FACTS: dict[str, Column] = {
    "Reference": lambda inquiry: inquiry.reference,
    "Received (UTC)": lambda inquiry: f"{inquiry.received_at:%Y-%m-%d %H:%M}",
    "Reply due (UTC)": lambda inquiry: f"{inquiry.due_at:%Y-%m-%d %H:%M}",
    "Status": lambda inquiry: inquiry.get_status_display(),
    "Outcome": lambda inquiry: inquiry.get_outcome_display(),
    "Closed (UTC)": lambda inquiry: f"{inquiry.closed_at:%Y-%m-%d %H:%M}" if inquiry.closed_at else "",
    "Urgency": lambda inquiry: inquiry.get_urgency_display(),
    "Flags": lambda inquiry: "; ".join(WORDS.get(kind, kind) for kind in inquiry.flags),  # type: ignore[attr-defined]  # annotated below
    "Topic": lambda inquiry: inquiry.get_topic_display(),
    "Who it is for": lambda inquiry: inquiry.get_writing_for_display(),
    "Reply by": lambda inquiry: inquiry.get_reply_by_display(),
    "Language": lambda inquiry: inquiry.get_language_display(),
    "Owner": lambda inquiry: inquiry.owner or "",
    "Sample": lambda inquiry: "Sample" if inquiry.sample else "",
}
PERSON: dict[str, Column] = {
    "Name": lambda inquiry: inquiry.name,
    "Email": lambda inquiry: inquiry.email,
    "Phone": lambda inquiry: inquiry.phone,
    "Voicemail allowed": lambda inquiry: "Yes" if inquiry.voicemail_ok else "No",
    "Good times": lambda inquiry: inquiry.contact_times,
}
MESSAGE: dict[str, Column] = {"Message": lambda inquiry: inquiry.message}

# What each group reads from the table; what was not asked for does not leave it.
FIELDS = (
    "reference", "received_at", "due_at", "status", "outcome", "closed_at", "urgency", "topic", "writing_for",
    "reply_by", "language", "sample", "owner__first_name", "owner__last_name", "owner__email",
)  # fmt: skip
PERSON_FIELDS = ("name", "email", "phone", "voicemail_ok", "contact_times")


def lines(inquiries: InquiryQuerySet, *, person: bool, message: bool) -> Iterator[str]:
    """The file, line by line, in the order of the list: a heading, then one line for each inquiry.

    With `person`, their name and how to reach them; with `message`, what they wrote. One transaction lasts until the
    last line, or until whoever reads them stops. A cursor without one would be another session's behind a pooler, and
    the database would put the whole list aside before it gave the first row.
    """
    columns = FACTS | (PERSON if person else {}) | (MESSAGE if message else {})
    fields = FIELDS + (PERSON_FIELDS if person else ()) + (("message",) if message else ())
    found = inquiries.select_related("owner").only(*fields).with_flags()
    writer = csv.writer(Line(), quoting=csv.QUOTE_ALL)  # or a semicolon would begin a new cell in some countries
    yield "\ufeff" + str(writer.writerow(columns))  # the mark by which spreadsheets know UTF-8
    with transaction.atomic():
        for inquiry in found.iterator(chunk_size=AT_ONCE):
            yield str(writer.writerow([harmless(str(value(inquiry))) for value in columns.values()]))


def harmless(cell: str) -> str:
    """The cell as text: one that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


class Line:
    """Gives back what is written to it; csv knows files only."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line
