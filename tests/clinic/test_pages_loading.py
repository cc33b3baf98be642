"""Starter pages come in by themselves, and never over what staff wrote."""

import datetime

import pytest

from clinic.pages import loader, services
from clinic.pages.models import Edition, Page, Reference, State
from clinic.pages.standing import standing

pytestmark = pytest.mark.django_db

FRONT = "---\ntitle: {title}\nnav_title: Tea\nsummary: About tea.\nsection: treatment\norder: 5\n---\n{body}\n"


@pytest.fixture
def folder(tmp_path):
    """A starter folder with one page and no references."""
    (tmp_path / "references.json").write_text("[]")
    (tmp_path / "tea.md").write_text(FRONT.format(title="Tea", body="It is warm."))
    return tmp_path


def test_a_first_start_publishes_every_starter_page_with_its_references():
    loaded = loader.load()

    starters = len(list(loader.STARTER.glob("*.md")))
    assert Page.objects.published().count() == starters
    assert loaded.added == starters + Reference.objects.count()


def test_a_second_start_changes_nothing_and_asks_twice(django_assert_num_queries):
    loader.load()
    edition = Edition.objects.get().token

    with django_assert_num_queries(4):  # two locked reads inside one savepoint
        loaded = loader.load()

    assert (loaded.added, loaded.refreshed, loaded.kept) == (0, 0, [])
    assert Edition.objects.get().token == edition


def test_a_newer_starter_text_replaces_one_that_nobody_edited(folder):
    loader.load(folder)
    (folder / "tea.md").write_text(FRONT.format(title="Tea", body="It is hot."))

    loaded = loader.load(folder)

    assert loaded.refreshed == 1
    assert Page.objects.get(slug="tea").body == "It is hot.\n"


@pytest.mark.parametrize("field, value", [("body", "We like coffee.\n"), ("title", "Coffee"), ("order", 9)])
def test_what_staff_edited_is_never_overwritten(folder, field, value):
    loader.load(folder)
    page = Page.objects.get(slug="tea")
    setattr(page, field, value)
    page.save()
    (folder / "tea.md").write_text(FRONT.format(title="Hot tea", body="It is hot."))

    loaded = loader.load(folder)

    assert getattr(Page.objects.get(slug="tea"), field) == value
    assert loaded.kept == ["tea"]


def test_a_starter_page_names_the_pages_to_read_next(folder):
    loader.load(folder)
    text = (folder / "tea.md").read_text().replace("order: 5\n", "order: 5\nrelated: milk, sugar\n")
    (folder / "tea.md").write_text(text)

    loader.load(folder)

    assert Page.objects.get(slug="tea").related == ["milk", "sugar"]


def test_related_pages_come_in_their_order_without_those_that_nobody_may_read(django_assert_num_queries):
    for slug in ("milk", "sugar", "draft"):
        Page.objects.create(slug=slug, title=slug, nav_title=slug, summary=slug, body=slug, published=slug != "draft")
    tea = Page(slug="tea", related=["sugar", "draft", "gone", "milk"])

    with django_assert_num_queries(1):
        related = tea.related_pages()

    assert [page.slug for page in related] == ["sugar", "milk"]


def test_a_text_that_a_clinician_reviewed_is_never_replaced_by_one_nobody_reviewed(folder):
    loader.load(folder)
    today = datetime.date(2026, 11, 20)
    Page.objects.update(reviewed_on=today, next_review_on=today.replace(year=2027), reviewed_by="Dr. Ada Example, MD")
    (folder / "tea.md").write_text(FRONT.format(title="Tea", body="It is hot."))

    loader.load(folder)

    assert Page.objects.get(slug="tea").body == "It is warm.\n"


def test_every_starter_text_is_a_published_version_without_an_author(folder):
    loader.load(folder)
    (folder / "tea.md").write_text(FRONT.format(title="Tea", body="It is hot."))
    loader.load(folder)

    versions = Page.objects.get(slug="tea").versions.order_by("number")

    assert [(version.number, version.state, version.body) for version in versions] == [
        (1, State.PAST, "It is warm.\n"),
        (2, State.PUBLISHED, "It is hot.\n"),
    ]
    assert {version.author for version in versions} == {None}


def test_a_page_that_somebody_is_writing_a_draft_of_is_not_refreshed(folder, nurse):
    loader.load(folder)
    tea = Page.objects.get(slug="tea")
    text = {**tea.text(), "body": "We like coffee.\n"}
    services.save_draft(tea.pk, text=text, note="Coffee", by=nurse, seen=standing(tea).token)
    (folder / "tea.md").write_text(FRONT.format(title="Tea", body="It is hot."))

    loaded = loader.load(folder)

    tea.refresh_from_db()
    assert tea.body == "It is warm.\n"
    assert loaded.kept == ["tea"]


def test_a_page_that_staff_took_down_stays_down(folder, nurse):
    loader.load(folder)
    tea = Page.objects.get(slug="tea")
    services.take_down(tea.pk, by=nurse, seen=standing(tea).token)
    (folder / "tea.md").write_text(FRONT.format(title="Tea", body="It is hot."))

    loader.load(folder)

    tea.refresh_from_db()
    assert not tea.published
    assert not tea.versions.filter(state=State.PUBLISHED).exists()


def test_a_starter_page_without_front_matter_stops_the_load_and_names_the_file(folder):
    (folder / "tea.md").write_text("It is warm.\n")

    with pytest.raises(ValueError, match=r"tea\.md"):
        loader.load(folder)
