"""Every number on a starter page stands in facts.toml under a key that the same sentence cites.

So a number that was mistyped, or that the cited source does not carry, fails here; and the same fact has the same
number on every page.
"""

import re
import tomllib
from pathlib import Path

import pytest

from clinic.pages import loader
from clinic.pages.rendering import render
from tests.passages import sentences

FACTS = tomllib.loads((Path(__file__).parent / "facts.toml").read_text(encoding="utf-8"))
PAGES = {page["slug"]: page for page in loader.read_pages()}
REFERENCES = {entry["key"]: entry for entry in loader.read_references()}

AMOUNT = r"\d+(?:,\d{3})*(?:\.\d+)?"
UNIT = r"(?:week|month|day|year|hour|minute|unit|point|milligram|people|women|men|trial|million)"
NUMBER = re.compile(
    rf"(?P<of>(?<![\w.-]){AMOUNT} (?:of {AMOUNT}|in 100?)\b)"
    rf"|(?<![\w.-])(?P<value>{AMOUNT}%?)(?!\w)(?=(?P<unit>(?:(?: to| or| and|-) ?{AMOUNT}%?)* {UNIT})?)",
)
# What is no claim from a study: the emergency numbers and times of day. Phone numbers are links, left out below.
NO_CLAIM = re.compile(r"\b(?:911|988|711)\b|\b\d{1,2}:\d\d\b|\b\d{1,2} [ap]\.m\.")


def numbers(text: str) -> set[tuple[str, str]]:
    """The numbers in a text, each with its unit where one follows ("30 units" is not "30 people")."""
    text = NO_CLAIM.sub(" ", re.sub(r"\{[^}]*\}", " ", text))
    text = re.sub(r"\bof (?:the|its) (?=\d)", "of ", text)
    text = re.sub(rf"(?<!\d )\bweeks? ({AMOUNT}(?:(?: to| and| or) {AMOUNT})?)", r"\1 weeks", text)
    found = set()
    for match in NUMBER.finditer(text):
        unit = re.search(rf"{UNIT}$", match["unit"] or "")
        found.add((match["of"] or match["value"], unit[0] if unit else ""))
    return found


def carried(statements: list[str]) -> set[tuple[str, str]]:
    """The numbers of some statements; a page may leave a unit out ("74 counted"), and women are people."""
    found = set().union(*map(numbers, statements))
    people = {(value, "people") for value, unit in found if unit in ("women", "men")}
    return found | people | {(value, "") for value, _ in found}


def unbacked(html: str, uncited: list[str]) -> list[str]:
    """The numbers on a page that no key cited beside them carries, each with its sentence."""
    free = carried(uncited)
    found = []
    for sentence, keys in sentences(html):
        statements = [fact for key in sorted(keys) for fact in FACTS["cited"].get(key, [])]
        allowed = free | carried(statements) | {(str(REFERENCES[key]["year"]), "") for key in keys}
        found += [f"{' '.join(number)}: {sentence}" for number in sorted(numbers(sentence) - allowed)]
    return found


@pytest.mark.parametrize("slug", PAGES)
class TestEveryNumber:
    """What holds for the numbers of each page."""

    def test_on_a_page_is_one_that_a_source_cited_beside_it_carries(self, slug):
        html = render(PAGES[slug]["body"], REFERENCES).html

        assert unbacked(html, FACTS["uncited"]["everywhere"] + FACTS["uncited"].get(slug, [])) == []

    def test_in_a_title_or_summary_is_one_that_a_source_of_the_page_carries(self, slug):
        keys = render(PAGES[slug]["body"], REFERENCES).keys
        allowed = carried([fact for key in keys for fact in FACTS["cited"].get(key, [])])

        assert numbers(f"{PAGES[slug]['title']}. {PAGES[slug]['summary']}") - allowed == set()


def test_each_fact_stands_under_a_source_that_somebody_has_confirmed():
    confirmed = {entry["key"] for entry in loader.read_references()}

    assert set(FACTS["cited"]) - confirmed == set()
    assert set(FACTS["uncited"]) - set(PAGES) == {"everywhere"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In 52 in 100 people", {("52 in 100", "")}),
        ("6 of 11, then 0 of 19", {("6 of 11", ""), ("0 of 19", "")}),
        ("3 to 4 months", {("3", "month"), ("4", "month")}),
        ("at week 6", {("6", "week")}),
        ("at weeks 3 and 9, by 3.6 to 4.2 points", {("3", "week"), ("9", "week"), ("3.6", "point"), ("4.2", "point")}),
        ("14,170 people, or 47%.", {("14,170", "people"), ("47%", "")}),
        ("the PHQ-9 at 9:30, or call 988", set()),
    ],
)
def test_numbers_are_read_with_what_they_count(text, expected):
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The largest had 255 women. It missed its goal. [@brin2020]", []),
        ("The largest had 254 women. [@brin2020]", ["254"]),
        ("The largest had 255 women. [@finzi2014]", ["255"]),
        ("One dose was 30 weeks. [@brin2020]", ["30"]),
        ("The largest had 255 women.", ["255"]),
        ("- one had 255 women [@brin2020]\n- one had 254 women [@brin2020]", ["254"]),
        (":::table Trials\n| Trial | Of 74 |\n|---|---|\n| One [@finzi2014] | 52 in 100 |\n:::", []),
        (":::table Trials\n| Trial | Of 74 |\n|---|---|\n| One [@finzi2014] | 53 in 100 |\n:::", ["53"]),
        ("### The 255 women\n\nThey were treated. [@brin2020]", []),
        ("### The 255 women\n\nThey were treated.\n\n### Next\n\nA trial. [@brin2020]", ["255"]),
        ("Call [1-866-488-7386](tel:+18664887386) at 9:30.", []),
    ],
)
def test_a_number_needs_a_source_beside_it_that_carries_it(text, missing):
    html = render("## Trials\n\n" + text, REFERENCES).html

    assert [found.split()[0] for found in unbacked(html, [])] == missing
