"""A text goes from draft to approved to published, nothing that readers saw is lost, and nobody skips a step."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from clinic.pages import loader, reviews, services
from clinic.pages.models import Page, Reference, State, Version
from clinic.pages.services import Refused
from clinic.pages.standing import standing
from clinic.staff.models import StaffUser

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def page() -> Page:
    """The starter's page about privacy."""
    loader.load()
    return Page.objects.get(slug="privacy")


def may(email: str, *permissions: str) -> StaffUser:
    """Somebody who may do these things with pages and nothing else."""
    user = StaffUser.objects.create_user(email, "a long enough pass phrase", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def seen(page: Page) -> str:
    return standing(page).token


def write(page: Page, body: str, by: StaffUser, **changes: object) -> Version:
    text = {**page.text(), "body": body, **changes}
    return services.save_draft(page.pk, text=text, note="Say it in fewer words", by=by, seen=seen(page))


def approve(page: Page, by: StaffUser) -> Version:
    year = reviews.today() + 365 * DAY
    return services.approve(page.pk, reviewed_by="Dr. Nora Example, MD", next_review_on=year, by=by, seen=seen(page))


def publish(page: Page, by: StaffUser) -> Version:
    return services.publish(page.pk, by=by, seen=seen(page))


def test_an_approved_text_is_published_with_who_wrote_approved_and_published_it(page, nurse, colleague):
    write(page, "Tea is warm.", colleague)
    approve(page, nurse)
    publish(page, colleague)

    page.refresh_from_db()
    version = page.versions.get(state=State.PUBLISHED)
    assert page.body == "Tea is warm."
    assert (page.reviewed_by, page.reviewed_on) == ("Dr. Nora Example, MD", reviews.today())
    assert (version.author, version.approved_by, version.published_by) == (colleague, nurse, colleague)


def test_readers_see_the_old_text_until_the_new_one_is_published(page, nurse):
    before = page.body

    write(page, "Tea is warm.", nurse)
    approve(page, nurse)

    page.refresh_from_db()
    assert page.body == before
    assert page.reviewed_by == ""


def test_a_draft_that_nobody_approved_cannot_be_published(page, nurse):
    write(page, "Tea is warm.", nurse)

    with pytest.raises(Refused, match="Version 2 cannot be published: it is “Draft”"):
        publish(page, nurse)


def test_a_text_changed_after_approval_needs_another_approval(page, nurse):
    write(page, "Tea is warm.", nurse)
    approve(page, nurse)

    write(page, "Tea is hot.", nurse)

    with pytest.raises(Refused, match="Draft"):
        publish(page, nurse)
    assert page.versions.get(number=2).state == State.PAST


@pytest.mark.parametrize("step", ["approved", "published"])
def test_an_unknown_citation_stops_the_text_with_its_line_and_key(page, nurse, step):
    tea = Reference.objects.create(key="tea2020", title="Tea", url="https://example.org/tea")
    write(page, "Tea is warm.\n\nSo they say. [@tea2020]", nurse)
    if step == "published":
        approve(page, nurse)
    tea.delete()

    with pytest.raises(Refused, match=f"cannot be {step} yet. Line 3: No reference has the key tea2020"):
        (publish if step == "published" else approve)(page, nurse)


@pytest.mark.parametrize(
    "permission, steps",
    [
        ("change_page", [lambda page, by: write(page, "Tea is hot.", by)]),
        ("approve_page", [approve]),
        ("publish_page", [publish, lambda page, by: services.take_down(page.pk, by=by, seen=seen(page))]),
    ],
)
def test_each_step_needs_its_own_permission(page, nurse, permission, steps):
    write(page, "Tea is warm.", nurse)
    everything_else = {"add_page", "change_page", "approve_page", "publish_page"} - {permission}
    olga = may("olga@example.org", *everything_else)

    for step in steps:
        with pytest.raises(PermissionDenied):
            step(page, olga)


def test_a_clinician_who_approves_an_own_text_is_named_as_both(page):
    ada = may("ada@example.org", "change_page", "approve_page")

    write(page, "Tea is warm.", ada)
    version = approve(page, ada)

    assert (version.author, version.approved_by) == (ada, ada)


def test_a_change_from_an_old_screen_is_refused_and_changes_nothing(page, nurse, colleague):
    old = seen(page)
    write(page, "Tea is warm.", colleague)

    with pytest.raises(Refused, match="Somebody changed this page"):
        services.save_draft(page.pk, text={**page.text(), "body": "Tea is hot."}, note="Heat", by=nurse, seen=old)

    assert [version.body for version in page.versions.filter(state=State.DRAFT)] == ["Tea is warm."]


def test_saving_the_same_text_again_makes_no_version(page, nurse):
    with pytest.raises(Refused, match="Nothing has changed"):
        write(page, page.body, nurse)

    assert page.versions.count() == 1


def test_an_earlier_text_comes_back_as_a_draft(page, nurse):
    starter = page.body
    write(page, "Tea is warm.", nurse)
    approve(page, nurse)
    publish(page, nurse)

    draft = services.restore(page.pk, number=1, by=nurse, seen=seen(page))

    page.refresh_from_db()
    assert (draft.state, draft.body, draft.note) == (State.DRAFT, starter, "Back to the text of version 1")
    assert page.body == "Tea is warm."


def test_a_draft_set_aside_stays_in_the_list(page, nurse):
    write(page, "Tea is warm.", nurse)

    services.withdraw(page.pk, by=nurse, seen=seen(page))

    aside = page.versions.get(number=2)
    assert (aside.state, aside.closed_by, aside.body) == (State.PAST, nurse, "Tea is warm.")


def test_a_clinician_approves_the_public_text_as_it_is_and_it_does_not_count_as_changed(page, nurse):
    changed = page.updated_at
    year = reviews.today() + 365 * DAY

    services.review_again(page.pk, reviewed_by="Dr. Ada Example, MD", next_review_on=year, by=nurse, seen=seen(page))

    page.refresh_from_db()
    assert (page.reviewed_by, page.next_review_on, page.updated_at) == ("Dr. Ada Example, MD", year, changed)
    assert page.versions.get(state=State.PUBLISHED).approved_by == nurse


def test_a_review_in_between_leaves_an_open_draft_open(page, nurse):
    write(page, "Tea is warm.", nurse)
    year = reviews.today() + 365 * DAY

    services.review_again(page.pk, reviewed_by="Dr. Ada Example, MD", next_review_on=year, by=nurse, seen=seen(page))

    assert page.versions.get(state=State.DRAFT).body == "Tea is warm."


def test_the_next_review_lies_ahead(page, nurse):
    write(page, "Tea is warm.", nurse)

    with pytest.raises(Refused, match="Choose a day after today"):
        services.approve(page.pk, reviewed_by="Dr. Ada", next_review_on=reviews.today(), by=nurse, seen=seen(page))


def test_a_page_taken_down_comes_back_by_draft_and_approval(page, nurse):
    services.take_down(page.pk, by=nurse, seen=seen(page))
    services.restore(page.pk, number=1, by=nurse, seen=seen(page))
    approve(page, nurse)
    publish(page, nurse)

    assert Page.objects.published().filter(slug="privacy").exists()


@pytest.mark.parametrize("slug", ["home", "get-help-now"])
def test_the_home_page_and_the_crisis_lines_cannot_be_taken_down(page, nurse, slug):
    always = Page.objects.get(slug=slug)

    with pytest.raises(Refused, match="always published"):
        services.take_down(always.pk, by=nurse, seen=seen(always))
    with pytest.raises(IntegrityError, match="page_home_and_help_stay_published"), transaction.atomic():
        Page.objects.filter(slug=slug).update(published=False)


# --- What the database keeps ------------------------------------------------------------------------------------------


def published(page: Page, nurse: StaffUser) -> Version:
    write(page, "Tea is warm.", nurse)
    approve(page, nurse)
    return publish(page, nurse)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "Coffee."},
        {"note": "No reason"},
        {"number": 9},
        {"reviewed_by": "Somebody else"},
        {"published_at": timezone.now()},
        {"state": State.DRAFT},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_was_published_cannot_be_rewritten_even_in_sql(page, nurse, changes):
    version = published(page, nurse)

    with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(**changes)


def test_what_was_published_cannot_be_deleted(page, nurse):
    published(page, nurse)

    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        page.delete()


def a_version(page: Page, **changes: object) -> dict[str, object]:
    return {"page": page, "number": 7, "note": "Tea", **page.text(), **changes}


@pytest.mark.parametrize(
    "changes, constraint",
    [
        ({"number": 1}, "version_number_is_used_once_per_page"),
        ({"state": "lost"}, "version_state_is_known"),
        ({"note": ""}, "version_has_title_summary_body_and_note"),
        ({"reviewed_by": "Dr. Ada"}, "version_approval_says_who_when_and_until_when"),
        ({"state": State.APPROVED}, "version_approved_once_it_is_no_draft"),
        ({"published_at": timezone.now()}, "version_published_says_when"),
        ({"state": State.PAST}, "version_past_says_since_when"),
        ({"state": State.PUBLISHED, "published_at": timezone.now()}, "version_published_is_one_per_page"),
        ({"section": "shop"}, "version_section_is_known"),
    ],
)
def test_the_database_refuses_a_version_that_could_not_be_true(page, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Version.objects.create(**a_version(page, **changes))


def test_the_database_refuses_a_second_open_version(page, nurse):
    write(page, "Tea is warm.", nurse)

    with pytest.raises(IntegrityError, match="version_open_is_one_per_page"), transaction.atomic():
        Version.objects.create(**a_version(page))


def test_the_database_refuses_a_text_of_staff_that_is_public_without_approval(page, nurse):
    Version.objects.filter(page=page).update(state=State.PAST, closed_at=timezone.now())

    with pytest.raises(IntegrityError, match="version_published_was_approved"), transaction.atomic():
        Version.objects.create(
            **a_version(page, author=nurse, state=State.PUBLISHED, published_at=timezone.now(), published_by=nurse)
        )


# --- Which pages a clinician should look at ---------------------------------------------------------------------------


def test_reviews_are_overdue_when_nobody_approved_or_the_day_has_passed(page):
    today = datetime.date(2026, 11, 20)
    for slug, next_day in (("home", today - DAY), ("get-help-now", today), ("accessibility", today + DAY)):
        Page.objects.filter(slug=slug).update(
            reviewed_by="Dr. Ada", reviewed_on=today - 300 * DAY, next_review_on=next_day
        )

    overdue = [page.slug for page in reviews.overdue(today)]

    assert overdue[-1] == "home"  # after those that nobody ever approved
    assert "privacy" in overdue
    assert {"get-help-now", "accessibility"}.isdisjoint(overdue)


def test_a_page_that_readers_cannot_see_is_not_overdue(page, nurse):
    services.take_down(page.pk, by=nurse, seen=seen(page))

    assert "privacy" not in [page.slug for page in reviews.overdue()]
