"""Who takes part: the writer, the patient, the clinic, and its staff by what they do."""

from clinic.practice.models import Practice
from inquiries.fhir.elements import Json, concept, line, resource, to
from inquiries.models import Inquiry, ReplyBy, WritingFor

WRITERS = {
    WritingFor.SELF: "Patient",
    WritingFor.SOMEONE_ELSE: "RelatedPerson",
    WritingFor.PATIENT: "Practitioner",
}
NOT_ASKED = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "not-asked"}


def people(inquiry: Inquiry) -> list[Json]:
    """Who wrote, and the patient: the same person, or one of whom the form asks nothing."""
    kind = WRITERS[WritingFor(inquiry.writing_for)]
    wrote = {
        **resource(inquiry, kind, "writer"),
        "name": [{"text": line(inquiry.name)}],
        "telecom": _telecom(inquiry),
    }
    if kind != "Practitioner":  # there, the element is for what they speak with patients
        language = {"coding": [{"system": "urn:ietf:bcp:47", "code": inquiry.language}]}
        wrote["communication"] = [{"language": language, "preferred": True}]
    if kind == "Patient":
        return [wrote]
    if kind == "RelatedPerson":
        wrote["patient"] = patient(inquiry)
    return [wrote, {**resource(inquiry, "Patient", "patient"), "name": [{"extension": [NOT_ASKED]}]}]


def writer(inquiry: Inquiry) -> Json:
    """A reference to who wrote."""
    return to(inquiry, WRITERS[WritingFor(inquiry.writing_for)], "writer")


def patient(inquiry: Inquiry) -> Json:
    """A reference to whom it is about."""
    return to(inquiry, "Patient", "writer" if inquiry.writing_for == WritingFor.SELF else "patient")


def clinic(inquiry: Inquiry) -> Json:
    """The practice, as every page of the site names it."""
    practice = Practice.objects.current()
    phone = {"system": "phone", "value": str(practice.phone)}
    return {**resource(inquiry, "Organization", "clinic"), "name": line(practice.name), "telecom": [phone]}


def staff(inquiry: Inquiry, role: str) -> Json:
    """Somebody of the staff, by what they do: who it was is for this clinic to know, and is in its history."""
    return {
        **resource(inquiry, "PractitionerRole", role),
        "organization": to(inquiry, "Organization", "clinic"),
        "code": [concept(role)],
    }


def _telecom(inquiry: Inquiry) -> list[Json]:
    """Each way to reach the writer, the wanted one first. Whether it is at home or at work is not asked."""
    ways = [(ReplyBy.EMAIL, inquiry.email), (ReplyBy.PHONE, inquiry.phone)]
    given = sorted((way for way in ways if way[1]), key=lambda way: way[0] != inquiry.reply_by)
    return [
        {"system": way.value, "value": line(address), "rank": rank}
        for rank, (way, address) in enumerate(given, start=1)
    ]
