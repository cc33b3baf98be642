"""Patients who write while parts of the product die, and send the same words again until they see a receipt."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlencode

from tests import markup

FORM = "/contact/"
LINES = [
    "I have felt low for a year.\r\nCould the injections help me?",
    "  Could you call me?  I work nights; 50% of the time I sleep until noon & {{ name }} is not a name <b>.",
    "¿Puedo preguntar algo en español? Mañana no puedo ir, pero el jueves sí. “Gracias” — de verdad.",
    "My sister 👩‍👩‍👧 asks how long it lasts. I said I would ask; O'Brien; -- \\n %s ?",
    "I do not want to be here any more and I have nobody to tell.",
]
# What of a form is kept, by the names that the form and the table share.
KEPT = ["topic", "writing_for", "message", "name", "reply_by", "email", "phone", "voicemail_ok", "contact_times"]
KEPT += ["language"]
PHONE_OR_HELP_LINE = re.compile(r"\b988\b|555-0123")


@dataclass
class Question:
    """One text that one person wants kept: what they sent, and every answer they were shown."""

    fields: dict[str, str]
    shown: list[str] = field(default_factory=list)  # the reference on each receipt
    refused: list[float] = field(default_factory=list)  # when a page said that it was not saved; Unix time, seconds

    @property
    def words(self) -> tuple[str, ...]:
        """What makes it one text of one form: the key, and all that must be kept, with the database's line ends."""
        return (self.fields["submission_key"], *(_lines(self.fields[name]) for name in KEPT))


class GaveUp(Exception):
    """The test's time is over."""


class Patient(threading.Thread):
    """One browser, one question after the other, until told that this one is the last."""

    def __init__(self, number: int, port: int, seed: int) -> None:
        super().__init__(name=f"patient {number}", daemon=True)
        self.number, self.port = number, port
        self.random = random.Random(f"{seed} {number}")
        self.cookies: dict[str, str] = {}
        self.asked: list[Question] = []
        self.answers: Counter[str] = Counter()  # what came back, by kind
        self.surprises: list[str] = []  # answers that nobody may ever get
        self.last, self.give_up = threading.Event(), threading.Event()

    def run(self) -> None:
        """Ask; now and then press the button twice, or go back, change the words and send them again."""
        try:
            while not self.last.is_set():
                question = self._ask(self._open_form())
                habit = self.random.random()
                if habit < 0.15:
                    self._until_shown(question)
                elif habit < 0.3:
                    self._ask(question.fields | {"message": f"{question.fields['message']}\r\nPS: one more thing."})
                self._pause()
        except GaveUp:
            pass

    def _open_form(self) -> dict[str, str]:
        while True:
            answer = self._exchange("GET", FORM)
            if answer and self._is(answer, "form", 200):
                return markup.filled(answer.page) | self._words()
            self._pause()

    def _words(self) -> dict[str, str]:
        number = len(self.asked)
        by_phone = self.random.random() < 0.2
        return {
            "topic": self.random.choice(["treatment", "appointment", "billing", "referral", "other"]),
            "writing_for": self.random.choice(["self", "someone_else", "patient"]),
            "message": f"{self.random.choice(LINES)}\r\nThis is question {number} of person {self.number}.",
            "name": f"Zoë Example {self.number}",
            "reply_by": "phone" if by_phone else "email",
            "email": "" if by_phone else f"person{self.number}-{number}@example.org",
            "phone": "(212) 555-0148" if by_phone else "",
            "voicemail_ok": self.random.choice(["yes", "no"]),
            "contact_times": self.random.choice(["", "weekdays after 4 pm"]),
            "language": self.random.choice(["en", "es"]),
        }

    def _ask(self, fields: dict[str, str]) -> Question:
        question = Question(fields)
        self.asked.append(question)
        self._until_shown(question)
        return question

    def _until_shown(self, question: Question) -> None:
        """Send the same words with the same key until a receipt is on the screen."""
        while True:
            answer = self._exchange("POST", FORM, question.fields)
            if answer and self._is(answer, "post", 303, 503):
                if answer.status == 303:
                    question.shown.append(self._see_receipt(answer.location))
                    return
                question.refused.append(time.time())
                self._look_at_refusal(answer, question)
            self._pause()

    def _see_receipt(self, address: str) -> str:
        while True:
            answer = self._exchange("GET", address)
            # A reload is all it takes, so an honest "not now" is no surprise; "there is none" is.
            if answer and self._is(answer, "receipt", 200, 500, 503) and answer.status == 200:
                return answer.page.one(id="reference").text().strip()
            self._pause()

    def _look_at_refusal(self, answer: "Answer", question: Question) -> None:
        form = markup.filled(answer.page)
        lost = [
            name
            for name, value in question.fields.items()
            if name != "csrfmiddlewaretoken" and _lines(form.get(name, "")) != _lines(value)
        ]
        if lost:
            self.surprises.append(f"a 503 page lost what was in {', '.join(lost)}")
        if not PHONE_OR_HELP_LINE.search(answer.page.words()):
            self.surprises.append("a 503 page without the phone number and 988")
        question.fields["csrfmiddlewaretoken"] = form.get("csrfmiddlewaretoken", "")

    def _is(self, answer: "Answer", what: str, *expected: int) -> bool:
        self.answers[f"{what} {answer.status}"] += 1
        if answer.status in expected:
            return True
        self.surprises.append(f"{what} answered {answer.status}: {answer.page.words()[:200]}")
        return False

    def _exchange(self, method: str, address: str, fields: dict[str, str] | None = None) -> "Answer | None":
        """One request; None when no whole answer came back."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, address, urlencode(fields) if fields else None, headers)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        except (OSError, HTTPException):
            self.answers[f"{method.lower()} lost"] += 1
            return None
        finally:
            connection.close()
        self.cookies |= answer.cookies
        return answer

    def _pause(self) -> None:
        if self.give_up.wait(self.random.uniform(0.05, 0.3)):
            raise GaveUp


class Answer:
    """A whole answer."""

    def __init__(self, response: HTTPResponse, body: bytes) -> None:
        self.status = response.status
        self.location = response.getheader("Location", "")
        self.cookies = dict(_cookies(response))
        self.body = body

    @property
    def page(self) -> markup.Element:
        return markup.read(self.body)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _cookies(response: HTTPResponse) -> Iterator[tuple[str, str]]:
    for line in response.headers.get_all("Set-Cookie", []):
        name, _, value = line.partition(";")[0].partition("=")
        yield name.strip(), value
