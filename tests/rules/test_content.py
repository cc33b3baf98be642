"""The starter pages keep the writing rules: cited, plain, honest, with help at hand."""

import json
import re

import pytest

from clinic.pages import checking, loader
from clinic.pages.models import Page
from clinic.pages.rendering import Rendered, render

PAGES = {page["slug"]: page for page in loader.read_pages()}
REFERENCES = {
    entry["key"]: entry for entry in json.loads((loader.STARTER / "references.json").read_text(encoding="utf-8"))
}
ADDRESSES = checking.addresses_of((Page(**page) for page in PAGES.values()), REFERENCES) | {"/contact/": set[str]()}
ABOUT_THE_USE = [
    slug
    for slug, page in PAGES.items()
    if "depression" in page["body"] and re.search("botox|botulinum", page["body"], re.IGNORECASE)
]

# Words that promise more than research has shown, and words that label people (reference nhs_words).
BANNED = re.compile(
    r"\b(cures?|cured|beats?|proven|breakthrough|miracles?|safe|safely|guarantee[ds]?|natural|naturally|painless"
    r"|works when nothing else does|results may vary|suffer(s|ing)? from|victims?|mentally ill|commit(ted)? suicide"
    r"|discounts?|limited places|get treated)\b|\$\s?\d",
    re.IGNORECASE,
)
# What an article says of each claim that readers may have read elsewhere.
VERDICTS = re.compile(
    r"Right(, by and large|, in short)?|Partly right|Goes too far|Misleading|Wrong|Out of date|Leaves something out"
    r"|Not shown|No source found"
)
# Readers take an odds ratio for "times as many people", and an effect size for a share of people. The glossary
# explains the words to those who met them elsewhere; a value stands nowhere.
STATISTICS = re.compile(r"\bodds ratio|confidence interval|\bCI\b", re.IGNORECASE)
VALUES = re.compile(r"\b[dgp]\s?[=<>]|\bodds ratio\w* of \d|\bCI[:,]? \d", re.IGNORECASE)


def rendered(slug: str) -> Rendered:
    return render(PAGES[slug]["body"], REFERENCES)


@pytest.mark.parametrize("slug", PAGES)
class TestEveryPage:
    """What holds for each page, whatever it is about."""

    def test_check_pages_finds_nothing_to_put_right(self, slug):
        """Citations, links, the off-label line, grade 8, 20 words a sentence on average and 30 at most."""
        assert checking.check(Page(**PAGES[slug]), REFERENCES, ADDRESSES) == []

    def test_it_cites_no_source_that_nobody_has_confirmed(self, slug):
        unconfirmed = [key for key in rendered(slug).keys if REFERENCES[key]["confidence"] == "K"]

        assert unconfirmed == []

    def test_its_references_show_readers_no_note_to_ourselves(self, slug):
        shown = [str(REFERENCES[key][name]) for key in rendered(slug).keys for name in loader.REFERENCE_FIELDS[:-1]]

        assert [text for text in shown if "check" in text.lower()] == []

    def test_it_starts_with_a_card_that_leads_to_911_and_988_and_to_nowhere_else(self, slug):
        cards = rendered(slug).html.split('<section class="')[1:]
        first = cards[0].split("</section>")[0]
        near_the_top = "".join(cards[:2])

        assert rendered(slug).html.startswith('<section class="care-card care-card--emergency"')
        assert set(re.findall('href="([^"]*)"', first)) <= {"tel:911", "tel:988"}
        assert 'href="tel:911"' in first
        assert 'href="tel:988"' in near_the_top

    def test_it_promises_nothing_and_labels_nobody(self, slug):
        text = "\n".join(str(PAGES[slug][name]) for name in ("title", "nav_title", "summary", "body"))

        assert [match[0] for match in BANNED.finditer(text)] == []

    def test_it_gives_counts_and_not_statistics(self, slug):
        assert VALUES.findall(PAGES[slug]["body"]) == []
        assert slug == "glossary" or STATISTICS.findall(PAGES[slug]["body"]) == []

    def test_its_links_lead_somewhere(self, slug, client, db):
        loader.load()
        links = set(re.findall(r'href="(/[^"#]*)', rendered(slug).html))

        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)

    def test_it_names_two_to_four_other_pages_to_read_next(self, slug):
        assert len(set(PAGES[slug]["related"]) - {slug}) in (2, 3, 4)

    def test_its_summary_fits_a_search_result(self, slug):
        assert len(PAGES[slug]["summary"]) <= 180


@pytest.mark.parametrize("slug", ABOUT_THE_USE)
class TestEveryPageAboutTheUse:
    """What stands on each page that speaks of the toxin and depression."""

    def test_it_says_not_approved_at_the_first_mention(self, slug):
        html = rendered(slug).html
        first_box = html.index('<div class="off-label"')

        assert "depression" not in html[:first_box]
        assert "Not FDA-approved for depression" in html[first_box : first_box + 150]

    def test_its_summary_says_so_too(self, slug):
        assert "not FDA-approved for depression" in PAGES[slug]["summary"]

    @pytest.mark.parametrize(
        "needed",
        [
            "boxed warning",
            "drooping eyelid",
            "dummy injection",
            "389 were women",
            "alking therapy",
            "o not stop",
            "This clinic charges for this treatment",
        ],
    )
    def test_it_shows_harms_limits_other_options_and_our_interest(self, slug, needed):
        assert needed in PAGES[slug]["body"]


def test_the_pages_about_the_use_are_the_ones_we_think():
    assert set(PAGES) - set(ABOUT_THE_USE) == {"accessibility", "get-help-now", "privacy"}


@pytest.mark.parametrize("slug", ["botox-and-depression", "how-botox-may-affect-mood"])
def test_an_article_answers_each_of_the_18_claims_that_readers_may_have_read(slug):
    """The evidence brief counts 18 claims in each of the two articles that our readers come from."""
    part = PAGES[slug]["body"].split("\n## What you may have read\n")[1].split("\n## ")[0]
    answers = re.findall(r'### "(.+)"\n\n\*\*(.+?)\.\*\* \S', part)

    assert len(answers) == part.count("\n### ") == 18
    assert [verdict for _, verdict in answers if not VERDICTS.fullmatch(verdict)] == []
