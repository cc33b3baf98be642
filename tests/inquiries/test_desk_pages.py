"""What the pages of the desk say of themselves: a heading that names each, and "Error: " first after a refusal."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from inquiries import services
from tests import admin_walk, markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db


def page_of(kept) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[kept.pk])


def act(desk, kept, action: str, **typed):
    """What a browser shows after the button of this action was pressed on the page as it stands."""
    fields = {"seen": kept.version, **typed}
    posted = {f"{action}-{name}": value for name, value in fields.items()}
    return desk.post(reverse("admin:inquiries_inquiry_action", args=[kept.pk, action]), posted, follow=True)


def read(answer) -> markup.Element:
    return markup.read(answer.content)


def test_every_page_of_the_desk_has_one_heading_and_no_patient_in_its_title(db):
    samples, visitor = admin_walk.make_samples(), admin_walk.sign_in(admin_walk.somebody("superuser"))

    walked, faults = [], {}
    for address in admin_walk.addresses():
        answer = admin_walk.ask_in_vain(visitor, "get", address, samples)
        page = read(answer) if answer.status_code == 200 and not answer.streaming else markup.read("")
        if not page.all("html"):  # an answer to a script, or a part of a page
            continue
        walked.append(address)
        headings, title = page.all("h1"), page.all("title")[0].words()
        told = [each for each in (admin_walk.NAME, admin_walk.PHONE, admin_walk.MESSAGE) if each in title]
        if len(headings) != 1 or not headings[0].words() or told:
            faults[address] = (len(headings), title)

    assert faults == {}
    assert len(walked) > 20


@pytest.mark.parametrize(
    "path, heading",
    [
        ("/admin/", "Dashboard"),
        ("/admin/inquiries/inquiry/", "Inquiries"),
        ("/admin/inquiries/inquiry/search/", "Search"),
        ("/admin/inquiries/inquiry/handover/", "Handover"),
        ("/admin/inquiries/answer/add/", "New prepared answer"),
    ],
)
def test_the_heading_of_a_page_says_which_one_it_is(desk, path, heading):
    assert read(desk.get(path)).one("h1").words() == heading


def test_the_page_of_an_inquiry_is_named_by_its_reference(desk):
    kept = inquiry()

    page = read(desk.get(page_of(kept)))

    assert page.one("h1").words() == f"Inquiry {kept.reference}"
    assert page.all("title")[0].words() == f"Inquiry {kept.reference} | Triage desk"


def test_after_an_invalid_form_the_title_says_so_first_and_the_summary_leads_to_the_field(desk, nurse):
    kept = services.claim(inquiry().pk, by=nurse)

    page = read(act(desk, kept, "close", outcome=""))

    summary = page.one(id="error-summary")
    link = summary.one("a")
    assert page.all("title")[0].words().startswith(f"Error: Inquiry {kept.reference}")
    assert {"role": "alert", "tabindex": "-1"}.items() <= summary.attributes.items()
    assert "autofocus" in summary.attributes
    assert link.words() == "Choose how the inquiry ended"
    assert page.one(id=link.attributes["href"].removeprefix("#")).tag == "select"


def test_after_a_refused_action_the_title_says_so_first(desk, nurse, colleague):
    kept = services.claim(inquiry().pk, by=colleague)

    page = read(act(desk, kept, "claim"))

    assert page.all("title")[0].words() == f"Error: Inquiry {kept.reference} | Triage desk"


def test_after_a_change_that_came_too_late_the_title_says_so_first_and_reading_starts_at_the_reason(desk, colleague):
    kept = inquiry()
    services.note(kept.pk, text="Mine was first.", by=colleague)

    page = read(act(desk, kept, "claim"))

    assert page.all("title")[0].words().startswith("Error: ")
    assert "was changed while you were looking at it" in page.one(id="error-summary").words()


def test_after_an_action_that_was_done_no_title_speaks_of_an_error(desk):
    kept = inquiry()

    page = read(act(desk, kept, "claim"))

    assert page.all("title")[0].words() == f"Inquiry {kept.reference} | Triage desk"


@pytest.mark.parametrize(
    "path, typed",
    [
        ("/admin/inquiries/answer/add/", {"name": ""}),
        ("/admin/inquiries/inquiry/export/", {"reason": ""}),
        ("/admin/pages/page/add/", {"title": ""}),
        ("/admin/staff/staffuser/add/", {"email": ""}),
        ("/admin/password_change/", {"old_password": ""}),
    ],
)
def test_a_refused_form_anywhere_on_the_desk_is_told_first(desk, path, typed):
    page = read(desk.post(path, typed))

    assert page.all("title")[0].words().startswith("Error: ")
    assert page.one(id="error-summary").attributes["role"] == "alert"


def test_a_filter_that_makes_no_sense_is_told_first(desk):
    page = read(desk.get("/admin/inquiries/inquiry/?since=yesterday"))

    assert page.all("title")[0].words().startswith("Error: ")
    assert page.one(id="error-summary").one("a").attributes["href"] == "#narrow_since"


# --- Links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/inquiries/inquiry/", "/admin/inquiries/inquiry/handover/", "page"])
def test_links_with_the_same_words_lead_to_the_same_place(desk, nurse, path):
    kept, other = (inquiry(message=f"I take warfarin. I want to end my life. {number}") for number in range(2))
    services.note(kept.pk, text="Called.", by=nurse)
    long_ago = timezone.now() - timedelta(hours=2)
    Email.objects.filter(notice__inquiry=kept).update(status=STATUS.failed)
    Email.objects.filter(notice__inquiry=other).update(status=STATUS.queued, created=long_ago)

    page = read(desk.get(page_of(kept) if path == "page" else path))

    leads: dict[str, set[str]] = {}
    for link in page.one("main").all("a"):
        leads.setdefault(link.words(), set()).add(link.attributes["href"])
    assert {words: places for words, places in leads.items() if len(places) > 1 or not words} == {}
    assert "Show them" not in leads


# --- What is not there ------------------------------------------------------------------------------------------------

NOWHERE = ["nowhere/", "inquiries/inquiry/999999/change/", "inquiries/inquiry/7K2M9QRT/change/", "inquiries/nothing/"]


@pytest.mark.parametrize("address", NOWHERE)
@pytest.mark.parametrize("role", ["Front desk", "superuser"])
def test_staff_who_follow_a_wrong_address_stay_at_the_desk(role, address, db):
    answer = admin_walk.ask(admin_walk.sign_in(admin_walk.somebody(role)), "get", address, {})

    page = read(answer)
    assert answer.status_code == 404
    assert page.one("h1").words() == "Page not found"
    assert page.one(class_="desk-nav").all("a")
    assert page.one("main").one("a", href="/admin/inquiries/inquiry/").words() == "Open the queue"


@pytest.mark.parametrize("address", NOWHERE)
def test_a_stranger_with_a_wrong_address_is_asked_to_sign_in_and_learns_nothing(address, db):
    assert admin_walk.leads_to_sign_in(admin_walk.ask(admin_walk.STRANGER, "get", address, {}))


def test_a_wrong_address_on_the_public_site_shows_staff_the_public_page(desk):
    page = read(desk.get("/nowhere/"))

    assert page.one("h1").words() == "We cannot find that page"


@pytest.mark.parametrize("role", ["no role", "Content editor", "Auditor"])
def test_who_may_not_open_inquiries_does_not_learn_which_there_are(role, db):
    visitor, kept = admin_walk.sign_in(admin_walk.somebody(role)), inquiry()

    statuses = {
        admin_walk.ask(visitor, "get", f"inquiries/inquiry/{number}/change/", {}).status_code
        for number in (kept.pk, kept.reference, kept.pk + 1_000, "7K2M9QRT")
    }

    assert statuses == {403}
