"""A short everyday message ("Good morning, one more thing") pages nobody; a short cry for help still does.

Nothing is learned from these messages: a greeting that was a lesson would prove only that it was one.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from inquiries.screening import screen

LABELLED = Path(__file__).parents[1] / "screening" / "labelled"


def messages(language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((LABELLED / f"short_{language}.toml").read_text(encoding="utf-8"))[
        "message"
    ]
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_97_of_100_short_everyday_messages_stay_routine(language: str) -> None:
    harmless = [message["text"] for message in messages(language) if message["urgency"] == "routine"]

    kept = [screen(text).urgency == "routine" for text in harmless]

    assert sum(kept) / len(kept) >= 0.97


@pytest.mark.parametrize("language", ["en", "es"])
def test_short_urgent_messages_are_raised(language: str) -> None:
    urgent = [message["text"] for message in messages(language) if message["urgency"] != "routine"]

    raised = [screen(text).urgency != "routine" for text in urgent]

    assert sum(raised) / len(raised) >= 0.95


@pytest.mark.parametrize(
    "text", ["", "zxq", "qwv zxq", "Hello again", "It is me again", "Buenos días", "Soy yo otra vez"]
)
def test_a_message_that_says_nothing_is_routine(text: str) -> None:
    assert screen(text).urgency == "routine"


@pytest.mark.parametrize("text", ["Can you give me something to die?", "¿Me puede dar algo para morirme?"])
def test_a_question_that_asks_for_means_to_die_is_a_crisis(text: str) -> None:
    assert screen(text).urgency == "crisis"
