"""On messages that rules and lessons were written on, screening stays at least as good as it has been.

Every fifth one is read: all of them would take most of a minute. These are floors, not promises about messages nobody
has read: decision 0005 says how those were measured.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from inquiries.screening import URGENCIES, screen
from inquiries.screening.train import HERE, LEARNED_FROM

LABELLED = Path(__file__).parents[1] / "screening" / "labelled"
LESSONS = HERE / "lessons"


@lru_cache
def screened(language: str) -> list[tuple[dict[str, Any], str, frozenset[str]]]:
    """Messages, each with its urgency as screened and the kinds found."""
    files = [LABELLED / f"{part}_{language}.toml" for part in LEARNED_FROM]
    entries = [entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["message"][::5]]
    read = [(entry, screen(entry["text"])) for entry in entries]
    return [(entry, found.urgency, frozenset(finding.kind for finding in found.findings)) for entry, found in read]


def share(answers: list[bool]) -> float:
    return sum(answers) / len(answers)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("urgency", ["crisis", "emergency"])
def test_nearly_every_urgent_message_is_raised(language: str, urgency: str) -> None:
    urgent = [(entry, found) for entry, found, _ in screened(language) if entry["urgency"] == urgency]

    assert share([found in {urgency, entry.get("also")} for entry, found in urgent]) >= 0.97


@pytest.mark.parametrize("language", ["en", "es"])
def test_most_harmless_messages_stay_routine(language: str) -> None:
    harmless = [
        found for entry, found, _ in screened(language) if {entry["urgency"], entry.get("also")} <= {"routine", None}
    ]

    assert share([found == "routine" for found in harmless]) >= 0.90


@pytest.mark.parametrize("language", ["en", "es"])
def test_clinical_flags_are_found_and_seldom_made_up(language: str) -> None:
    right = wrong = 0
    for entry, _, kinds in screened(language):
        wanted, either = set(entry.get("flags", ())), set(entry.get("either_flags", ()))
        raised = kinds - {*URGENCIES}
        right += len(wanted & raised)
        wrong += len(raised - wanted - either) + len(wanted - raised)

    assert 2 * right / (2 * right + wrong) >= 0.92


def texts(*parts: str) -> set[str]:
    """The words of these labelled messages, whatever their case and punctuation."""
    files = [LABELLED / f"{part}_{language}.toml" for part in parts for language in ("en", "es")]
    messages = [entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["message"]]
    return {only_words(entry["text"]) for entry in messages}


def only_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_nothing_that_is_measured_has_been_learned_from() -> None:
    lessons = [tomllib.loads(path.read_text(encoding="utf-8")) for path in LESSONS.glob("*.toml")]
    learned = texts(*LEARNED_FROM) | {only_words(text) for one in lessons for said in one.values() for text in said}

    assert not learned & texts("heldout", "short")


def test_no_labelled_message_has_the_id_of_another() -> None:
    ids = [
        entry["id"]
        for path in sorted(LABELLED.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["message"]
    ]

    assert len(ids) == len(set(ids))
