"""How urgent a new inquiry is: the screening rules over everything the person wrote."""

import logging
from typing import Any

from inquiries.models import Finding, Urgency
from inquiries.screening import screen

logger = logging.getLogger(__name__)

# People put the most important words in any field.
SCREENED = [Finding.Field.MESSAGE, Finding.Field.NAME, Finding.Field.CONTACT_TIMES]
GRAVEST_FIRST = [Urgency.CRISIS, Urgency.EMERGENCY, Urgency.ROUTINE]


def assess(said: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The gravest urgency found in what was `said`, and the findings as fields of `Finding`.

    A fault in the screening must not lose the message or let it wait: it is then treated as a crisis.
    """
    urgencies, findings = [Urgency.ROUTINE.value], []
    for field in SCREENED:
        if not said[field]:
            continue
        try:
            # The classifier knows sentences; of a name it would make anything.
            screening = screen(said[field], classify=field == Finding.Field.MESSAGE)
        except Exception:
            logger.exception("Screening failed; the message is treated as a crisis")
            urgencies.append(Urgency.CRISIS.value)
            findings.append({"field": field, "kind": "crisis", "rule": "screening-failed", "start": 0, "end": 0})
            continue
        urgencies.append(screening.urgency)
        findings += [
            {"field": field, "kind": found.kind, "rule": found.rule, "start": found.start, "end": found.end}
            for found in screening.findings
        ]
    return min(urgencies, key=[urgency.value for urgency in GRAVEST_FIRST].index), findings
