"""Staff write, compare, approve and publish pages in the admin, and the site refuses what readers must not see."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clinic.pages import loader, reviews, services
from clinic.pages.differences import differences
from clinic.pages.models import Page, Reference, State, Version
from clinic.pages.standing import standing
from clinic.staff.models import StaffUser

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def privacy() -> Page:
    loader.load()
    return Page.objects.get(slug="privacy")


@pytest.fixture
def olga(client) -> StaffUser:
    """Olga, who may read pages and nothing else, signed in."""
    return sign_in(client, "olga@example.org", "view_page")


def sign_in(client, email: str, *permissions: str) -> StaffUser:
    user = StaffUser.objects.create_user(email, "a long enough pass phrase", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


def seen(page: Page) -> str:
    return standing(page).token


def posted(page: Page, **changes: str) -> dict[str, str]:
    text = {name: str(value) for name, value in page.text().items()} | {"related": ", ".join(page.related)}
    return {**text, "note": "Say it in fewer words", "seen": seen(page) if page.pk else "", **changes}


def save(desk, page: Page, **changes: str):
    return desk.post(reverse("admin:pages_page_change", args=[page.pk]), posted(page, **changes))


def do(desk, page: Page, action: str, **fields: str):
    data = {f"{action}-{name}": value for name, value in {"seen": seen(page), **fields}.items()}
    return desk.post(reverse("admin:pages_page_action", args=[page.pk, action]), data)


def approve(desk, page: Page, action: str = "approve"):
    next_day = (reviews.today() + 365 * DAY).isoformat()
    return do(desk, page, action, reviewed_by="Nora Example, MD", next_review_on=next_day)


def read(path: str) -> bytes:
    """What a reader gets from a process that has kept nothing yet."""
    return Client().get(path).content


def shown(desk, page: Page) -> str:
    """The editor as text, without tags."""
    html = desk.get(reverse("admin:pages_page_change", args=[page.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- From draft to reader ---------------------------------------------------------------------------------------------


def test_a_text_reaches_readers_when_it_was_saved_approved_and_published(desk, privacy):
    save(desk, privacy, body="Now it says tea.")
    still = read("/privacy/")
    approve(desk, privacy)
    do(desk, privacy, "publish")

    page = read("/privacy/")
    assert b"tea" not in still
    assert b"Now it says tea." in page
    assert b"by Nora Example, MD" in page


def test_until_a_clinician_approved_it_a_page_says_so_and_afterwards_by_whom(desk, privacy):
    before = read("/privacy/")

    approve(desk, privacy, "review")

    assert b"not yet been reviewed by a clinician" in before
    after = read("/privacy/")
    assert b"not yet been reviewed" not in after
    assert b"Nora Example, MD" in after


def test_an_unknown_citation_is_refused_for_approval_with_its_line_and_key(desk, privacy):
    save(desk, privacy, body="Tea is warm.\n\nSo they say [@nobody1999].")

    response = approve(desk, privacy)

    assert "Line 3: No reference has the key nobody1999." in desk.get(response.url).content.decode()
    assert privacy.versions.get(number=2).state == State.DRAFT


def test_a_draft_may_be_unfinished_and_staff_are_told_what_is_missing(desk, privacy):
    save(desk, privacy, body=":::urgent Call us if:\n- you like tea")

    told = shown(desk, privacy)

    assert "To put right before this can be approved" in told
    assert "Line 1: The block urgent is not closed" in told


def test_a_save_from_an_old_screen_keeps_what_was_typed_and_shows_the_difference(desk, privacy, colleague):
    old = seen(privacy)
    text = {**privacy.text(), "summary": "All about coffee."}
    services.save_draft(privacy.pk, text=text, note="Coffee", by=colleague, seen=old)

    response = save(desk, privacy, summary="All about tea.", seen=old)

    answer = response.content.decode()
    assert response.status_code == 422
    assert "Somebody changed this page" in answer
    assert "All about tea.</textarea>" in answer
    assert re.search(r"<del>.*coffee\..*</del>", answer)
    assert privacy.versions.count() == 2


def test_a_second_press_after_the_warning_saves_it(desk, privacy, colleague):
    old = seen(privacy)
    text = {**privacy.text(), "summary": "All about coffee."}
    services.save_draft(privacy.pk, text=text, note="Coffee", by=colleague, seen=old)
    answer = save(desk, privacy, summary="All about tea.", seen=old).content.decode()
    token = re.search(r'name="seen" value="([^"]+)"', answer)

    save(desk, privacy, summary="All about tea.", seen=token[1] if token else "")

    assert privacy.versions.get(state=State.DRAFT).summary == "All about tea."


def test_every_save_says_what_changed_and_why(desk, privacy):
    response = save(desk, privacy, body="Now it says tea.", note="")

    assert response.status_code == 422
    assert not privacy.versions.filter(state=State.DRAFT).exists()


def test_windows_line_ends_do_not_count_as_a_change(desk, privacy):
    response = save(desk, privacy, body=privacy.body.replace("\n", "\r\n"))

    assert "Nothing has changed" in response.content.decode()


# --- Who may do what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "publish", "withdraw", "review", "take-down", "restore"])
def test_reading_rights_change_nothing(client, privacy, olga, action):
    answers = [do(client, privacy, action, reviewed_by="Olga", next_review_on="2030-01-01", number="1")]
    answers.append(save(client, privacy, body="Now it says tea."))

    assert {answer.status_code for answer in answers} == {403}
    assert privacy.versions.count() == 1


def test_somebody_who_only_approves_reads_the_draft_and_approves_it(client, privacy, nurse):
    text = {**privacy.text(), "body": "Now it says tea."}
    services.save_draft(privacy.pk, text=text, note="Tea", by=nurse, seen=seen(privacy))
    sign_in(client, "ada@example.org", "view_page", "approve_page")

    screen = shown(client, privacy)
    text_as_page = client.get(reverse("admin:pages_page_read", args=[privacy.pk, 2]))
    approve(client, privacy)

    assert "Save as draft" not in screen
    assert b"Now it says tea." in text_as_page.content
    assert privacy.versions.get(number=2).state == State.APPROVED


@pytest.mark.parametrize("name", ["pages_page_preview", "pages_page_read", "pages_page_compare", "pages_page_change"])
def test_strangers_see_no_draft(client, privacy, name):
    arguments = [privacy.pk, 1] if name == "pages_page_read" else [privacy.pk]

    response = client.post(reverse(f"admin:{name}", args=arguments), posted(privacy))

    assert response.status_code == 302
    assert "/admin/login/" in response.url


# --- Preview ----------------------------------------------------------------------------------------------------------


def preview(desk, page: Page, **changes: str):
    return desk.post(reverse("admin:pages_page_preview", args=[page.pk]), posted(page, **changes))


@pytest.mark.parametrize("slug, mark", [("privacy", "crumbs"), ("home", "hero")])
def test_a_preview_is_the_public_page_with_the_unsaved_text(desk, privacy, slug, mark):
    page = Page.objects.get(slug=slug)

    answer = preview(desk, page, body="## Tea\n\nTea is warm.").content.decode()

    assert '<h2 id="tea">Tea</h2>' in answer
    assert mark in answer
    assert "Only staff see this." in answer
    assert "not yet been reviewed by a clinician" in answer
    assert page.versions.count() == 1


def test_a_preview_has_the_public_policy_and_is_not_kept(desk, privacy):
    response = preview(desk, privacy)

    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert response.headers["Cache-Control"] == "no-store"


def test_a_preview_says_what_is_wrong(desk, privacy):
    answer = preview(desk, privacy, body="So they say [@nobody1999].", title="").content.decode()

    assert "Line 1: No reference has the key nobody1999." in answer
    assert "Title: This field is required." in answer


def test_a_new_page_can_be_previewed_before_it_has_an_address(desk, privacy):
    response = desk.post(reverse("admin:pages_page_preview_new"), {"body": "Tea is warm.", "slug": "Not An Address"})

    assert b"Tea is warm." in response.content


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_two_versions_are_compared_word_by_word(desk, privacy):
    save(desk, privacy, summary=privacy.summary.replace("words", "letters"))

    answer = desk.get(reverse("admin:pages_page_compare", args=[privacy.pk]), {"from": "1", "to": "2"}).content.decode()

    assert '<del><span class="desk-hidden">[removed: </span> words<span class="desk-hidden">]</span></del>' in answer
    assert '<ins><span class="desk-hidden">[added: </span> letters<span class="desk-hidden">]</span></ins>' in answer


@pytest.mark.parametrize("query", [{"from": "1", "to": "9"}, {"from": "one", "to": "1"}, {}])
def test_versions_that_are_not_there_cannot_be_compared(desk, privacy, query):
    assert desk.get(reverse("admin:pages_page_compare", args=[privacy.pk]), query).status_code == 404


def test_a_script_in_a_text_is_shown_as_text_in_the_comparison(desk, privacy):
    save(desk, privacy, body="<script>alert(1)</script>")

    answer = desk.get(reverse("admin:pages_page_compare", args=[privacy.pk]), {"from": "1", "to": "2"}).content

    assert b"<script>alert" not in answer
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in answer


def test_only_the_lines_around_a_change_are_shown():
    lines = [f"Line {number}" for number in range(40)]
    before = Version(body="\n".join(lines))
    after = Version(body="\n".join([*lines[:20], "Something quite different", *lines[21:]]))

    (body,) = differences(before, after)

    shape = [line.left_out or "".join(piece.kind[0] for piece in line.pieces) for line in body.lines]
    assert shape == [18, "s", "s", "r", "a", "s", "s", 17]


def test_a_difference_loses_no_word():
    before = Version(body="Tea  is warm.\n\nIt helps many people\nsleep. ", related=["tea"])
    after = Version(body="Tea is hot.\nIt helps few people \nsleep.\n", related=["tea", "milk"])

    fields = {field.name: field for field in differences(before, after)}

    for kind, text in (("removed", before), ("added", after)):
        lines = [[piece.text for piece in line.pieces if piece.kind in ("same", kind)] for line in fields["Text"].lines]
        assert [words for words in map("".join, lines) if words] == [line for line in text.body.split("\n") if line]
    assert fields.keys() == {"Text", "What to read next"}


def test_an_earlier_text_is_restored_as_a_draft(desk, privacy):
    save(desk, privacy, body="Now it says tea.")
    approve(desk, privacy)
    do(desk, privacy, "publish")

    do(desk, privacy, "restore", number="1")

    assert privacy.versions.get(state=State.DRAFT).body == privacy.body


def test_the_list_of_versions_says_who_did_what(desk, privacy, nurse):
    save(desk, privacy, body="Now it says tea.")
    approve(desk, privacy)
    do(desk, privacy, "publish")

    told = shown(desk, privacy)

    assert "Came with the software" in told
    assert "Approved by Nora, the author, as “Nora Example, MD”" in told
    assert "published by Nora" in told


# --- The list, references, new pages ----------------------------------------------------------------------------------


def test_the_list_says_which_pages_wait_and_which_reviews_are_overdue(desk, privacy):
    save(desk, privacy, body="Now it says tea.")
    last_week = reviews.today() - 7 * DAY
    Page.objects.filter(slug="home").update(
        reviewed_by="Dr. Ada", reviewed_on=last_week - 365 * DAY, next_review_on=last_week
    )

    answer = desk.get(reverse("admin:pages_page_changelist")).content.decode()

    assert "On the site, draft waits for approval" in answer
    assert f"Overdue since {reviews.day_in_words(last_week)}" in answer
    assert "Never approved by a clinician" in answer


def test_the_first_page_of_the_admin_names_overdue_reviews(desk, privacy):
    answer = desk.get(reverse("admin:index")).content.decode()

    assert "Overdue reviews" in answer
    assert reverse("admin:pages_page_change", args=[privacy.pk]) in answer


def test_the_number_of_queries_of_the_list_does_not_grow_with_the_pages(desk, privacy, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        desk.get(reverse("admin:pages_page_changelist"))


def test_the_page_with_crisis_lines_cannot_be_taken_down(desk, privacy):
    page = Page.objects.get(slug="get-help-now")

    response = do(desk, page, "take-down")

    assert "always published" in desk.get(response.url).content.decode()
    assert "Take the page down" not in shown(desk, page)
    with pytest.raises(IntegrityError, match="page_home_and_help_stay_published"), transaction.atomic():
        Page.objects.filter(slug="get-help-now").update(published=False)


def new_page(desk, privacy: Page, **changes: str):
    return desk.post(reverse("admin:pages_page_add"), posted(privacy, slug="our-team", **changes))


def test_a_new_page_begins_as_a_draft_that_nobody_finds(desk, privacy):
    new_page(desk, privacy)

    page = Page.objects.get(slug="our-team")
    assert Client().get("/our-team/").status_code == 404
    assert page.versions.get().state == State.DRAFT


def test_an_address_cannot_be_changed_once_others_link_to_it(desk, privacy):
    save(desk, privacy, slug="secrets", body="Now it says tea.")

    assert Page.objects.filter(slug="privacy").exists()


@pytest.mark.parametrize(
    "slug, why",
    [
        ("contact", "Another part of the site has this address."),
        ("privacy", "already exists"),
        ("Not An Address", "Use small letters, digits and single hyphens."),
    ],
)
def test_a_new_page_needs_an_address_of_its_own(desk, privacy, slug, why):
    response = desk.post(reverse("admin:pages_page_add"), posted(privacy, slug=slug))

    assert why in response.content.decode()
    assert response.status_code == 422


def test_only_a_page_that_readers_never_saw_can_be_deleted(desk, privacy):
    new_page(desk, privacy)
    ours = Page.objects.get(slug="our-team")

    refused = desk.post(reverse("admin:pages_page_delete", args=[privacy.pk]), {"post": "yes"})
    desk.post(reverse("admin:pages_page_delete", args=[ours.pk]), {"post": "yes"})

    assert refused.status_code == 403
    assert not Page.objects.filter(slug="our-team").exists()


def test_a_reference_that_a_page_cites_cannot_be_deleted(desk, privacy):
    mine = Reference.objects.create(key="ada2020", title="Tea", url="https://example.org/tea")
    Page.objects.filter(pk=privacy.pk).update(body="Tea is warm. [@ada2020]")

    response = desk.post(reverse("admin:pages_reference_delete", args=[mine.pk]), {"post": "yes"})

    assert response.status_code == 403


def test_a_corrected_reference_shows_on_the_pages_that_cite_it(desk, privacy):
    mine = Reference.objects.create(key="ada2020", title="Tea", url="https://example.org/tea")
    Page.objects.filter(pk=privacy.pk).update(body="Tea is warm. [@ada2020]")

    change = reverse("admin:pages_reference_change", args=[mine.pk])
    desk.post(change, {"title": "Tea, corrected", "url": mine.url})

    assert b"Tea, corrected" in read("/privacy/")
    assert b"Privacy" in desk.get(change).content


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
