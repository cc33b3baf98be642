"""A clinical flag is raised for the person who would be treated, when it is true now or planned, and not otherwise."""

import tomllib

import pytest

from inquiries.screening import screen
from inquiries.screening.rules import HERE as RULES
from inquiries.screening.rules import rule_book


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in screen(text).findings}


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("anticoagulant", "My mother is 70, takes Eliquis, and would like an appointment. Can she have it?"),
        ("anticoagulant", "My dad's on warfarin and so am I, 5 mg a day"),
        ("anticoagulant", "Mi mamá toma Eliquis y quiere una cita, ¿la pueden atender?"),
        ("anticoagulant", "Yo no tomo nada pero mi esposo toma Plavix y la cita es para él"),
        ("psychiatric_medication", "My son, 25, takes Lexapro. Could he get the treatment?"),
        ("neuromuscular", "My wife has ALS, can she be treated?"),
        ("pregnancy_breastfeeding", "Mi esposa está embarazada, ¿la pueden atender?"),
        ("under_18", "I am 40 and asking for my son, he is 14"),
        ("under_18", "My daughter is 8 and very sad. Do you treat her age?"),
        ("under_18", "Tengo 42 años y mi hija tiene 15, ¿la pueden atender?"),
        ("recent_botox", "You injected my wife on Tuesday and she can't swallow"),
        ("recent_botox", "My wife got hers at your office this morning and is a bit bruised"),
        ("anticoagulant", "Questions about my partner: she takes Eliquis, would the shots work with that?"),
        ("under_18", "Mom of a 12 year old boy with tics. Do you see boys that age?"),
        ("under_18", "im 16 and my mom has good insurance"),
    ],
)
def test_what_is_true_of_someone_the_writer_asks_for_is_flagged(flag: str, text: str) -> None:
    assert flag in kinds(text)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("anticoagulant", "My dad's on warfarin. I take nothing."),
        ("anticoagulant", "They put our cat on Plavix. Me, I'm on nothing."),
        ("anticoagulant", "Mi marido toma sintrom, yo nada. La cita es a mi nombre"),
        ("psychiatric_medication", "My wife takes Lexapro. I take nothing."),
        ("neuromuscular", "Trabajo con niños con distrofia muscular"),
        ("under_18", "I am 34 and my son is 12"),
        ("under_18", "I'm a mom of three, the youngest is seven"),
        ("recent_botox", "My sister had Botox last week. I never have."),
        ("recent_botox", "Mi hermana se puso botox la semana pasada, yo nunca"),
        ("skin_infection", "Mi niño trae impétigo en la barbilla. Yo tengo la piel limpia"),
        ("under_18", "My niece is twelve and staying with us, she'd wait in the lobby"),
        ("under_18", "My dog is the best company I have. He's 14"),
        ("pregnancy_breastfeeding", "A girl at my work is pregnant and so cheerful"),
    ],
)
def test_what_is_true_of_somebody_else_is_not_flagged(flag: str, text: str) -> None:
    assert flag not in kinds(text)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("anticoagulant", "In 2014 they put me on warfarin and I've been on it ever since"),
        ("neuromuscular", "I was diagnosed with myasthenia in 2012"),
        ("psychiatric_medication", "I tried Prozac in 2010 and now I'm on Lexapro"),
        ("psychiatric_medication", "I'm not myself since I stopped Zoloft last week"),
        ("psychiatric_medication", "Dejé la sertralina hace tres días"),
        ("recent_botox", "I had Botox three weeks ago. How long does it last?"),
        ("recent_botox", "I had fillers in May and Botox two weeks ago"),
        ("recent_botox", "Nunca me había puesto nada y hace diez días me pusieron botox"),
        ("recent_botox", "Had mine two weeks ago. When do I come back?"),
        ("recent_botox", "One eyelid is a bit low, 6 d after botox"),
        ("recent_botox", "A mes y medio del botox, ¿ya toca retoque?"),
        ("botulinum_allergy_or_reaction", "Botox in 2016 gave me hives and I ended up in the ER"),
        ("skin_infection", "It cleared up last month but now the impetigo on my chin is back"),
    ],
)
def test_what_is_so_now_or_never_ends_is_flagged(flag: str, text: str) -> None:
    assert flag in kinds(text)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("anticoagulant", "Tuve un coágulo en 2010 y tomé warfarina seis meses"),
        ("aminoglycoside_or_relaxant", "As a girl I was given streptomycin for TB, in 1969, and I was cured"),
        ("psychiatric_medication", "I took Zoloft in 2009 and nothing since"),
        ("neuromuscular", "I was tested for myasthenia and it came back negative"),
        ("recent_botox", "I had Botox three years ago, can I have it again?"),
        ("recent_botox", "My first Botox would be Thursday, should I cancel it?"),
        ("recent_botox", "¿Puedo ponerme botox el martes?"),
        ("pregnancy_breastfeeding", "My pregnancy test was negative"),
        ("pregnancy_breastfeeding", "I'm lactose intolerant, is there milk in it?"),
        ("psychiatric_medication", "Zoloft, Paxil, Celexa. All stopped three years ago."),
        ("psychiatric_medication", "My doctor wants me to try Lexapro and I would rather not"),
        ("recent_botox", "In the last two weeks I have slept badly"),
        ("recent_botox", "Can I fly two days after the treatment?"),
        ("recent_botox", "Tengo cita para el botox el lunes"),
        ("skin_infection", "My sadness comes back every spring like shingles"),
        ("anticoagulant", "I take an aspirin once in a while for a headache"),
    ],
)
def test_what_is_over_was_ruled_out_or_is_still_to_come_is_not_flagged(flag: str, text: str) -> None:
    assert flag not in kinds(text)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("anticoagulant", "I take nothing at all except Eliquis"),
        ("anticoagulant", "No tomo nada, solo la warfarina"),
        ("aminoglycoside_or_relaxant", "I take nothing daily, just Flexeril as needed"),
        ("psychiatric_medication", "No tomo nada para la presión. Tomo sertralina."),
        ("psychiatric_medication", "I am a psychiatric nurse and I take Wellbutrin myself"),
        ("pregnancy_breastfeeding", "I take no medications. I'm 20 weeks pregnant."),
        ("pregnancy_breastfeeding", "I am a doula and pregnant myself"),
        ("under_18", "I am 16. My mom is 45 and says it is fine"),
    ],
)
def test_a_sweeping_denial_or_a_profession_does_not_hide_what_the_writer_says_next(flag: str, text: str) -> None:
    assert flag in kinds(text)


def test_a_rule_that_asks_for_company_is_silent_without_it() -> None:
    alone = kinds("You did me and it held well")
    in_company = kinds("You did me nine weeks ago and it held well")

    assert "recent_botox" not in alone
    assert "recent_botox" in in_company


def test_an_emergency_that_no_toxin_explains_is_not_taken_for_a_recent_treatment() -> None:
    found = kinds("My father has crushing chest pain since day 2 of his holiday, he is grey and sweating")

    assert "emergency" in found
    assert "recent_botox" not in found


def test_no_context_written_for_the_flags_excuses_what_is_urgent() -> None:
    of_flags = {
        entry["name"]
        for path in RULES.glob("context_flags_*.toml")
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["context"]
    }
    urgent = [rule for rule in rule_book().rules.values() if rule.kind in ("crisis", "emergency")]

    assert not {name for rule in urgent for name in rule.unless} & of_flags
