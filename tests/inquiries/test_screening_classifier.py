"""The second reader: what it learns, what it is given to judge, and which sentence it shows."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inquiries.screening import classifier, features, screen
from inquiries.screening.features import Text
from inquiries.screening.learning import learn
from inquiries.screening.words import Token

ROOT = Path(__file__).parents[2]
ORDERS = [
    ("not fine but over", [1.0, 0.0]),
    ("not over but fine", [0.0, 0.0]),
]


def told(words: str) -> Text:
    tokens = [Token(word, at, at + 1) for at, word in enumerate(words.split())]
    return features.text(tokens, tokens, [])._replace(demand=0.0)


def test_each_doubling_of_the_passages_asks_a_little_more(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = told("word " * 120)  # three passages
    asked = classifier.scores(letter, classifier.learned())

    monkeypatch.setattr(classifier, "LENGTH", 0.0)

    assert classifier.scores(letter, classifier.learned()) - asked == pytest.approx(1.5 * np.log2(3), abs=1e-4)


@pytest.mark.parametrize("count", [0, 1, 60, 61, 90, 91, 1000])
def test_every_word_of_a_message_is_judged(count: int) -> None:
    judged = {at for first, last in classifier.passages(count) for at in range(first, last)}

    assert judged == set(range(count))


def test_no_passage_is_so_long_that_a_sentence_drowns() -> None:
    assert max(last - first for first, last in classifier.passages(1000)) <= classifier.PASSAGE


def test_the_same_words_in_another_order_can_mean_something_else() -> None:
    texts = [told(words) for words, _ in ORDERS] * 1000
    models = learn(texts, np.array([labels for _, labels in ORDERS] * 1000, np.float32))

    urgent, harmless = (float(classifier.scores(text, models)[0]) for text in texts[:2])

    assert urgent > 0 > harmless


def test_learning_twice_gives_the_same_weights() -> None:
    texts, labels = [told(words) for words, _ in ORDERS], np.array([labels for _, labels in ORDERS], np.float32)

    first, second = learn(texts, labels), learn(texts, labels)

    assert np.array_equal(first.linear, second.linear)
    assert np.array_equal(first.composing.vectors, second.composing.vectors)


def test_a_message_without_words_scores_nothing() -> None:
    assert np.all(np.isneginf(classifier.scores(told(""), classifier.learned())))


def test_staff_are_shown_a_sentence_and_not_the_whole_message() -> None:
    text = (
        "Hi there, quick question about prices and whether you take Aetna. My car is in the shop this week. "
        "Some nights I pray that I do not have to see another day and I mean it. "
        "Do you have anything on Tuesday? My number is 555-0142."
    )

    shown = [text[found.start : found.end] for found in screen(text).findings if found.rule.endswith(".classifier")]

    assert len(shown) == 1
    assert "pray" in shown[0]
    assert len(shown[0]) < len(text) / 2


@pytest.mark.parametrize("before", range(12))
def test_what_is_shown_begins_where_a_sentence_begins_wherever_passages_were_cut(before: int) -> None:
    sentence = (
        "Some nights after the late shift when the house is quiet and my wife is asleep I sit in the kitchen and I "
        "pray that I do not have to see another day. "
    )
    text = "The bus was late today. " * before + sentence + "The room was warm and bright."

    shown = [text[found.start :] for found in screen(text).findings if found.rule.endswith(".classifier")]

    assert all(part.startswith(("The bus", "Some nights", "The room")) for part in shown)


def test_a_process_that_screens_has_no_thread_more_than_before() -> None:
    # In a fresh process: here, something else may have read numpy first, and it asks for its threads only then.
    count = (
        "import psutil; from inquiries.screening import screen; "
        "screen('I have felt low for a year. Could it help?'); print(psutil.Process().num_threads())"
    )
    fresh = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}

    said = subprocess.run(
        [sys.executable, "-c", count], cwd=ROOT, env=fresh, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "1"
