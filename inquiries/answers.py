"""Prepared answers: every change to one, and what it says to the person who asked.

A text is written, approved by a clinician, then offered. Staff go on using the newest approved text while a newer one
waits for approval. The text is plain words: nothing in it is ever run as a template.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries.changes import Refused, Stale
from inquiries.models import Answer, AnswerVersion, Inquiry
from inquiries.text import normalised

# --- What an answer says ----------------------------------------------------------------------------------------------

# One word in braces. Whatever else stands in braces is what somebody wanted to say.
VARIABLE = re.compile(r"\{\s*([^\W\d]\w*)\s*\}")


@dataclass(frozen=True)
class Variable:
    """A word in braces: what it stands for, its value (empty when there is none), and why there would be none."""

    meaning: str
    value: Callable[[Inquiry, Practice], str]
    absent: str


def _due(inquiry: Inquiry, practice: Practice) -> str:
    # To somebody whom we have kept waiting, the old time would read as a new promise.
    if inquiry.due_at <= timezone.now():
        return ""
    return clock.in_words(inquiry.due_at, practice, language=inquiry.language)


VARIABLES = {
    "name": Variable("the person's name, as they gave it", lambda inquiry, _: inquiry.name.strip(), "no name is known"),
    "reference": Variable("the inquiry's reference", lambda inquiry, _: inquiry.reference, "there is no reference"),
    "due": Variable("by when we promised to reply", _due, "the promised time has passed"),
    "practice_name": Variable(
        "the practice's name", lambda _, practice: practice.name.strip(), "the practice has no name"
    ),
    "practice_phone": Variable(
        "the practice's phone number",
        lambda _, practice: str(practice.phone.as_national) if practice.phone else "",
        "the practice has no phone number",
    ),
}


@dataclass(frozen=True)
class Filled:
    """An answer's words for one inquiry, and the variables that still stand in them: while there are any, no use."""

    text: str
    missing: tuple[str, ...]

    @property
    def faults(self) -> list[str]:
        """What is missing, in sentences."""
        return [
            f"{{{name}}} cannot be filled: {VARIABLES[name].absent}." if name in VARIABLES else _no_variable(name)
            for name in self.missing
        ]


def fill(version: AnswerVersion, inquiry: Inquiry, practice: Practice) -> Filled:
    """The version's text with the inquiry's and the practice's facts in it.

    A variable that nobody knows, or that has no value here, stays as it was typed and is named in `missing`.
    """
    missing: dict[str, None] = {}

    def value(found: re.Match[str]) -> str:
        name = found[1]
        words = VARIABLES[name].value(inquiry, practice) if name in VARIABLES else ""
        if not words:
            missing[name] = None
        return words or found[0]

    text = VARIABLE.sub(value, version.text)
    return Filled(text, tuple(missing))


def unknown(text: str) -> list[str]:
    """What looks like a variable and is none, each in a sentence."""
    names = dict.fromkeys(VARIABLE.findall(text))
    return [_no_variable(name) for name in names if name not in VARIABLES]


def _no_variable(name: str) -> str:
    return f"{{{name}}} is not a variable."


# --- Changes ----------------------------------------------------------------------------------------------------------

RETIRED = "This answer is retired. Bring it back first."


@transaction.atomic
def create(*, name: str, topic: str, language: str, text: str, by: StaffUser) -> Answer:
    """A new answer with its first draft. Raises ValidationError for a name that is taken."""
    _allow(by, "add_answer")
    answer = Answer(name=name, topic=topic, language=language)
    answer.full_clean()
    answer.save()
    AnswerVersion.objects.create(answer=answer, number=1, text=clean(text), author=by)
    return answer


def save(answer_id: int, *, name: str, topic: str, text: str, by: StaffUser, seen: int) -> Answer:
    """Keep name, topic and text; another text is a new version, which waits for approval.

    Raises Stale when the answer changed since `seen`, Refused when nothing is different or it is retired, and
    ValidationError for a name that is taken.
    """
    _allow(by, "change_answer")
    with _change(answer_id, seen) as answer:
        newest, text = _newest(answer), clean(text)
        if (answer.name, answer.topic, newest.text) == (name, topic, text):
            raise Refused("Nothing has changed.")
        if answer.retired_at:
            raise Refused(RETIRED)
        answer.name, answer.topic = name, topic
        answer.full_clean()
        if newest.text != text:
            AnswerVersion.objects.create(answer=answer, number=newest.number + 1, text=text, author=by)
    return answer


def approve(answer_id: int, *, by: StaffUser, seen: int) -> Answer:
    """A clinician says that the newest text may be used; it is offered from now on.

    Raises Stale when the answer changed since `seen`, Refused when the text is approved already, names a variable that
    nobody knows, or the answer is retired.
    """
    _allow(by, "approve_answer")
    with _change(answer_id, seen) as answer:
        version = _newest(answer)
        if answer.retired_at:
            raise Refused(RETIRED)
        if version.approved_at:
            raise Refused(f"{version} is approved already.")
        if faults := unknown(version.text):
            raise Refused(f"This cannot be approved yet. {' '.join(faults)}")
        version.approved_by, version.approved_at = by, timezone.now()
        version.save(update_fields=["approved_by", "approved_at"])
    return answer


def retire(answer_id: int, *, by: StaffUser, seen: int) -> Answer:
    """Offer it no more; its texts stay. Raises Stale when it changed since `seen`, Refused when it is retired."""
    _allow(by, "change_answer")
    with _change(answer_id, seen) as answer:
        if answer.retired_at:
            raise Refused("This answer is retired already.")
        answer.retired_at, answer.retired_by = timezone.now(), by
    return answer


def bring_back(answer_id: int, *, by: StaffUser, seen: int) -> Answer:
    """Offer its approved text again. Raises Stale when it changed since `seen`, Refused unless it is retired."""
    _allow(by, "change_answer")
    with _change(answer_id, seen) as answer:
        if not answer.retired_at:
            raise Refused("This answer is not retired.")
        answer.retired_at = answer.retired_by = None
    return answer


def clean(text: str) -> str:
    """As patients' texts are kept, without blank space around it."""
    return normalised(text).strip()


@contextmanager
def _change(answer_id: int, seen: int) -> Iterator[Answer]:
    with transaction.atomic():
        answer = Answer.objects.select_for_update().get(pk=answer_id)
        if seen != answer.revision:
            raise Stale("Somebody changed this answer while you were looking at it. This is how it stands now.")
        yield answer
        answer.revision += 1
        answer.save()


def _newest(answer: Answer) -> AnswerVersion:
    return AnswerVersion.objects.filter(answer=answer).latest("number")


def _allow(by: StaffUser, permission: str) -> None:
    if not by.has_perm(f"inquiries.{permission}"):
        raise PermissionDenied
