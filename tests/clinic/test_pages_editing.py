"""Staff edit pages in the admin, and the site refuses what readers must not see."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.pages import loader
from clinic.pages.models import Page, Reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def privacy():
    loader.load()
    return Page.objects.get(slug="privacy")


def posted(page: Page, **changes: str) -> dict[str, str]:
    fields = ("title", "nav_title", "summary", "body", "section", "order", "reviewed_by")
    return {name: str(getattr(page, name)) for name in fields} | {"published": "on"} | changes


def save(desk, page: Page, **changes: str):
    return desk.post(reverse("admin:pages_page_change", args=[page.pk]), posted(page, **changes))


def test_staff_change_a_page_and_readers_see_it(desk, privacy):
    response = save(desk, privacy, body="Now it says tea.")

    assert response.status_code == 302
    assert b"tea" in desk.get("/privacy/").content


def test_a_published_page_with_an_unknown_citation_is_refused_with_its_line_and_key(desk, privacy):
    response = save(desk, privacy, body="Tea is warm.\n\nSo they say [@nobody1999].")

    assert "Line 3: No reference has the key nobody1999." in response.content.decode()
    privacy.refresh_from_db()
    assert "Tea" not in privacy.body


def test_a_draft_may_be_unfinished_and_staff_are_told_what_is_missing(desk, privacy):
    response = save(desk, privacy, body=":::urgent Call us if:\n- you like tea", published="")

    told = desk.get(response.url).content.decode()
    assert "Before this can be published: Line 1: The block urgent is not closed" in told


def test_the_page_with_crisis_lines_cannot_be_taken_down(desk, privacy):
    page = Page.objects.get(slug="get-help-now")

    response = save(desk, page, published="")

    assert "always published" in response.content.decode()
    with pytest.raises(IntegrityError, match="page_home_and_help_stay_published"), transaction.atomic():
        Page.objects.filter(slug="get-help-now").update(published=False)


def test_an_address_cannot_be_changed_once_others_link_to_it(desk, privacy):
    save(desk, privacy, slug="secrets")

    assert Page.objects.filter(slug="privacy").exists()


def test_a_page_cannot_be_hidden_behind_another_part_of_the_site(desk, privacy):
    response = desk.post(reverse("admin:pages_page_add"), posted(privacy, slug="contact"))

    assert "Another part of the site has this address." in response.content.decode()


def test_staff_may_delete_their_own_page_but_not_one_that_would_come_back(desk, privacy):
    desk.post(reverse("admin:pages_page_add"), posted(privacy, slug="our-team"))
    ours = Page.objects.get(slug="our-team")

    refused = desk.post(reverse("admin:pages_page_delete", args=[privacy.pk]), {"post": "yes"})
    desk.post(reverse("admin:pages_page_delete", args=[ours.pk]), {"post": "yes"})

    assert refused.status_code == 403
    assert not Page.objects.filter(slug="our-team").exists()


def test_a_reference_that_a_page_cites_cannot_be_deleted(desk, privacy):
    mine = Reference.objects.create(key="ada2020", title="Tea", url="https://example.org/tea")
    save(desk, privacy, body="Tea is warm. [@ada2020]")

    response = desk.post(reverse("admin:pages_reference_delete", args=[mine.pk]), {"post": "yes"})

    assert response.status_code == 403


def test_a_review_needs_its_day_its_end_and_a_name(desk, privacy):
    response = save(desk, privacy, reviewed_by="Dr. Ada Example, MD")

    assert "A review has a day" in response.content.decode()


@pytest.mark.parametrize(
    "name", ["pages_page_changelist", "pages_page_add", "pages_reference_changelist", "pages_reference_add"]
)
def test_the_admin_screens_open(desk, privacy, name):
    assert desk.get(reverse(f"admin:{name}")).status_code == 200


@pytest.mark.parametrize(
    "changes, constraint",
    [
        ({"slug": "Not A Slug"}, "page_slug_is_small_words_with_hyphens"),
        ({"slug": "admin"}, "page_slug_is_not_taken_by_another_part_of_the_site"),
        ({"body": ""}, "page_has_title_summary_and_body"),
        ({"section": "shop"}, "page_section_is_known"),
        ({"reviewed_by": "Dr. Ada"}, "page_review_says_when_until_when_and_by_whom"),
    ],
)
def test_the_database_refuses_a_page_that_could_not_be_shown(privacy, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Page.objects.filter(pk=privacy.pk).update(**changes)
