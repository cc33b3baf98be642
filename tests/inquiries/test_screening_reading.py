"""Screening reads what people really type, and shows staff where it stands."""

import pytest

from inquiries.screening import KINDS, URGENCIES, rule, screen


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in screen(text).findings}


@pytest.mark.parametrize(
    "text",
    [
        "i want to kil my self",
        "having sucidal thoghts",
        "im su1c1dal",
        "having s*icidal thoughts",
        "i want to k i l l myself",
        "i want to k.i.l.l myself",
        "I. Want. To. Die.",
        "iwanttodie",
        "I WANT TO DIEEEE",
        "I don\u2019t want to be here anymore",
        "i dont wanna be here anymore",
        "I want to ki\u200bll myself",
        "I want to k\u0456ll myself",  # a Cyrillic i
        "I donâ€™t want to live",  # an apostrophe in the wrong encoding
        "ya no quiero vivir",
        "ya no kiero bivir",
        "pienso en el su1c1d10",
        "ME QUIERO MORIR",
        "no quiero despertar manana",
    ],
)
def test_mistyped_disguised_and_shouted_words_are_read(text: str) -> None:
    assert screen(text).urgency == "crisis"


def test_a_finding_points_at_the_words_that_raised_it() -> None:
    text = "Hello, \U0001f642 is parking free? I\u2019ve been thinking about kill\u00adiing myself. Thanks!"

    spans = [text[found.start : found.end] for found in screen(text).findings if found.kind == "crisis"]

    assert any(span.endswith("kill\u00adiing myself") for span in spans)
    assert all("parking" not in span and "Thanks" not in span for span in spans)


def test_both_kinds_are_found_and_crisis_goes_first() -> None:
    screening = screen("I took a whole bottle of pills. I wanted to die.")

    assert {"crisis", "emergency"} <= {finding.kind for finding in screening.findings}
    assert screening.urgency == "crisis"


def test_a_sentence_buried_in_a_long_letter_is_found() -> None:
    padding = "I would also like to know where to park and whether the visit can be moved to the afternoon. " * 20

    assert screen(f"{padding}Some nights I think about ending my life. {padding}").urgency == "crisis"
    assert screen(f"{padding}Since the shots I can't swallow. {padding}").urgency == "emergency"


def test_english_and_spanish_are_read_side_by_side() -> None:
    assert screen("Hi, my english is bad, ya no quiero vivir, please call").urgency == "crisis"
    assert screen("Me pusieron botox ayer and now I can't breathe").urgency == "emergency"


def test_clinical_flags_leave_a_message_routine() -> None:
    screening = screen("I'm on Zoloft and Eliquis and I'm 20 weeks pregnant. Which days are you open?")

    assert screening.urgency == "routine"
    assert {finding.kind for finding in screening.findings} == {
        "psychiatric_medication",
        "anticoagulant",
        "pregnancy_breastfeeding",
    }


def test_every_finding_has_a_reason_and_a_source_for_staff() -> None:
    for found in screen("I want to die, I take Prozac, and I have chest pain").findings:
        assert rule(found.rule).reason
        assert rule(found.rule).source
        assert rule(found.rule).kind == found.kind


def test_urgencies_and_kinds_are_those_of_the_contract() -> None:
    assert URGENCIES == ("crisis", "emergency", "routine")
    assert len(KINDS) == 11
    assert kinds("") == set()
    assert screen("").urgency == "routine"
