"""Prepared answers in a composer: what is offered to choose from, and what stands in the text after "Insert".

A composer includes `_answers.html` in its form and asks `insert` for the text when "Insert" was pressed.
"""

from dataclasses import dataclass

from clinic.numbers import whole
from clinic.practice.models import Practice
from inquiries import answers
from inquiries.models import Answer, Inquiry, Language, Topic

CHOSEN = "answer"  # the field that says which


@dataclass(frozen=True)
class Inserted:
    """What stands in a composer after "Insert"; either says what was done, or why nothing was."""

    text: str
    said: str = ""
    refused: str = ""


@dataclass(frozen=True)
class Picker:
    """What the include shows."""

    groups: dict[str, list[Answer]]
    """The answers on offer under their headings, what fits best first."""
    inserted: Inserted | None


def picker(inquiry: Inquiry, inserted: Inserted | None = None) -> Picker:
    """What can be chosen for this inquiry. One query."""
    groups: dict[str, list[Answer]] = {}
    offered = Answer.objects.offered().order_by("name")
    for answer in sorted(offered, key=lambda answer: _distance(answer, inquiry)):
        groups.setdefault(_heading(answer, inquiry), []).append(answer)
    return Picker(groups, inserted)


def insert(chosen: str, typed: str, inquiry: Inquiry, practice: Practice) -> Inserted:
    """The chosen answer's words below what was typed. When it cannot be used, what was typed and why."""
    number = whole(chosen)
    answer = None if number is None else Answer.objects.offered().filter(pk=number).first()
    if answer is None:
        return Inserted(typed, refused="This answer is no longer offered." if chosen else "Choose an answer first.")
    version = answer.versions.filter(approved_at__isnull=False).latest("number")
    filled = answers.fill(version, inquiry, practice)
    if filled.missing:
        return Inserted(typed, refused=f"“{answer}” was not inserted. {' '.join(filled.faults)}")
    text = f"{typed.rstrip()}\n\n{filled.text}" if typed.strip() else filled.text
    return Inserted(text, said=f"“{answer}” was inserted. Read it before you send it.")


def _distance(answer: Answer, inquiry: Inquiry) -> tuple[bool, bool, bool]:
    """How far it is from what was asked: its language counts first, then its topic."""
    return answer.language != inquiry.language, answer.topic != inquiry.topic, answer.topic != ""


def _heading(answer: Answer, inquiry: Inquiry) -> str:
    language = Language(answer.language).label
    if answer.language != inquiry.language:
        return language
    if answer.topic in ("", inquiry.topic):
        return f"{language}: {Topic(answer.topic).label.lower() if answer.topic else 'any topic'}"
    return f"{language}: other topics"
