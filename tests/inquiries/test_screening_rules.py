"""The rules keep their own promises: each says why, cites a source, and fires on its examples."""

import pytest

from inquiries.screening import Finding, Rule, screen
from inquiries.screening.patterns import Parser, PatternError
from inquiries.screening.rules import KINDS, rule_book

RULES = list(rule_book().rules.values())
EXAMPLES = [(rule, text) for rule in RULES for text in rule.examples if not rule.hint]
HINTS = [(rule, text) for rule in RULES for text in rule.examples if rule.hint]
COUNTER_EXAMPLES = [(rule, text) for rule in RULES for text in rule.counter_examples]


def fired(text: str) -> tuple[Finding, ...]:
    return screen(text, classify=False).findings


def test_every_kind_has_rules_in_both_languages() -> None:
    for kind in KINDS:
        languages = {part for rule in RULES if rule.kind == kind for part in rule.id.split(".") if part in ("en", "es")}
        assert languages == {"en", "es"}, kind


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_reason_a_source_and_an_example(rule: Rule) -> None:
    assert rule.reason
    assert rule.source
    assert rule.examples


def test_no_two_rules_share_an_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(("rule", "text"), EXAMPLES, ids=lambda value: getattr(value, "id", value))
def test_a_rule_fires_on_its_example(rule: Rule, text: str) -> None:
    assert rule.id in {found.rule for found in screen(text, classify=bool(rule.needs)).findings}


@pytest.mark.parametrize(("rule", "text"), HINTS, ids=lambda value: getattr(value, "id", value))
def test_a_hint_and_the_classifier_together_raise_its_example(rule: Rule, text: str) -> None:
    assert screen(text).urgency != "routine"


@pytest.mark.parametrize(("rule", "text"), COUNTER_EXAMPLES, ids=lambda value: getattr(value, "id", value))
def test_nothing_of_the_kind_is_found_in_a_counter_example(rule: Rule, text: str) -> None:
    assert rule.kind not in {found.kind for found in screen(text, classify=rule.hint).findings}


@pytest.mark.parametrize("phrase", ["(die", "die)", "[die", "<nowhere>", "want ]"])
def test_a_malformed_phrase_is_refused(phrase: str) -> None:
    parser = Parser({}, {}, lambda word: (word,))

    with pytest.raises(PatternError):
        parser.parse(phrase)
