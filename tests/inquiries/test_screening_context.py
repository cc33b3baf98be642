"""A context excuses the phrase it stands with, and nothing else in the message."""

import pytest

from inquiries.screening import screen

HARMLESS = {
    "an idiom": "I'm dying to know if this works, this headache is killing me!",
    "a denial": "I have never been suicidal and I don't want to die.",
    "a denial in Spanish": "No tengo ni he tenido ideas suicidas.",
    "a list of denials": "No suicidal thoughts, no plans, no self-harm.",
    "a resolved past": "Ten years ago I was suicidal. I have been well ever since.",
    "a resolved past in Spanish": "Hace quince años intenté quitarme la vida. Estoy bien desde entonces.",
    "grief": "My brother died by suicide when I was twelve.",
    "grief in Spanish": "Mi hermano se suicidó cuando yo era niña.",
    "a student": "PhD student here. Did the trials exclude people with active suicidal ideation?",
    "a reporter": "I'm a reporter working on a piece about suicidality in the trials.",
    "a general question": "Can Botox cause trouble swallowing?",
    "a supposition": "If I did get double vision after the shots, who would I call?",
    "a known condition": "I have asthma, well controlled.",
    "ordinary depression": "I've been depressed for years, nothing works, can Botox help me?",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_a_context_explains_stays_routine(text: str) -> None:
    assert screen(text).urgency == "routine"


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_second_real_statement_is_never_hidden(text: str) -> None:
    assert screen(f"{text} I want to kill myself.").urgency == "crisis"
    assert screen(f"I want to kill myself. {text}").urgency == "crisis"
    assert screen(f"{text} Quiero morirme.").urgency == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "I have never been suicidal until this fall. Now I catch myself planning my suicide.",
        "It's not that I want to kill myself, it's that I don't want to keep living.",
        "I was suicidal in 2015, got better, and now it is back.",
        "No plan, no intent, but I wish I were dead.",
        "No, I want to die.",
        "Nunca había pensado en suicidarme, hasta este año.",
    ],
)
def test_a_denial_that_is_taken_back_is_raised(text: str) -> None:
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not pregnant, not breastfeeding.", "pregnancy_breastfeeding"),
        ("I stopped warfarin years ago.", "anticoagulant"),
        ("I've never taken antidepressants.", "psychiatric_medication"),
        ("I've been depressed since I was 14; I'm 39 now.", "under_18"),
        ("I had Botox once in 2017.", "recent_botox"),
        ("Allergic to peanuts. Okay for Botox?", "botulinum_allergy_or_reaction"),
        ("No muscle relaxants, thank you.", "aminoglycoside_or_relaxant"),
        ("My father has ALS and I'm his carer. I'm healthy myself.", "neuromuscular"),
        ("No skin infections.", "skin_infection"),
    ],
)
def test_a_flag_that_does_not_apply_is_not_raised(text: str, kind: str) -> None:
    assert kind not in {finding.kind for finding in screen(text).findings}


@pytest.mark.parametrize(
    "text",
    [
        "Years ago I wanted to kill myself. Tonight I will",
        "Years ago I wanted to kill myself, tonight I will",
        "Years ago I wanted to kill myself. I still do",
        "Years ago I wanted to die. I feel the same today",
        "I used to want to kill myself. It is back now",
        "When I was young I wanted to kill myself and I cannot stand it anymore",
        "hace años quise matarme. hoy también",
    ],
)
def test_a_past_that_has_come_back_is_a_crisis(text):
    assert screen(text).urgency == "crisis"


def test_a_context_excuses_only_what_is_said_in_its_own_language():
    assert screen("PhD student here. Quiero morirme.").urgency == "crisis"
    assert screen("Soy estudiante de medicina. I want to kill myself.").urgency == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "After my injection last week it is hard to swallow. Is that normal?",
        "I tried to end my life two weeks ago and they discharged me with a leaflet.",
        "lips swelling up & hives all over my chest 20 min after the injection, is this normal??",
        "tengo 16 y me quiero morir, no es por llamar la atención",
    ],
)
def test_a_question_or_a_leaflet_does_not_excuse_what_is_happening(text):
    assert screen(text).urgency in {"crisis", "emergency"}


def test_a_relative_is_the_patient_when_the_treatment_is_for_her():
    kinds = {found.kind for found in screen("My wife takes Eliquis. Could she have the treatment?").findings}

    assert "anticoagulant" in kinds


@pytest.mark.parametrize("thought", ["suicidal thoughts", "thoughts of ending my life", "urges to hurt myself"])
@pytest.mark.parametrize(
    "denial",
    [
        "I have no {}.",
        "I've never had {}.",
        "At no point did I have {}.",
        "I'm sad, but I'm free of {}.",
        "As for {}, never.",
        "I was asked about {} and the answer is no.",
        "{} have never been an issue for me.",
    ],
)
def test_a_denial_is_read_whichever_way_it_is_put(denial: str, thought: str) -> None:
    assert screen(f"{denial.format(thought)} What does a first visit cost?").urgency == "routine"


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to kill myself but I can't stop thinking about it.",
        "I'm not suicidal, I just don't want to exist.",
        "No suicidal thoughts until October. Now they come every night.",
        "I have no reason not to kill myself.",
        "I have never wanted to die this much.",
        "I don't know why I want to die.",
        "nobody believes i want to kill myself",
        "No sé por qué quiero morirme.",
        "No quiero matarme pero no puedo dejar de pensarlo.",
        "Nunca he tenido tantas ganas de morirme.",
    ],
)
def test_a_no_that_denies_nothing_is_a_crisis(text: str) -> None:
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize("text", ["I want to kill myself. No.", "I want to die.\n\nNil", "Quiero morirme. No."])
def test_a_no_after_a_statement_takes_nothing_back(text):
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize("text", ["Suicidal thoughts? No.", "Am I suicidal? No.", "Thoughts of suicide: none."])
def test_a_no_after_a_question_answers_it(text):
    assert screen(text).urgency == "routine"


@pytest.mark.parametrize(
    "text",
    [
        "I was diagnosed with myasthenia gravis in my thirties. It has been quiet for years.",
        "Me diagnosticaron miastenia gravis en 2009 y lleva años tranquila.",
    ],
)
def test_a_disease_of_nerve_and_muscle_is_raised_however_quiet_it_is(text):
    assert "neuromuscular" in {found.kind for found in screen(text).findings}


@pytest.mark.parametrize(
    "text",
    [
        "I ticked yes by mistake on the pregnancy question. I want to kill myself.",
        "I'm six years sober and I want to die.",
        "I want to leave it all behind me and end my life.",
        "Please send the glossary. I took all my pills.",
        "Marqué sí sin querer en embarazo. Quiero matarme.",
        "Quiero morirme. Me trataron muy mal en mi trabajo.",
        "Quiero morirme. Nada de eso me ayuda.",
        "Soy intérprete y me quiero morir.",
    ],
)
def test_a_slip_or_an_errand_excuses_nothing_that_is_said_outright(text: str) -> None:
    assert screen(text).urgency in {"crisis", "emergency"}
