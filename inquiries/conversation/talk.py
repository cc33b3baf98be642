"""What stands on the page of an inquiry's messages: who wrote what and when, and where it stands."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries.conversation.forms import ReplyForm
from inquiries.conversation.words import words
from inquiries.models import Inquiry, Message, Status, Urgency


@dataclass(frozen=True)
class Entry:
    """One message as the patient sees it."""

    who: str
    at: datetime
    at_words: str
    text: str
    ours: bool = False
    new: bool = False
    asked: bool = False  # with a button; the text is ours


@dataclass(frozen=True)
class Standing:
    """Where the inquiry stands, in words that a promised time may follow."""

    text: str
    by: datetime | None = None
    by_words: str = ""


def show(
    request: HttpRequest,
    inquiry: Inquiry,
    form: ReplyForm | None = None,
    *,
    done: str = "",
    notice: str = "",
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page; `done` is what the patient has just done, `notice` or `problem` what they should know first."""
    said = words(inquiry.language)
    practice = Practice.objects.current()
    messages = list(inquiry.messages.exclude(author__isnull=False, left_at=None))
    standing = _standing(inquiry, messages, practice)
    if not notice and _was_done(done, messages):
        promise = f" {standing.text}{standing.by_words}." if standing.by and done != Message.Kind.NO_ANSWER else ""
        notice = said[f"{done}_done"] + promise
    context: dict[str, Any] = {
        "w": said,
        "inquiry": inquiry,
        "entries": _entries(inquiry, messages, practice),
        "standing": standing,
        "urgent": inquiry.urgency != Urgency.ROUTINE,
        "form": form or ReplyForm(said),
        "notice": notice,
        "problem": problem,
        "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
    }
    return render(request, "conversation/messages.html", context, status=status)


def moment(at: datetime, language: str, practice: Practice) -> str:
    """A time as the clinic's wall clock shows it, in the patient's language; without the dot of "p. m." at the end.

    It stands at the end of sentences, which have a dot of their own.
    """
    return clock.in_words(at, practice, language=language).removesuffix(".")


def _was_done(done: str, messages: list[Message]) -> bool:
    """An address must not make the page say that we have what nobody sent."""
    kind = Message.Kind.MESSAGE if done == "sent" else done
    return done != Message.Kind.MESSAGE and any(message.from_patient and message.kind == kind for message in messages)


def _entries(inquiry: Inquiry, messages: list[Message], practice: Practice) -> list[Entry]:
    said, language = words(inquiry.language), inquiry.language
    first = Entry(said["you"], inquiry.received_at, moment(inquiry.received_at, language, practice), inquiry.message)
    return [first, *(_entry(message, said, moment(_at(message), language, practice)) for message in messages)]


def _entry(message: Message, said: dict[str, str], at_words: str) -> Entry:
    if message.kind != Message.Kind.MESSAGE:
        return Entry(said["you"], _at(message), at_words, said[f"you_asked_{message.kind}"], asked=True)
    if message.from_patient:
        return Entry(said["you"], _at(message), at_words, message.text)
    who = said.get(f"role_{message.role}", message.role)
    return Entry(who, _at(message), at_words, message.text, ours=True, new=message.opened_at is None)


def _at(message: Message) -> datetime:
    return message.left_at or message.written_at


def _standing(inquiry: Inquiry, messages: list[Message], practice: Practice) -> Standing:
    said = words(inquiry.language)
    owed = [message for message in messages if message.kind != Message.Kind.NO_ANSWER]
    answered = bool(owed) and not owed[-1].from_patient
    if inquiry.status == Status.DONE:
        return Standing(said["answered_closed" if answered else "closed"])
    if inquiry.status == Status.WAITING:
        return Standing(said["answered"])
    if answered:
        return Standing(said["answered_more"])
    late = inquiry.due_at < timezone.now()
    by_words = moment(inquiry.due_at, inquiry.language, practice)
    return Standing(said["late" if late else "answer_by"], inquiry.due_at, by_words)
