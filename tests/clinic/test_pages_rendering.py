"""What an author writes, and what a reader gets."""

import re

import pytest

from clinic.pages.rendering import render

KEYS = {"ada2020", "988_line"}


def html(markdown: str) -> str:
    return render(markdown, KEYS).html


def errors(markdown: str) -> list[str]:
    return [str(error) for error in render(markdown, KEYS).errors]


@pytest.mark.parametrize(
    "written",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", 'a <b onclick="x()">b</b>', "<!-- x -->"],
)
def test_raw_html_is_shown_as_text(written):
    shown = html(written)

    assert "&lt;" in shown
    assert not re.search("<(script|img|b|!)", shown)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//other.example", "privacy"],
)
def test_a_link_that_is_not_plainly_harmless_is_no_link_and_the_author_is_told(address):
    shown, told = html(f"Read [this]({address})."), errors(f"Read [this]({address}).")

    assert "<a" not in shown
    assert told == ["Line 1: A link must start with https://, http://, mailto:, tel:, sms:, / or #."]


@pytest.mark.parametrize("address", ["/contact/", "tel:988", "sms:988", "https://988lifeline.org/", "#risks"])
def test_ordinary_links_work(address):
    assert f'<a href="{address}">here</a>' in html(f"[here]({address})")


def test_a_picture_cannot_be_fetched_from_somewhere_else():
    assert "<img" not in html("![me](https://tracker.example/p.gif)")
    assert errors("Look:\n![me](https://tracker.example/p.gif)") == ["Line 2: Pictures cannot be put into the text."]


def test_citations_are_numbered_in_order_of_first_use_and_link_to_the_reference():
    rendered = render("One [@ada2020]. Two [@988_line; @ada2020].", KEYS)

    assert rendered.keys == ["ada2020", "988_line"]
    assert 'One<sup class="cite"><a href="#ref-ada2020" aria-label="Reference 1">1</a></sup>.' in rendered.html
    assert rendered.html.count("#ref-") == 3


def test_an_unknown_key_is_named_with_its_line():
    rendered = render("## Risks\n\nFirst line\nsecond line [@nobody1999].\n", KEYS)

    assert [(error.line, error.key) for error in rendered.errors] == [(4, "nobody1999")]


def test_an_unknown_key_in_a_table_is_named_with_its_line():
    table = ":::table Rates\n| Who | Rate |\n|---|---|\n| All | 2 [@ada2020] |\n| Some | 3 [@nobody] |\n:::\n"

    assert errors(table) == ["Line 5: No reference has the key nobody."]


def test_a_citation_with_a_slip_is_not_printed_in_silence():
    assert errors("Text [@ada2020 and more].") == [
        "Line 1: Write a citation as [@key] or [@first; @second], in small letters."
    ]


@pytest.mark.parametrize("name, level", [("emergency", "Emergency: "), ("urgent", "Urgent: "), ("advice", "Advice: ")])
def test_a_care_card_says_its_level_in_words(name, level):
    shown = html(f":::{name} Call 911 if:\n- it is <hard> to breathe\n:::")

    assert f'<section class="care-card care-card--{name}" aria-labelledby="call-911-if">' in shown
    assert f'<span class="visually-hidden">{level}</span>Call 911 if:</h2>' in shown
    assert "&lt;hard&gt;" in shown


def test_a_question_is_a_heading_below_its_section_and_stands_in_the_contents():
    rendered = render("## Risks\n\n:::faq Does it <hurt>?\nA little.\n:::", KEYS)

    assert rendered.contents == [("risks", "Risks", 2), ("does-it-hurt", "Does it <hurt>?", 3)]
    assert '<h3 class="faq__question" id="does-it-hurt">Does it &lt;hurt&gt;?</h3>' in rendered.html


def test_the_off_label_line_and_the_key_facts_have_their_own_boxes():
    shown = html(":::off-label\nNot approved.\n:::\n\n:::key-facts\n- One\n:::")

    assert '<div class="off-label" role="note">\n<p>Not approved.</p>\n</div>' in shown
    assert '<h2 class="key-facts__heading" id="key-facts">Key facts</h2>' in shown


def test_a_table_scrolls_in_a_named_box_that_a_keyboard_reaches_and_needs_no_style_attribute():
    shown = html(":::table Rates\n| Who | Rate |\n|:--|--:|\n| All | 2 |\n:::")

    assert '<div class="table-wrap" role="region" aria-labelledby="rates" tabindex="0">' in shown
    assert '<caption id="rates">Rates</caption>' in shown
    assert '<th scope="row">All</th>\n<td class="align-right">2</td>' in shown
    assert "style=" not in shown


def test_headings_have_ids_of_their_own_that_never_take_one_from_the_frame():
    shown = html("## Main\n\n## Risks\n\n## Risks\n\n## متى\n")

    assert [part.split('"')[0] for part in shown.split('id="')[1:]] == ["main-2", "risks", "risks-2", "section"]


@pytest.mark.parametrize(
    "written, told",
    [
        (":::emergency Call 911 if:\n- one\n", "Line 1: The block emergency is not closed"),
        ("Text\n\n:::warning Oh\nx\n:::", "Line 3: There is no block called warning."),
        (":::urgent\nx\n:::", "Line 1: Give the block a heading"),
        ("Text\n\n:::\n", "Line 3: This ::: closes nothing"),
        ("# Big", "Line 1: Start a section with ##"),
        ("### Part of nothing", "Line 1: Start a section with ##"),
        ("| a |\n|---|\n| 1 |", "Line 1: Put the table between :::table Caption"),
    ],
)
def test_a_broken_text_is_explained_with_its_line(written, told):
    assert errors(written)[0].startswith(told)


def test_a_picture_brings_its_own_heading_and_its_citations_are_numbered_with_those_of_the_text():
    keys = {*KEYS, "jaadint2023", "brin2020", "fda_botox_label"}
    rendered = render("## Risks\n\nOne. [@ada2020]\n\n:::picture eyelid-out-of-100\n:::\n\nTwo. [@988_line]", keys)

    assert rendered.errors == []
    assert rendered.keys == ["ada2020", "jaadint2023", "brin2020", "fda_botox_label", "988_line"]
    assert 'aria-labelledby="eyelid-out-of-100">\n<figcaption>\n<h3 id="eyelid-out-of-100">' in rendered.html


@pytest.mark.parametrize("name", ["no-such-picture", ""])
def test_an_unknown_picture_is_refused_and_the_author_is_told_which_ones_there_are(name):
    told = errors(f"Text.\n\n:::picture {name}\n:::")

    assert told == [
        f"Line 3: There is no picture called {name or '(nothing)'}. There are: "
        "eyelid-out-of-100, frown-muscles, response-out-of-100, trials-forest, visit-timeline."
    ]


def test_words_inside_a_picture_are_refused_because_it_brings_its_own():
    told = errors(":::picture frown-muscles\n\nMy words.\n:::")

    assert "Line 3: A picture brings its own words. Leave nothing between its two lines." in told


def test_the_same_picture_twice_has_two_ids():
    shown = html(":::picture frown-muscles\n:::\n\n:::picture frown-muscles\n:::")

    assert 'id="frown-muscles"' in shown
    assert 'id="frown-muscles-2"' in shown
