"""The Bundle, and the Task in it that says where the inquiry stands."""

from django.utils import timezone

from inquiries.conversation.replies import role_of
from inquiries.fhir import people, said
from inquiries.fhir.elements import Json, concept, line, resource, to
from inquiries.models import Entry, Inquiry, Outcome, Status, Urgency

STATUSES = {
    Status.NEW: "requested",
    Status.OPEN: "in-progress",
    Status.WAITING: "on-hold",
    Status.DONE: "completed",
    Status.QUARANTINED: "draft",
}
# What is over, and was not done here.
ENDS = {Outcome.DUPLICATE: "cancelled", Outcome.NOT_FOR_US: "rejected", Outcome.SPAM: "rejected"}


def write(inquiry: Inquiry) -> str:
    """The inquiry as JSON, checked by fhir.resources. Raises pydantic.ValidationError for what would not be FHIR.

    Left out: names of staff, what they wrote for each other, what screening found, and messages that were taken back.
    """
    # Not above: the import takes longer than a whole page, and only who asks for the file should wait for it.
    # R4B, because the library has no R4; docs/fhir.md says in what they differ.
    from fhir.resources.R4B.bundle import Bundle

    resources = _resources(inquiry)
    bundle = {
        **resource(inquiry, "Bundle", "bundle"),
        "type": "collection",
        "timestamp": timezone.now(),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }
    return Bundle.model_validate(bundle).model_dump_json(indent=2)


def _resources(inquiry: Inquiry) -> list[Json]:
    """The Task, who takes part, and what was said, oldest first."""
    calls = list(inquiry.entries.filter(kind=Entry.Kind.CALL).select_related("author"))
    messages = list(inquiry.messages.filter(taken_back_at=None))
    staff = {call.author for call in calls} | ({inquiry.owner} if inquiry.owner else set())
    roles = {person.pk: role_of(person) for person in staff}
    later = [
        *zip((message.written_at for message in messages), said.written(inquiry, messages), strict=True),
        *((call.written_at, said.call(inquiry, call, roles[call.author_id])) for call in calls),
    ]
    return [
        _task(inquiry, roles),
        *people.people(inquiry),
        people.clinic(inquiry),
        *(people.staff(inquiry, role) for role in sorted({*roles.values(), *(m.role for m in messages if m.role)})),
        said.question(inquiry),
        *(each for _, each in sorted(later, key=lambda pair: pair[0])),
    ]


def _task(inquiry: Inquiry, roles: dict[int, str]) -> Json:
    status = ENDS.get(Outcome(inquiry.outcome)) if inquiry.outcome else None
    task = {
        **resource(inquiry, "Task", "task"),
        "identifier": [{"type": concept("Inquiry reference"), "value": inquiry.reference}],
        "status": status or STATUSES[Status(inquiry.status)],
        "businessStatus": concept(inquiry.get_outcome_display() or inquiry.get_status_display()),
        "intent": "order",
        "priority": "routine" if inquiry.urgency == Urgency.ROUTINE else "stat",
        "code": concept("Answer an inquiry"),
        "focus": to(inquiry, "Communication", "question"),
        "for": people.patient(inquiry),
        "authoredOn": inquiry.received_at,
        "lastModified": inquiry.last_event_at,
        "requester": people.writer(inquiry),
        "restriction": {"period": {"end": inquiry.due_at}},
        "input": _wishes(inquiry),
    }
    if inquiry.owner:
        task["owner"] = to(inquiry, "PractitionerRole", roles[inquiry.owner.pk])
    if inquiry.closed_at:
        task["executionPeriod"] = {"end": inquiry.closed_at}
    return task


def _wishes(inquiry: Inquiry) -> list[Json]:
    """How the writer wants to be answered: most of it has no element of its own on a person or a phone number."""
    wishes: dict[str, Json] = {
        "Reply by": {"valueString": inquiry.get_reply_by_display()},
        "Language of the reply": {"valueCode": inquiry.language},
    }
    if inquiry.phone:
        wishes["Voicemail allowed"] = {"valueBoolean": inquiry.voicemail_ok}
    if inquiry.contact_times:
        wishes["Good times"] = {"valueString": line(inquiry.contact_times)}
    return [{"type": concept(name), **value} for name, value in wishes.items()]
