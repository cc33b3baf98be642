"""`manage.py check_pages` finds what readers would stumble over, and says where it is."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from clinic.pages import checking, loader
from clinic.pages.models import Page

OFF_LABEL = ":::off-label\n**Not FDA-approved for depression.** This is off-label.\n:::\n"
LONG = "The nurse who had come to see us said that we could ask " + "and ask again " * 6 + "until it was clear."


def page(body: str, slug: str = "tea", **values: Any) -> Page:
    return Page(slug=slug, title="Tea", nav_title="Tea", summary="All about tea.", body=body, **values)


def problems(body: str, *others: Page, **values: Any) -> list[tuple[int, str]]:
    """What the check says about one page of a small site that knows one source."""
    checked = page(body, **values)
    addresses = checking.addresses_of([checked, *others], {"nhs"})
    return [(found.line, found.message) for found in checking.check(checked, {"nhs"}, addresses)]


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("check_pages", *arguments, stdout=out)
    return out.getvalue()


class TestLinks:
    """Links inside the site lead to a page, and to the place on it."""

    def test_a_link_to_a_page_that_does_not_exist_is_reported_with_its_line(self):
        assert problems("Tea is warm.\n\nSee\n[milk](/milk/).") == [(4, "There is no page at /milk/.")]

    def test_a_link_to_a_place_that_another_page_does_not_have_is_reported(self):
        milk = page("## Cold milk", slug="milk")

        found = problems("[a](/milk/#cold-milk), [b](/milk/#warm-milk)", milk)

        assert found == [(1, "There is no #warm-milk on /milk/.")]

    def test_a_link_to_a_place_on_the_same_page_is_checked_too(self):
        found = problems("## Cups\n\n[up](#cups), [main](#main), [down](#saucers)\n")

        assert found == [(3, "There is no #saucers on /tea/.")]

    def test_a_link_in_a_list_a_block_or_a_table_is_checked_at_its_line(self):
        a_list = "- a\n- [b](/b/)\n\n"
        a_block = ":::advice Rest if:\n- [c](/c/)\n:::\n\n"
        a_table = ":::table T\n| a | b |\n|---|---|\n| 1 | [d](/d/) |\n:::"

        assert [line for line, _ in problems(a_list + a_block + a_table)] == [2, 5, 11]

    def test_a_link_to_another_site_a_phone_or_a_published_page_is_fine(self):
        milk = page("It is cold.", slug="milk")

        assert problems("[a](https://example.org/x#y), [b](tel:988), [c](/milk/?from=tea)", milk) == []

    def test_a_related_page_that_does_not_exist_is_reported(self):
        home = page("Welcome.", slug="home")

        found = problems("It is warm.", home, related=["home", "milk"])

        assert found == [(0, "The related page milk does not exist.")]


class TestTheOffLabelLine:
    """A page about the toxin and depression says that it is not approved, before anything else about it."""

    def test_a_page_about_both_without_the_line_is_reported_where_it_first_names_depression(self):
        found = problems("Botox relaxes muscles.\n\nSome people with depression had it.")

        assert found == [(3, "Say here, in an :::off-label block, that it is not FDA-approved for depression.")]

    def test_the_line_must_say_that_it_is_not_approved(self):
        assert [line for line, _ in problems(":::off-label\nBotox and depression.\n:::\n")] == [2]

    def test_the_line_must_stand_before_the_first_word_about_depression(self):
        found = problems(f"## Depression\n\nWe use Botox.\n\n{OFF_LABEL}")

        assert found == [(1, "Depression is named before the :::off-label block in line 6.")]

    @pytest.mark.parametrize(
        "body",
        [
            f"We use Botox.\n\n{OFF_LABEL}\nIt was tried for depression.",
            "We treat depression.",
            "We use Botox.",
            "We use Botox. Tell us about antidepressants. [Read more](/depression/)",
        ],
    )
    def test_a_page_that_says_it_in_time_or_need_not_say_it_is_fine(self, body):
        assert problems(body, page("We treat it.", slug="depression")) == []


class TestPlainWords:
    """Readers in distress get short words and short sentences."""

    def test_a_sentence_of_more_than_30_words_is_reported_where_it_starts(self):
        found = problems(f"It is warm. It\nis tea. {LONG}\n\nIt is good.")

        assert found == [(2, "This sentence has 35 words; 30 at most: “The nurse who had come to …”")]

    def test_many_sentences_of_more_than_20_words_are_too_long_on_average(self):
        of_20 = "We went to the town to see the man who had the dog and the cat and the red hen. "
        of_21 = of_20.replace("red", "big red")

        assert problems(of_20 * 9) == []
        assert problems(of_20 + of_21) == [(0, "Its sentences have 20.5 words on average; at most 20 are meant.")]

    def test_long_words_are_reported_with_the_grade_they_need(self):
        found = problems("Pharmacovigilance investigations demonstrate methodological limitations internationally.")

        assert [line for line, _ in found] == [0]
        assert "at most 8 is meant" in found[0][1]

    def test_the_grade_tells_a_simple_text_from_a_hard_one(self):
        simple = ["The cat sat on the mat.", "It was warm."]
        hard = [
            "Pharmacovigilance investigations demonstrate heterogeneous methodological limitations internationally."
        ]

        assert checking.grade(simple) < 2
        assert checking.grade(hard) > 20

    def test_a_sentence_is_read_without_citations_and_headings_and_ends_at_its_mark(self):
        found = checking.sentences("## No sentence\n\nIt is warm [@nhs]. “Is it?” Yes [@nhs; @who]\nsays **she**.")

        assert [tuple(sentence) for sentence in found] == [(3, "It is warm."), (3, "“Is it?”"), (3, "Yes\nsays she.")]


def test_problems_come_in_the_order_of_the_page():
    found = problems("[Milk](/milk/)\n\nIt is hot. [@whom]\n\n[Milk](/milk/)")

    assert [line for line, _ in found] == [1, 3, 5]


def test_what_the_page_cannot_be_published_with_is_reported_with_its_line():
    assert problems("It is warm. [@nhs]\n\nIt is hot. [@whom]") == [(3, "No reference has the key whom.")]


class TestTheCommand:
    """What stands on the screen, and what the shell is told."""

    @pytest.fixture
    def tea(self, db) -> Page:
        tea = page("It is warm.", published=True)
        tea.save()
        return tea

    def test_pages_in_order_are_a_success_and_missing_reviews_only_warnings(self, tea):
        assert said() == ("/tea/: warning: Never approved by a clinician.\nPages: 1, problems: 0, warnings: 1.\n")

    def test_an_overdue_review_is_a_warning_with_its_day(self, tea):
        Page.objects.update(
            reviewed_by="Dr. Ada Example, MD", reviewed_on=date(2024, 1, 2), next_review_on=date(2025, 1, 2)
        )

        assert "/tea/: warning: Overdue since January 2, 2025.\n" in said()

    def test_a_page_reviewed_in_time_gets_no_warning_even_when_strict(self, tea):
        Page.objects.update(reviewed_by="Dr. Ada Example, MD", reviewed_on=date(2024, 1, 2), next_review_on=date.max)

        assert said("--strict") == "Pages: 1, problems: 0, warnings: 0.\n"

    def test_strict_fails_on_a_missing_review(self, tea):
        with pytest.raises(CommandError, match="warnings: 1"):
            said("--strict")

    def test_a_problem_is_printed_with_page_and_line_and_fails(self, tea):
        Page.objects.update(body="It is warm.\n\n[Milk](/milk/)")
        out = StringIO()

        with pytest.raises(CommandError, match="problems: 1"):
            call_command("check_pages", stdout=out)

        assert "/tea/ line 3: There is no page at /milk/.\n" in out.getvalue()

    def test_a_link_to_a_draft_is_broken_and_the_draft_itself_is_left_alone(self, tea):
        page("[Nowhere](/nowhere/)", slug="draft").save()
        Page.objects.filter(slug="tea").update(body="[Draft](/draft/), [form](/contact/)")
        out = StringIO()

        with pytest.raises(CommandError, match="Pages: 1, problems: 1"):
            call_command("check_pages", stdout=out)

        assert "/tea/ line 1: There is no page at /draft/.\n" in out.getvalue()

    def test_without_a_database_it_says_how_to_start_one(self, monkeypatch):
        def away(self):
            raise OperationalError

        monkeypatch.setattr(type(Page.objects.all()), "published", away)

        with pytest.raises(CommandError, match="make run"):
            said()

    def test_starter_files_are_named_as_editors_open_them_and_need_no_database(self, tmp_path, monkeypatch, settings):
        settings.BASE_DIR = tmp_path
        monkeypatch.setattr(loader, "STARTER", tmp_path)
        monkeypatch.setattr(loader.read_pages, "__defaults__", (tmp_path,))
        monkeypatch.setattr(loader.read_references, "__defaults__", (tmp_path,))
        (tmp_path / "references.json").write_text("[]")
        front = "---\ntitle: Tea\nnav_title: Tea\nsummary: All about tea.\nsection: clinic\norder: 1\n---\n"
        (tmp_path / "tea.md").write_text(front + "\n## Tea\n[a](/a/)\n")
        out = StringIO()

        with pytest.raises(CommandError, match="problems: 1, warnings: 0"):
            call_command("check_pages", "--starter", stdout=out)

        assert out.getvalue() == "tea.md:10: There is no page at /a/.\n"
