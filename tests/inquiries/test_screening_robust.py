"""Whatever is typed, screening answers, soon, and with spans that fit the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiries.screening import screen
from inquiries.screening.automaton import Automaton
from inquiries.screening.rules import rule_book
from inquiries.screening.words import read

WORDS = sorted(rule_book().lists)
CRISES = ["I want to kill myself", "ya no quiero vivir", "everyone would be better off without me"]
messages = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from([*WORDS, ".", ",", "\n\n", "*", "'"]), max_size=80).map(" ".join),
    st.text(alphabet="kil mysef*'.-\u200b\u0301@1!|aeiou\n", max_size=400),
)


@settings(max_examples=150, deadline=None)
@given(messages)
def test_any_text_is_answered_with_spans_inside_it(text: str) -> None:
    for found in screen(text).findings:
        assert 0 <= found.start < found.end <= len(text)
        assert text[found.start : found.end].strip()


@settings(max_examples=100, deadline=None)
@given(messages, messages, st.sampled_from(CRISES))
def test_paragraphs_around_a_crisis_never_hide_it(before: str, after: str, crisis: str) -> None:
    text = f"{before}\n\n{crisis}.\n\n{after}"

    found = [f for f in screen(text).findings if f.kind == "crisis"]

    assert found


@settings(max_examples=150, deadline=None)
@given(messages)
def test_the_second_reader_takes_nothing_back_that_a_rule_has_raised(text: str) -> None:
    by_rules_alone = set(screen(text, classify=False).findings)

    assert by_rules_alone <= set(screen(text).findings)


@pytest.mark.parametrize("text", ["No one will miss me when I'm gone", "Nobody will miss me when I am gone."])
def test_a_hint_is_judged_in_a_message_that_a_context_explains_nearly_all_of(text: str) -> None:
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "My throat is closing up. Everyone would be better off without me.",
        "My throat is closing up and I can't breathe. Suicide is on my mind.",
        "I have chest pain and can't breathe right now. Everyone would be better off without me.",
        "I took too many pills by accident and I think about suicide.",
        "Se me está cerrando la garganta y no puedo respirar. Solo pienso en la muerte.",
    ],
)
def test_an_emergency_that_a_rule_found_does_not_hide_a_crisis_that_is_only_hinted_at(text: str) -> None:
    found = screen(text)

    assert {finding.kind for finding in found.findings} == {"emergency", "crisis"}


def test_an_emergency_that_the_second_reader_heard_does_not_hide_a_crisis_that_is_hinted_at() -> None:
    text = "Cough, cough, cough\n\neveryone would be better off without me.\n\ncough, coughing"

    kinds = {finding.kind for finding in screen(text).findings}

    assert "crisis" in kinds


ENGLISH_LETTER = """I have read your page about the study. My sister lives near your clinic and could drive me.

{}

Do you take Aetna? A late appointment would suit me best, and I would like to know what the first visit looks like."""
SPANISH_LETTER = """Leí su página sobre el estudio. Mi hermana vive cerca de la clínica y me puede llevar.

{}

¿Aceptan Medicaid? Una cita en la tarde me vendría mejor, y quisiera saber cómo es la primera visita y cuánto dura."""
PLAIN_WORDS = [
    ("I am suicidal.", "crisis", ENGLISH_LETTER),
    ("I have a suicide plan.", "crisis", ENGLISH_LETTER),
    ("I think about dying every day.", "crisis", ENGLISH_LETTER),
    ("I have nothing to live for.", "crisis", ENGLISH_LETTER),
    ("My tongue is swelling and I have hives all over.", "emergency", ENGLISH_LETTER),
    ("I suddenly lost my vision in one eye.", "emergency", ENGLISH_LETTER),
    ("My throat is closing up.", "emergency", ENGLISH_LETTER),
    ("I think this is anaphylaxis.", "emergency", ENGLISH_LETTER),
    ("Death is on my mind all day long.", "crisis", ENGLISH_LETTER),
    ("Everyone would be better off without me.", "crisis", ENGLISH_LETTER),
    ("Voy a tomarme todas las pastillas.", "crisis", SPANISH_LETTER),
    ("Tengo un plan para morir.", "crisis", SPANISH_LETTER),
    ("Solo pienso en la muerte.", "crisis", SPANISH_LETTER),
    ("Tengo ideas suicidas.", "crisis", SPANISH_LETTER),
    ("Se me está cerrando la garganta.", "emergency", SPANISH_LETTER),
    ("De repente no veo.", "emergency", SPANISH_LETTER),
    ("Mi bebé se comió mis antidepresivos.", "emergency", SPANISH_LETTER),
    ("A mi mujer le dio un ataque y sigue confundida.", "emergency", SPANISH_LETTER),
    ("Dígale a mi familia que los quise mucho.", "crisis", SPANISH_LETTER),
]


@pytest.mark.parametrize(("sentence", "urgency", "letter"), PLAIN_WORDS)
def test_plain_words_are_raised_in_the_middle_of_a_friendly_letter(sentence: str, urgency: str, letter: str) -> None:
    assert screen(letter.format(sentence)).urgency == urgency


SIDE_REMARKS = [
    ("I work as a nurse.", "I am going to kill myself.", "crisis"),
    ("I am a social worker.", "I am suicidal.", "crisis"),
    ("I am reading a good novel.", "My daughter wants to kill herself.", "crisis"),
    ("I heard about it on a podcast.", "Since the injection I can't swallow.", "emergency"),
    ("We got married in 2005.", "I have chest pain.", "emergency"),
    ("I have never had Botox.", "I tried to kill myself on Friday.", "crisis"),
    ("I have no allergies.", "I don't want to live anymore.", "crisis"),
    ("See you next week.", "I don't want to live anymore.", "crisis"),
    ("La recepcionista fue amable.", "He decidido quitarme la vida.", "crisis"),
    ("Soy enfermera.", "Mi hija se quiere matar.", "crisis"),
    ("Estoy leyendo una novela.", "No puedo respirar.", "emergency"),
    ("Mi abuela murió en 1990.", "Se me está cerrando la garganta.", "emergency"),
]


@pytest.mark.parametrize(("remark", "sentence", "urgency"), SIDE_REMARKS)
def test_a_remark_about_something_else_hides_nothing_before_or_after_it(
    remark: str, sentence: str, urgency: str
) -> None:
    found = {screen(f"{remark} {sentence}").urgency, screen(f"{sentence} {remark}").urgency}

    assert found == {urgency}


REMARKS = {
    "en": [
        "I work as a nurse.", "I am a journalist.", "I teach a course on this, haha.", "My grandmother died in 1990.",
        "We got married in 2005.", "Ten years ago I moved here, roughly.", "I read about it online.",
        "I have no allergies.",
        "They asked me three times whether it hurts, lol.", "I ticked the wrong box about parking.",
    ],
    "es": [
        "Soy enfermera.", "Nos casamos en 2005.", "Mi abuela murió en 1990.", "Lo leí en internet, jaja.",
        "Tengo los ojos operados desde hace 3 años, por si influye.", "Me preguntaron por el seguro.",
        "Doy un taller de cocina.", "Con este calor no hay quien duerma.",
    ],
}  # fmt: skip
URGENT = {
    "en": [
        "I am going to kill myself.", "I am suicidal.", "I don't want to live anymore.", "My daughter wants to die.",
        "I took too many pills.", "My throat is closing.", "I have chest pain.", "I cut myself last night.",
    ],
    "es": [
        "Me voy a matar.", "Tengo ideas suicidas.", "Ya no quiero vivir.", "Mi hijo se quiere matar.",
        "Me tomé todas mis pastillas de golpe.", "Se me está cerrando la garganta.", "No puedo respirar.",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_joke_date_trade_or_story_beside_it_hides_an_urgent_sentence(language: str) -> None:
    pairs = [(remark, sentence) for remark in REMARKS[language] for sentence in URGENT[language]]

    texts = [text for remark, sentence in pairs for text in (f"{remark} {sentence}", f"{sentence} {remark}")]

    hidden = [text for text in texts if screen(text).urgency == "routine"]

    assert hidden == []


@pytest.mark.parametrize(
    "text",
    [
        "I am suicidal, lol",
        "They asked me if I want to end my life, and then whether I smoke, and I wrote it all down",
        "In our workshop a caller says that he wants to kill himself and is put through to a nurse at once",
        "Me quiero matar, jaja",
    ],
)
def test_a_laugh_a_question_or_a_lesson_nearby_leaves_the_words_to_the_second_reader(text: str) -> None:
    assert screen(text, classify=False).urgency == "routine"


@pytest.mark.parametrize("text", ["I am suicidal, lol", "I want to kill myself. Haha.", "Me quiero matar, jaja"])
def test_who_says_it_with_a_laugh_is_heard_all_the_same(text: str) -> None:
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "I need a referral. I overdosed.",
        "Of course you are busy. I overdosed.",
        "My husband told me about you. I have hives all over.",
        "We laughed a lot on the phone. I want to kill myself.",
        "Trabajo en una escuela. Me quiero matar.",
    ],
)
def test_no_other_sentence_puts_a_few_plain_words_in_doubt(text: str) -> None:
    assert screen(text, classify=False).urgency != "routine"


@pytest.mark.parametrize(
    "text",
    [
        "I tried to end my life in 2019 and since then I thought I was done with it, but again I want to",
        "Hace años quise matarme, me curé con los años y otra vez lo quiero",
    ],
)
def test_a_look_back_is_no_doubt_where_it_has_come_again(text: str) -> None:
    assert screen(text, classify=False).urgency == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "I want to die and no, nobody knows.",
        "I am suicidal and no, I don't have anyone to call.",
        "I cut myself and no, I don't want my parents to know.",
        "I am one of those with suicidal thoughts every day.",
        "Around people I feel suicidal.",
        "The form asks if I am suicidal. I am.",
        "I'm not kidding, I am going to kill myself.",
        "I would rather die than go on like this.",
        "Me tomé todas las pastillas que me recetó el psiquiatra.",
        "Soy una de esas personas con ideas suicidas.",
        "Siempre he querido morirme.",
        "Tengo debilidad muscular general desde el bótox.",
        "Me da trabajo tragar desde la inyección.",
    ],
)
def test_a_word_that_may_excuse_excuses_nothing_where_it_says_something_else(text: str) -> None:
    letter = SPANISH_LETTER if text.startswith(("Me ", "Soy", "Siempre", "Tengo")) else ENGLISH_LETTER

    assert "routine" not in {screen(text).urgency, screen(letter.format(text)).urgency}


def test_jokes_do_not_use_up_what_a_plain_sentence_raises() -> None:
    jokes = "If the phone rings one more time, lol, I want to kill myself and the radio. " * 12

    plain = screen(f"{jokes}\n\nI want to kill myself.", classify=False)

    assert plain.urgency == "crisis"


@pytest.mark.parametrize("mark", [".", "!", "?", ";"])
def test_a_stop_after_every_word_is_emphasis_whatever_the_stop(mark: str) -> None:
    text = " ".join(f"{word}{mark}" for word in ("I", "want", "to", "die"))

    assert screen(text, classify=False).urgency == "crisis"


def test_a_stop_after_one_word_ends_the_sentence_where_a_comma_stands_before_it() -> None:
    book = rule_book()

    words = [token.word for token in read("Six years ago, roughly. Call me.", book.spelling.spell, book.spelling.join)]

    assert words[words.index("roughly") + 1] == "$"


@pytest.mark.parametrize(
    "text",
    ["i work as a nurse i am going to kill myself", "quiero suicidarme lista", "soy médico voy a terminar con mi vida"],
)
def test_a_trade_in_the_same_breath_hides_nothing(text: str) -> None:
    assert screen(text).urgency == "crisis"


@pytest.mark.parametrize("letter", [ENGLISH_LETTER, SPANISH_LETTER])
def test_the_letter_itself_is_routine(letter: str) -> None:
    assert screen(letter.format("")).urgency == "routine"


@pytest.mark.parametrize(
    "unit",
    [
        "want to ",
        "i do not want to be able to keep going to the end of my ",
        "k*!1$@ ",
        "no never not without ",
        "i, ",
        "k i l l ",
    ],
)
def test_twice_the_text_takes_no_more_than_twice_the_steps(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(length: int) -> int:
        text = (unit * (length // len(unit) + 1))[:length]
        taken = 0
        original = Automaton._move

        def counting(self: Automaton, *arguments: object) -> object:
            nonlocal taken
            taken += 1
            return original(self, *arguments)  # type: ignore[arg-type] # passes on whatever it was given

        with monkeypatch.context() as patched:
            patched.setattr(Automaton, "_move", counting)
            screen(text)
        return taken

    assert steps(10_000) <= 2.1 * steps(5_000)


def test_every_word_is_read_from_where_it_stands() -> None:
    text = "I can’t  k i l l\tmy-self, O.K.?\n\nNo"
    book = rule_book()

    tokens = read(text, book.spelling.spell, book.spelling.join)

    assert all(0 <= token.start <= token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


def test_one_phrase_repeated_does_not_flood_staff() -> None:
    assert len(screen("I want to kill myself. " * 200).findings) < 100
