"""Markup in a message hides nothing, and a finding still points at what was typed."""

import pytest

from inquiries.screening import screen
from inquiries.screening.markup import plain


@pytest.mark.parametrize(
    "text",
    [
        "I want to <b>kill</b> myself",
        "I want to ki<b>ll</b> myself",
        "i want to &#107;ill myself",
        "i want to k&#x69;ll&nbsp;myself",
        "&amp;#107;ill myself is what I will do",
        "<p>I want</p> to kill<br/>myself",
        'I don&rsquo;t want to <span style="color: red">live</span> anymore',
        "ki<!-- -->ll myself, that is all I want",
        "quiero mor&iacute;rme",
    ],
)
def test_markup_does_not_hide_a_crisis(text: str) -> None:
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize("text", ["<I want to die>", "<b I want to die>", "<p><3 <I want to die></p>"])
def test_words_between_angle_brackets_are_words(text: str) -> None:
    assert screen(text).urgency == "crisis"


def test_a_finding_spans_the_markup_between_its_words() -> None:
    text = "Hello &amp; thanks. I want to <i>k&#105;ll</i> myself. <b>Bye</b>"

    spans = {text[found.start : found.end] for found in screen(text).findings}

    assert any(span.endswith("k&#105;ll</i> myself") for span in spans)
    assert not any("Bye" in span or "thanks" in span for span in spans)


@pytest.mark.parametrize("unit", ["<", "&", "<a ", "<b>", "&#107;", "&amp;amp;", "<a =\"'", "<!--"])
def test_markup_without_end_leads_back_into_the_text(unit: str) -> None:
    text = unit * 700

    read = plain(text)

    assert len(read.text) == len(read.starts) == len(read.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(read.starts, read.ends, strict=True))
