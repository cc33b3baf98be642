"""A Communication for each thing that was said: the question, what either side wrote later, and calls."""

import base64
from collections.abc import Iterable
from datetime import datetime

from post_office.models import STATUS

from inquiries import outbox
from inquiries.fhir.elements import CONTROL, TERMS, Json, concept, resource, to
from inquiries.fhir.people import patient, writer
from inquiries.models import Entry, Inquiry, Message, Notice

WRITTEN = {"system": f"{TERMS}/v3-ParticipationMode", "code": "ONLINEWRIT", "display": "online written"}
SPOKEN = {"system": f"{TERMS}/v3-ParticipationMode", "code": "PHONE", "display": "telephone"}
IN_VAIN = (Entry.Call.NO_ANSWER, Entry.Call.WRONG_NUMBER)


def question(inquiry: Inquiry) -> Json:
    """What came with the form."""
    return _from_writer(inquiry, "question", "Question", inquiry.received_at) | _payload(inquiry.message)


def written(inquiry: Inquiry, messages: Iterable[Message]) -> list[Json]:
    """What was written later, and what the patient asked for with a button."""
    told = Notice.objects.filter(inquiry=inquiry, kind=Notice.Kind.REPLY).order_by("created_at", "pk")
    emails = dict(told.values_list("message", "email__status"))  # of each message, the last one counts
    return [
        _asked(inquiry, message) if message.from_patient else _reply(inquiry, message, emails.get(message.pk))
        for message in messages
    ]


def call(inquiry: Inquiry, entry: Entry, role: str) -> Json:
    """That somebody called, and how it went. What they wrote down about it is for colleagues, and stays here."""
    return {
        **_from_clinic(inquiry, f"call/{entry.pk}", "Call", role, SPOKEN),
        "status": "not-done" if entry.call in IN_VAIN else "completed",
        "statusReason": concept(entry.get_call_display()),
        "sent": entry.written_at,
    }


def _asked(inquiry: Inquiry, message: Message) -> Json:
    what = _from_writer(inquiry, f"message/{message.pk}", message.get_kind_display(), message.written_at)
    return what | _payload(message.text)


def _reply(inquiry: Inquiry, message: Message, email: int | None) -> Json:
    reply = _from_clinic(inquiry, f"message/{message.pk}", "Reply", message.role, WRITTEN) | _payload(message.text)
    times = {"sent": message.left_at, "received": message.opened_at}
    return reply | _fate(inquiry, message, email) | {name: at for name, at in times.items() if at}


def _fate(inquiry: Inquiry, message: Message, email: int | None) -> Json:
    """How far a reply came. It is read on the clinic's page: one that was opened arrived, whatever its email did."""
    if message.left_at is None:
        return {"status": "preparation"}
    if message.opened_at or inquiry.sample or email == STATUS.sent:  # of samples, no email goes out
        return {"status": "completed"}
    if email in outbox.WAITING:
        return {"status": "in-progress"}
    return {"status": "not-done", "statusReason": concept("The email that tells of it did not arrive")}


def _from_writer(inquiry: Inquiry, part: str, category: str, at: datetime) -> Json:
    ends = {"sender": writer(inquiry), "recipient": [to(inquiry, "Organization", "clinic")]}
    times = {"sent": at, "received": at}
    return {**_communication(inquiry, part, category, WRITTEN), "status": "completed", **ends, **times}


def _from_clinic(inquiry: Inquiry, part: str, category: str, role: str, medium: Json) -> Json:
    ends = {"sender": to(inquiry, "PractitionerRole", role), "recipient": [writer(inquiry)]}
    return _communication(inquiry, part, category, medium) | ends


def _communication(inquiry: Inquiry, part: str, category: str, medium: Json) -> Json:
    return {
        **resource(inquiry, "Communication", part),
        "category": [concept(category)],
        "medium": [{"coding": [medium]}],
        "subject": patient(inquiry),
        "topic": concept(inquiry.get_topic_display()),
        "about": [to(inquiry, "Task", "task")],
    }


def _payload(text: str) -> Json:
    """The words as they are: as a string, or as a file where a string must not hold one of their signs."""
    if not text:
        return {}
    if text.strip() and not CONTROL.search(text):
        return {"payload": [{"contentString": text}]}
    data = base64.b64encode(text.encode()).decode()
    return {"payload": [{"contentAttachment": {"contentType": "text/plain; charset=utf-8", "data": data}}]}
