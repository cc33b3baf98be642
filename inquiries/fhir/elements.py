"""The parts that every resource is made of."""

import re
import uuid
from typing import Any

from inquiries.models import Inquiry

Json = dict[str, Any]

# Every id is derived from the reference in this namespace: who takes the same inquiry in twice has it once.
NAMESPACE = uuid.UUID("8f0c9f53-6f0e-4d0e-9f53-3b1a7c2d5e64")
TERMS = "http://terminology.hl7.org/CodeSystem"
RESTRICTED = {"system": f"{TERMS}/v3-Confidentiality", "code": "R", "display": "restricted"}
TEST = {"system": f"{TERMS}/v3-ActReason", "code": "HTEST", "display": "test health data"}
# What a FHIR string must not hold: https://hl7.org/fhir/R4/datatypes.html#string
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def resource(inquiry: Inquiry, kind: str, part: str) -> Json:
    """The head of a resource: labelled on its own, because a reader may take it out of the Bundle."""
    labels = [RESTRICTED, TEST] if inquiry.sample else [RESTRICTED]
    return {"resourceType": kind, "id": _id(inquiry, part), "meta": {"security": labels}}


def to(inquiry: Inquiry, kind: str, part: str) -> Json:
    """A reference to the resource of that kind and part."""
    return {"reference": f"urn:uuid:{_id(inquiry, part)}", "type": kind}


def concept(text: str) -> Json:
    """A concept in words: a code of our own would tell another system nothing."""
    return {"text": text}


def line(text: str) -> str:
    """A name, a number or an address as a FHIR string; signs that it must not hold are shown as \ufffd."""
    return CONTROL.sub("\ufffd", text)


def _id(inquiry: Inquiry, part: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{inquiry.reference}/{part}"))
