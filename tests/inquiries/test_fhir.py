"""FHIR out: what leaves is FHIR R4, and says what we know and no more."""

import base64
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from fhir_core.fhirabstractmodel import FHIRAbstractModel
from post_office.models import STATUS, Email

from clinic.staff import roles
from inquiries import rights, services
from inquiries.conversation import arrivals, replies
from inquiries.fhir import bundle, people
from inquiries.management.commands import demo
from inquiries.models import Inquiry, Message, Outcome, Status
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

# What FHIR R4 (4.0.1) binds to fixed codes, of what we write; the library looks at none of them.
# https://hl7.org/fhir/R4/valueset-task-status.html, -event-status, -request-priority, -task-intent, …
CODES = {
    "Bundle.type": {"collection"},
    "Task.status": {"draft", "requested", "in-progress", "on-hold", "completed", "rejected", "cancelled"},
    "Task.intent": {"order"},
    "Task.priority": {"routine", "stat"},
    "Communication.status": {"preparation", "in-progress", "not-done", "completed"},
    "ContactPoint.system": {"phone", "email"},
}
ENDS = {
    "answered": "completed",
    "booked": "completed",
    "referred": "completed",
    "no_reply": "completed",
    "duplicate": "cancelled",
    "not_for_us": "rejected",
    "spam": "rejected",
}
# What a reference may lead to, by R4's pages of these resources.
TAKES_PART = {"Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson"}
# What R4 and R4B have in common to the last element, compared with the library's last release that had R4 (6.4.0).
# Of an extension, R4B took one type of value away and brought two: we write none of the three.
SAME_IN_R4 = {
    *("Attachment", "Bundle", "BundleEntry", "CodeableConcept", "Coding", "Communication", "CommunicationPayload"),
    *(
        "ContactPoint",
        "Extension",
        "HumanName",
        "Identifier",
        "Meta",
        "Organization",
        "Patient",
        "PatientCommunication",
    ),
    *("Period", "Practitioner", "PractitionerRole", "Reference", "RelatedPerson", "RelatedPersonCommunication"),
    *("Task", "TaskInput", "TaskRestriction"),
}
LEADS_TO = {
    "Communication.about": {"Task"},
    "Communication.recipient": TAKES_PART,
    "Communication.sender": TAKES_PART,
    "Communication.subject": {"Patient"},
    "PractitionerRole.organization": {"Organization"},
    "RelatedPerson.patient": {"Patient"},
    "Task.focus": {"Communication"},
    "Task.for": {"Patient"},
    "Task.owner": {"PractitionerRole"},
    "Task.requester": {"Patient", "Practitioner", "RelatedPerson"},
}


def written(about: Inquiry) -> dict[str, Any]:
    """The file, as another system reads it."""
    return dict(json.loads(bundle.write(Inquiry.objects.get(pk=about.pk))))


def found(file: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The resources of one kind, in the order of the file."""
    return [entry["resource"] for entry in file["entry"] if entry["resource"]["resourceType"] == kind]


def task_of(about: Inquiry) -> dict[str, Any]:
    (task,) = found(written(about), "Task")
    return task


def words(resource: dict[str, Any]) -> str:
    """What was said in a Communication."""
    (payload,) = resource["payload"]
    if "contentString" in payload:
        return str(payload["contentString"])
    return base64.b64decode(payload["contentAttachment"]["data"]).decode()


def elements(part: FHIRAbstractModel) -> Iterator[tuple[str, Any, FHIRAbstractModel]]:
    """Every element of a resource and of what is in it, as "Task.status", with its value."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        for each in value if isinstance(value, list) else [value]:
            if each is None:
                continue
            yield f"{type(part).__name__}.{type(part).model_fields[name].alias or name}", each, part
            if isinstance(each, FHIRAbstractModel):
                yield from elements(each)


def talked(nurse) -> Inquiry:
    """An inquiry in which everything was said that can be said."""
    about = inquiry(reply_by="phone", phone="212 555 0123", voicemail_ok=True, contact_times="Mornings")
    services.claim(about.pk, by=nurse)
    for call in ("no_answer", "reached"):
        services.log_call(about.pk, call=call, text="She sounded tired", by=nurse)
    services.note(about.pk, text="Ask Marmaduke first", by=nurse)
    for text in ("We can see you.", "Bring your glasses."):
        services.reply(about.pk, text=text, by=nurse)
        Message.objects.exclude(author=None).update(leaves_at=timezone.now())
        replies.let_leave()
    services.patient_writes(about.pk, text="Thank you", submission_key=uuid.uuid4())
    arrivals.patient_asks(about.pk, "copy")
    return about


# --- It is FHIR R4 ----------------------------------------------------------------------------------------------------


def test_what_is_written_reads_back_the_same(nurse):
    text = bundle.write(talked(nurse))

    assert Bundle.model_validate_json(text).model_dump_json(indent=2) == text


@pytest.mark.parametrize("writing_for", ["self", "someone_else", "patient"])
def test_every_code_is_one_that_r4_knows(nurse, writing_for):
    about = talked(nurse)
    Inquiry.objects.filter(pk=about.pk).update(writing_for=writing_for)

    said = [(name, value) for name, value, _ in elements(Bundle.model_validate(written(about))) if name in CODES]

    assert {name for name, _ in said} == set(CODES)
    assert [(name, value) for name, value in said if value not in CODES[name]] == []


@pytest.mark.parametrize("writing_for", ["self", "someone_else", "patient"])
def test_nothing_is_written_in_which_r4b_differs_from_r4(nurse, writing_for):
    about = talked(nurse)
    Inquiry.objects.filter(pk=about.pk).update(writing_for=writing_for, message="a bell \x07")

    names = {name for name, _, _ in elements(Bundle.model_validate(written(about)))}

    assert {name.partition(".")[0] for name in names} <= SAME_IN_R4
    assert {name for name in names if name.startswith("Extension.")} <= {"Extension.url", "Extension.valueCode"}


@pytest.mark.parametrize("writing_for", ["self", "someone_else", "patient"])
def test_every_reference_leads_to_a_resource_in_the_file_that_r4_allows_there(nurse, writing_for):
    about = talked(nurse)
    Inquiry.objects.filter(pk=about.pk).update(writing_for=writing_for)
    file = written(about)
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in file["entry"]}

    led = {
        (name, kinds[value.reference]) for name, value, _ in elements(Bundle.model_validate(file)) if name in LEADS_TO
    }

    names = {name for name, value, _ in elements(Bundle.model_validate(file)) if type(value).__name__ == "Reference"}
    assert names <= set(LEADS_TO)
    assert [(name, kind) for name, kind in led if kind not in LEADS_TO[name]] == []


def test_no_two_resources_share_an_id_and_a_second_file_has_the_same(nurse):
    about = talked(nurse)

    first, second = ([entry["fullUrl"] for entry in written(about)["entry"]] for _ in range(2))

    assert first == second
    assert len(set(first)) == len(first)


def test_two_inquiries_share_no_id():
    first, second = ({entry["fullUrl"] for entry in written(inquiry())["entry"]} for _ in range(2))

    assert not first & second


def test_every_sample_can_be_exported_and_says_on_each_resource_that_it_is_one():
    demo.add(timezone.now())

    files = [written(about) for about in Inquiry.objects.filter(sample=True)]

    labels = [
        [label["code"] for label in entry["resource"]["meta"]["security"]] for file in files for entry in file["entry"]
    ]
    assert len(files) > 20
    assert [each for each in labels if each != ["R", "HTEST"]] == []


# --- Where it stands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status, said",
    [("new", "requested"), ("open", "in-progress"), ("waiting", "on-hold"), ("quarantined", "draft")],
)
def test_each_status_has_its_word_in_fhir(nurse, status, said):
    about = inquiry()
    steps: dict[str, dict[str, Any]] = {
        Status.NEW: {},
        Status.OPEN: {"owner": nurse},
        Status.WAITING: {"owner": nurse, "waiting_until": timezone.localdate()},
        Status.QUARANTINED: {},
    }
    for step in ("open", "waiting") if status == "waiting" else (status,):
        Inquiry.objects.filter(pk=about.pk).update(status=step, **steps[step])

    task = task_of(about)

    assert (task["status"], task["businessStatus"]["text"]) == (said, Status(status).label)


@pytest.mark.parametrize("outcome, said", ENDS.items())
def test_each_end_has_its_word_in_fhir(nurse, outcome, said):
    about = inquiry()
    services.close(about.pk, outcome=outcome, by=nurse)

    task = task_of(about)

    assert (task["status"], task["businessStatus"]["text"]) == (said, Outcome(outcome).label)
    assert "end" in task["executionPeriod"]


def test_no_end_is_forgotten():
    assert set(ENDS) == set(Outcome.values)


@pytest.mark.parametrize(
    "message, priority",
    [("I want to kill myself", "stat"), ("I have chest pain and cannot breathe", "stat"), ("Are you open?", "routine")],
)
def test_what_is_urgent_here_is_urgent_there(message, priority):
    assert task_of(inquiry(message=message))["priority"] == priority


def test_the_promised_time_is_when_the_task_ends():
    about = inquiry()

    end = task_of(about)["restriction"]["period"]["end"]

    assert datetime.fromisoformat(end) == about.due_at


def test_the_owner_is_a_role(nurse):
    roles.make()
    nurse.groups.set(Group.objects.filter(name="Clinician"))
    about = services.claim(inquiry().pk, by=nurse)
    file = written(about)

    (role,) = found(file, "PractitionerRole")

    assert found(file, "Task")[0]["owner"]["reference"] == f"urn:uuid:{role['id']}"
    assert role["code"] == [{"text": "Clinician"}]


def test_how_to_be_answered_stands_in_the_task():
    about = inquiry(reply_by="phone", phone="212 555 0123", voicemail_ok=False, contact_times="Mornings", language="es")

    said = {each["type"]["text"]: next(v for k, v in each.items() if k != "type") for each in task_of(about)["input"]}

    assert said == {
        "Reply by": "Phone",
        "Language of the reply": "es",
        "Voicemail allowed": False,
        "Good times": "Mornings",
    }


# --- Who wrote, and about whom ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "writing_for, writer", [("self", "Patient"), ("someone_else", "RelatedPerson"), ("patient", "Practitioner")]
)
def test_the_writer_is_the_one_with_the_name(writing_for, writer):
    file = written(inquiry(writing_for=writing_for, name="Quill Marmalade"))

    named = [entry["resource"]["resourceType"] for entry in file["entry"] if "Quill" in json.dumps(entry)]

    assert named == [writer]


@pytest.mark.parametrize("writing_for", ["someone_else", "patient"])
def test_of_a_patient_who_did_not_write_nothing_is_said(writing_for):
    (patient,) = found(written(inquiry(writing_for=writing_for)), "Patient")

    (name,) = patient["name"]
    assert set(patient) == {"resourceType", "id", "meta", "name"}
    assert name["extension"][0]["valueCode"] == "not-asked"


def test_the_way_somebody_wants_to_be_reached_comes_first():
    (patient,) = found(written(inquiry(reply_by="phone", phone="212 555 0123")), "Patient")

    assert [(each["system"], each["rank"]) for each in patient["telecom"]] == [("phone", 1), ("email", 2)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_wanted_language_goes_with_the_person(language):
    (patient,) = found(written(inquiry(language=language)), "Patient")

    assert patient["communication"][0]["language"]["coding"][0]["code"] == language


# --- What was said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "  two spaces, a tab\t and a line\n\nor two ",
        "\u00a0a space that does not break\u2028",
        "Zoë Ñandú 👩‍👩‍👧 \u202eright to left\u202c",
        'He said "no" \\ </script> & {name}',
        "a bell \x07, a form feed \x0c and an escape \x1b[31m",
        "\u200b\ufeff",
        "é" * 5_000,
    ],
)
def test_every_message_comes_out_as_it_was_typed(text):
    about = inquiry()
    Inquiry.objects.filter(pk=about.pk).update(message=text)

    (question,) = found(written(about), "Communication")

    assert words(question) == text


@pytest.mark.parametrize(
    "name", ['Ada "the" Example', "Zoë Ñandú", " Ada ", "Ada\u00a0Example", "李 小龍", "O’Brien-Ó"]
)
def test_every_name_comes_out_as_it_was_typed(name):
    about = inquiry()
    Inquiry.objects.filter(pk=about.pk).update(name=name)

    (patient,) = found(written(about), "Patient")

    assert patient["name"] == [{"text": name}]


def test_a_sign_that_fhir_forbids_in_a_name_is_shown_as_missing():
    about = inquiry()
    Inquiry.objects.filter(pk=about.pk).update(name="Ada\x07Example")

    (patient,) = found(written(about), "Patient")

    assert patient["name"] == [{"text": "Ada\ufffdExample"}]


def test_no_string_holds_a_sign_that_fhir_forbids():
    about = inquiry(phone="212 555 0123")
    awkward = dict.fromkeys(("message", "name", "contact_times", "phone", "email"), "a\x07b\x1bc\x0bd")
    Inquiry.objects.filter(pk=about.pk).update(**awkward)

    strings = [value for _, value, _ in elements(Bundle.model_validate(written(about))) if isinstance(value, str)]

    assert [value for value in strings if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value)] == []


def test_what_was_said_stands_in_the_order_it_was_said(nurse):
    said = [each["category"][0]["text"] for each in found(written(talked(nurse)), "Communication")]

    assert said == ["Question", "Call", "Call", "Reply", "Reply", "Message", "Asks for a copy of what we keep"]


def test_a_reply_that_was_taken_back_was_never_said(nurse):
    about = inquiry()
    services.take_back(services.reply(about.pk, text="We can see you.", by=nurse).pk, by=nurse)

    assert len(found(written(about), "Communication")) == 1


@pytest.mark.parametrize(
    "left, email, opened, status",
    [
        (False, STATUS.queued, False, "preparation"),
        (True, STATUS.queued, False, "in-progress"),
        (True, STATUS.requeued, False, "in-progress"),
        (True, STATUS.sent, False, "completed"),
        (True, STATUS.failed, False, "not-done"),
        (True, None, False, "not-done"),
        (True, STATUS.failed, True, "completed"),
    ],
)
def test_a_reply_says_how_far_it_came(nurse, left, email, opened, status):
    about = inquiry()
    message = services.reply(about.pk, text="We can see you.", by=nurse)
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(left_at=now if left else None, opened_at=now if opened else None)
    Email.objects.filter(notice__message=message).update(status=email)

    reply = found(written(about), "Communication")[1]

    assert (reply["status"], "sent" in reply, "received" in reply) == (status, left, opened)


def test_a_call_is_there_with_its_end_and_without_what_was_noted(nurse):
    calls = found(written(talked(nurse)), "Communication")[1:3]

    said = [(call["status"], call["statusReason"]["text"], "payload" in call) for call in calls]

    assert said == [("not-done", "No answer", False), ("completed", "Reached the person", False)]


# --- What stays here --------------------------------------------------------------------------------------------------


def test_no_name_address_or_note_of_the_staff_leaves(nurse, colleague):
    about = talked(nurse)
    services.assign(about.pk, to=colleague, by=nurse)

    text = bundle.write(Inquiry.objects.get(pk=about.pk))

    assert [word for word in ("Nora", "nora@", "Carlos", "carlos@", "tired", "Marmaduke") if word in text] == []


def test_nothing_of_another_inquiry_leaves(nurse):
    services.patient_writes(inquiry(name="Quill").pk, text="Marmalade", submission_key=uuid.uuid4())

    text = bundle.write(talked(nurse))

    assert [word for word in ("Quill", "Marmalade") if word in text] == []


def test_of_an_erased_inquiry_only_that_there_was_one_leaves(nurse):
    about = inquiry(name="Quill", email="quill@example.org", message="Marmalade.")
    services.close(about.pk, outcome="answered", by=nurse)
    Email.objects.all().delete()
    rights.erase(about.pk, by=nurse, reason="Asked for it")

    file = written(about)

    assert [word for word in ("Quill", "quill@", "Marmalade") if word in json.dumps(file)] == []
    assert "telecom" not in found(file, "Patient")[0]  # FHIR knows no empty list


def test_what_screening_found_does_not_leave_as_a_fact_about_the_patient():
    about = inquiry(message="I am pregnant and I take warfarin.")
    assert about.findings.exists()

    file = written(about)

    assert {entry["resource"]["resourceType"] for entry in file["entry"]} == {
        "Task", "Patient", "Organization", "Communication",
    }  # fmt: skip
    assert "pregnancy_breastfeeding" not in json.dumps(file)


# --- The page that explains it ----------------------------------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fhir.md"


def test_the_example_on_the_page_is_what_we_write():
    sample = next(each for each in demo.read_samples() if each["id"] == "thumbs-on-the-bus")
    at = {name: datetime(2026, 1, 5, hour, tzinfo=UTC) for name, hour in (("received_at", 15), ("due_at", 22))}
    said = {name: value for name, value in sample.items() if name not in ("id", "ago", "steps")}
    about = Inquiry.objects.create(
        **said, **at, writing_for="self", reference="R7K4MCDX", submission_key=uuid.uuid4(), sample=True,
        last_event_at=at["received_at"],
    )  # fmt: skip

    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert json.loads(example) | {"timestamp": ""} == written(about) | {"timestamp": ""}


def test_the_page_says_what_becomes_of_each_status_end_and_writer():
    page = PAGE.read_text(encoding="utf-8")

    said = {*bundle.STATUSES.items(), *((outcome, bundle.ENDS.get(outcome, "completed")) for outcome in Outcome)}
    said |= set(people.WRITERS.items())

    assert [(ours, theirs) for ours, theirs in said if not re.search(rf"\| .*\b{ours}\b.* \| `{theirs}`", page)] == []
