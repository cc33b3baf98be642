"""What the pictures promise: the same numbers in the data, in the drawing and in words, each with its source."""

import gzip
import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from clinic.pages import loader, pictures
from clinic.pages.models import Page
from clinic.pages.pictures.forest import Forest
from clinic.pages.pictures.out_of_100 import OutOf100
from clinic.pages.rendering import render

FOLDER = Path(pictures.__file__).parent
DATA: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")
}
KEYS = {entry["key"] for entry in loader.read_references()}
HUNDREDS = {name: picture for name, picture in pictures.PICTURES.items() if isinstance(picture, OutOf100)}
FOREST = pictures.PICTURES["trials-forest"]
NOT_FROM_A_STUDY = re.compile(r"\[(?:911|988)\]\([^)]*\)|in 100\b")
LARGEST = 10_000  # bytes, compressed: all pictures and their sheet, so that a page stays far below the site's 60 kB


def drawn(name: str) -> str:
    rendered = render(f"## Section\n\n:::picture {name}\n:::\n", KEYS)
    assert rendered.errors == []
    return rendered.html


def text(html: str) -> str:
    """What a reader gets without the drawings and without the numbers of references."""
    return " ".join(re.sub(r"<[^>]+>", "", re.sub(r"<(svg|sup).*?</\1>", "", html, flags=re.DOTALL)).split())


def without_a_source(value: Any, covered: bool = False) -> list[Any]:
    """The parts of a data file that have a number but no key: beside it, in the same words, or in the same step."""
    if isinstance(value, dict):
        cited = covered or "key" in value or ("when" in value and "[@" in str(value))
        return [found for name, part in value.items() if name != "scale" for found in without_a_source(part, cited)]
    if isinstance(value, list):
        return [found for part in value for found in without_a_source(part, covered)]
    if isinstance(value, str):
        is_claim = re.search(r"\d", re.sub(r"\[@[^]]*\]", "", NOT_FROM_A_STUDY.sub("", value)))
        return [value] if is_claim and "[@" not in value and not covered else []
    return [value] if not isinstance(value, bool) and not covered else []


def test_the_pictures_are_the_ones_that_authors_are_told_about():
    assert pictures.NAMES == [
        "eyelid-out-of-100",
        "frown-muscles",
        "response-out-of-100",
        "trials-forest",
        "visit-timeline",
    ]


@pytest.mark.parametrize("name", pictures.NAMES)
class TestEveryPicture:
    """What holds for each picture, whatever it shows."""

    def test_every_number_has_its_source_beside_it(self, name):
        facts = {key: value for key, value in DATA[name].items() if key not in ("kind", "title")}

        assert without_a_source(facts) == []

    def test_a_name_that_its_kind_does_not_know_is_refused(self, name):
        with pytest.raises(TypeError, match="peolpe"):
            pictures.read({**DATA[name], "peolpe": 33})

    def test_an_unknown_reference_is_an_error_that_the_author_sees(self, name):
        rendered = render(f"\n:::picture {name}\n:::", set())

        cited = set(re.findall(r"@([a-z0-9_]+)|key = \"([^\"]+)\"", (FOLDER / f"{name}.toml").read_text()))
        assert {error.key for error in rendered.errors} == {either or other for either, other in cited}
        assert {error.line for error in rendered.errors} == {2}

    def test_it_needs_no_style_no_script_and_no_file(self, name):
        assert re.findall(r"""\sstyle=|<style|<script|\son\w+=|https?:|url\(|data:""", drawn(name)) == []

    def test_no_id_is_used_twice_even_if_the_picture_is(self, name):
        html = render(f":::picture {name}\n:::\n\n:::picture {name}\n:::", KEYS).html

        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'(?:<use href="#|aria-labelledby=")([^"]+)"', html)) <= set(ids)

    def test_a_drawing_is_named_or_its_words_stand_beside_it(self, name):
        html = re.sub(r"<(p|g)[^>]*aria-hidden=\"true\".*?</\1>", "", drawn(name), flags=re.DOTALL)

        assert re.findall(r"<svg(?![^>]*(?:role=\"img\" aria-label=|aria-hidden=\"true\"))[^>]*>", html) == []


@pytest.mark.parametrize("name", HUNDREDS)
class TestOutOf100:
    """The hundred people of each group."""

    def test_a_hundred_people_are_drawn_and_as_many_filled_as_the_data_say(self, name):
        drawings = re.findall(r'<g class="is-filled">(.*?)</g>\s*<g class="is-empty">(.*?)</g>', drawn(name), re.DOTALL)

        counted = [(filled.count("<use"), empty.count("<use")) for filled, empty in drawings]
        assert counted == [(group.count, 100 - group.count) for group in HUNDREDS[name].groups]

    def test_no_two_people_stand_in_the_same_place(self, name):
        for drawing in re.findall(r'<svg viewBox="0 0 200 250".*?</svg>', drawn(name), re.DOTALL):
            assert len(set(re.findall(r'x="(\d+)" y="(\d+)"', drawing))) == 100

    def test_the_words_give_the_same_count_and_the_people_behind_it(self, name):
        words = text(drawn(name))

        for group in HUNDREDS[name].groups:
            assert f"{group.count} in 100 {HUNDREDS[name].filled} {group.given}:{group.people}" in words

    def test_a_rounded_count_says_about(self, name):
        for group in HUNDREDS[name].groups:
            part = re.search(r"(\d+) of (\d+)", group.people)
            exact = part is None or int(part[1]) * 100 == group.count * int(part[2])
            assert group.about is not exact
            assert part is None or round(100 * int(part[1]) / int(part[2])) == group.count


class TestForest:
    """One row for each trial."""

    @pytest.fixture
    def forest(self) -> Forest:
        assert isinstance(FOREST, Forest)
        return FOREST

    def test_each_mark_stands_where_its_number_says(self, forest):
        tracks = re.findall(r'class="trial__track".*?</svg>\n', drawn("trials-forest"), re.DOTALL)
        shown = [re.findall(r'<text x="([\d.]+)%"[^>]*>([\d.]+)%', track) for track in tracks]

        measured = [trial for trial in forest.trials if trial.arms]
        assert [[float(number) for _, number in row] for row in shown] == [
            [arm.fell for arm in trial.arms] for trial in measured
        ]
        for place, number in [mark for row in shown for mark in row]:
            assert float(place) == pytest.approx(float(number) / forest.scale[-1] * 100, abs=0.05)

    def test_the_name_of_each_track_and_the_table_give_the_same_numbers(self, forest):
        html = drawn("trials-forest")
        names = re.findall(r'role="img" aria-label="([^"]*)"', html)
        table = re.findall(r'<tr><th scope="row">([A-Z].*?)<.*?</th>(.*?)</tr>', html, re.DOTALL)

        assert [label for label, _ in table] == [trial.name for trial in forest.trials]
        for trial, (_, cells) in zip(forest.trials, table, strict=True):
            falls = [f"{arm.label} {arm.fell:g}%" for arm in trial.arms]
            assert not falls or f"{forest.measure}: {', '.join(falls)}." in names
            assert (", ".join(falls) or "no confirmed number").lower() in cells.lower()
            assert all(f"{arm.label} {arm.half}".lower() in cells.lower() for arm in trial.arms if arm.half)
            assert f"<td>{trial.people}</td>" in cells
            assert trial.verdict in cells

    def test_a_trial_without_a_percentage_says_so_and_shows_no_mark(self, forest):
        html = drawn("trials-forest")
        without = [trial for trial in forest.trials if not trial.arms]

        assert html.count(f'<p class="trial__missing">{forest.missing}</p>') == len(without) > 0
        assert html.count('class="trial__track"') == len(forest.trials) - len(without)

    def test_the_area_of_a_circle_shows_how_many_people_took_part(self, forest):
        radii = [
            float(radius) for radius in re.findall(r'cx="50%" cy="50%" r="([\d.]+)"/></svg>\n', drawn("trials-forest"))
        ]

        largest = max(trial.people for trial in forest.trials)
        shares = [trial.people / largest for trial in forest.trials]
        assert [(radius / max(radii)) ** 2 for radius in radii] == pytest.approx(shares, abs=0.01)

    def test_the_largest_trial_comes_first_and_the_miss_of_its_goal_is_told(self, forest):
        people = [trial.people for trial in forest.trials]

        assert people == sorted(people, reverse=True)
        assert forest.trials[0].verdict == "Missed its main goal"

    def test_an_unknown_name_in_a_trial_is_refused(self):
        data = deepcopy(DATA["trials-forest"])
        data["trials"][0]["interval"] = "1 to 5"

        with pytest.raises(TypeError, match="interval"):
            pictures.read(data)


@pytest.mark.parametrize("name", ["trials-forest", "response-out-of-100"])
def test_a_picture_about_depression_says_first_that_the_use_is_not_approved(name):
    caption = drawn(name).partition("</figcaption>")[0]

    assert "<p><strong>Not FDA-approved for depression.</strong>" in caption


def test_all_pictures_and_their_sheet_are_small_on_the_wire():
    sheet = (FOLDER.parents[1] / "static" / "clinic" / "pictures.css").read_bytes()

    assert sum(len(gzip.compress(part)) for part in [sheet, *(drawn(name).encode() for name in DATA)]) < LARGEST


def test_the_face_shows_muscles_and_no_points():
    face = re.search(r'<svg class="muscles__face".*?</svg>', drawn("frown-muscles"), re.DOTALL)

    assert face
    assert face[0].count("<circle") == len(re.findall(r"<text[^>]*>\d</text>", face[0])) == 2  # the two numbers


@pytest.mark.django_db
@pytest.mark.parametrize("has_picture", [True, False])
def test_the_sheet_for_pictures_is_loaded_only_where_there_is_one(client, has_picture):
    body = ":::picture frown-muscles\n:::" if has_picture else "Words."
    loader.load()
    Page.objects.create(slug="a-page", title="A", nav_title="A", summary="A", body=body, published=True)

    page = client.get(reverse("pages:page", args=["a-page"])).content.decode()

    assert ("clinic/pictures" in page) is has_picture
