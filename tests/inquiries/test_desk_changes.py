"""Changing an inquiry from its page: by POST, by those who may, and with the reason when it is refused."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.admin.actions import ACTIONS
from inquiries.models import Inquiry
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

LIST = "/admin/inquiries/inquiry/"
NEXT_WEEK = timezone.localdate() + timedelta(days=7)
# What an action needs besides the version.
GIVEN = {
    "wait": {"wait-until": NEXT_WEEK.isoformat()},
    "close": {"close-outcome": "answered"},
    "entry": {"entry-what": "note", "entry-text": "Asked the pharmacist."},
}


def page_of(kept: Inquiry) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[kept.pk])


def address(kept: Inquiry, action: str) -> str:
    return reverse("admin:inquiries_inquiry_action", args=[kept.pk, action])


def do(client: Client, kept: Inquiry, action: str, **changes: str):
    """Press the button, as the page would: with the version that it showed."""
    seen = Inquiry.objects.values_list("version", flat=True).get(pk=kept.pk)
    data = {f"{action}-seen": str(seen), **GIVEN.get(action, {}), **changes}
    return client.post(address(kept, action), data, follow=True)


def limited(*permissions: str) -> Client:
    """A browser of somebody who may only do this much."""
    person = StaffUser.objects.create_user("temp@example.org", "a long enough pass phrase", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(person)
    return client


def test_an_inquiry_is_claimed_set_to_wait_claimed_closed_and_reopened_from_its_page(desk, nurse):
    kept = inquiry()
    stood = []

    for action in ("claim", "wait", "claim", "close", "reopen", "release"):
        do(desk, kept, action)
        kept.refresh_from_db()
        stood.append((kept.status, kept.owner))

    assert stood == [
        ("open", nurse), ("waiting", nurse), ("open", nurse), ("done", nurse), ("open", nurse), ("new", None)
    ]  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
def test_a_change_is_a_post_and_nothing_else(desk, action):
    kept = inquiry()

    for method in (desk.get, desk.head, desk.put, desk.delete, desk.options):
        assert method(address(kept, action)).status_code == 405

    kept.refresh_from_db()
    assert (kept.status, kept.version) == ("new", 1)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_change_without_the_permission_is_refused(action):
    kept = inquiry()
    reader = limited("view_inquiry", "open_inquiry")

    response = do(reader, kept, action)

    kept.refresh_from_db()
    assert (response.status_code, kept.status, kept.version) == (403, "new", 1)


def test_somebody_who_may_only_read_gets_the_page_without_buttons():
    kept = inquiry()

    page = markup.read(limited("view_inquiry", "open_inquiry").get(page_of(kept)).content)

    assert page.one(class_="desk-message").text() == kept.message
    assert not page.all(class_="desk-button")


def test_somebody_who_may_only_see_the_list_does_not_get_the_page():
    kept = inquiry()

    response = limited("view_inquiry").get(page_of(kept))

    assert response.status_code == 403
    assert kept.message not in response.content.decode()


def test_only_those_who_may_give_inquiries_to_others_are_offered_it(colleague):
    kept = inquiry()
    front_desk = limited("view_inquiry", "open_inquiry", "change_inquiry")

    page = markup.read(front_desk.get(page_of(kept)).content)
    response = do(front_desk, kept, "assign", **{"assign-to": str(colleague.pk)})

    kept.refresh_from_db()
    assert not page.all("form", **{"aria-label": "Give"})
    assert (response.status_code, kept.owner) == (403, None)


def test_an_inquiry_is_given_to_a_colleague_from_its_page(desk, colleague):
    kept = inquiry()

    do(desk, kept, "assign", **{"assign-to": str(colleague.pk)})

    kept.refresh_from_db()
    assert (kept.status, kept.owner) == ("open", colleague)


def test_somebody_without_any_permission_sees_neither_list_nor_inquiry():
    kept = inquiry()
    stranger = limited()

    assert [stranger.get(path).status_code for path in (LIST, page_of(kept))] == [403, 403]


def test_a_change_from_another_site_is_refused(nurse):
    kept = inquiry()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nurse)

    response = do(browser, kept, "claim")

    kept.refresh_from_db()
    assert (response.status_code, kept.status) == (403, "new")


def test_a_refused_change_says_why_and_shows_how_it_stands(desk, colleague):
    kept = inquiry()
    services.claim(kept.pk, by=colleague)

    response = do(desk, kept, "claim")

    page = markup.read(response.content)
    assert f"Inquiry {kept.reference} cannot be claimed: it is now “Open” by Carlos." in page.words()
    assert "Carlos" in page.one("dl", class_="desk-facts").words()


def test_a_change_on_an_old_screen_is_refused_and_says_so(desk, colleague):
    kept = inquiry()
    services.claim(kept.pk, by=colleague)

    response = do(desk, kept, "close", **{"close-seen": "1"})

    kept.refresh_from_db()
    assert "was changed while you were looking at it" in markup.read(response.content).words()
    assert kept.status == "open"


@pytest.mark.parametrize(
    "action, changes, words",
    [
        ("close", {"close-outcome": ""}, "Choose how the inquiry ended"),
        ("close", {"close-outcome": "vanished"}, "Select a valid choice"),
        ("wait", {"wait-until": ""}, "Enter the day to wait until"),
        ("wait", {"wait-until": "soon"}, "Enter a day, like 2026-11-30"),
        ("wait", {"wait-until": "2001-01-01"}, "Choose a day after today"),
    ],
)
def test_a_change_with_something_missing_says_what(desk, nurse, action, changes, words):
    kept = services.claim(inquiry().pk, by=nurse)

    response = do(desk, kept, action, **changes)

    kept.refresh_from_db()
    assert words in markup.read(response.content).words()
    assert (kept.status, kept.version) == ("open", 2)


def test_an_action_or_an_inquiry_that_does_not_exist_is_not_found(desk):
    kept = inquiry()
    gone = Inquiry(pk=kept.pk + 1_000)

    answers = [
        desk.post(address(kept, "explode")),
        desk.post(address(gone, "claim"), {"claim-seen": "1"}),
        desk.get(page_of(gone)),
        desk.get(f"{LIST}nonsense/change/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
