"""Drafts: what somebody has begun to write is kept for them, and for nobody else, until it is saved."""

import pytest
from django.test import Client
from django.urls import reverse

from inquiries import entries, services
from inquiries.models import Draft, Inquiry
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

BEGUN = "She said that\nshe would"
AS_SCRIPT = "application/json"


def page_of(kept: Inquiry) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[kept.pk])


def typed(client: Client, kept: Inquiry, text: str = BEGUN, accept: str = AS_SCRIPT):
    """What the script posts while somebody types; the button posts it as every form."""
    address = reverse("admin:inquiries_inquiry_draft", args=[kept.pk])
    return client.post(address, {"entry-text": text}, headers={"Accept": accept})


def restored(client: Client, kept: Inquiry) -> str:
    """What stands in the field for a note."""
    return markup.read(client.get(page_of(kept)).content).one("textarea", name="entry-text").text()


def test_a_draft_is_restored_after_signing_out_and_in_again(desk, nurse):
    kept = inquiry()
    typed(desk, kept)
    desk.logout()
    desk.force_login(nurse)

    assert restored(desk, kept) == BEGUN


def test_a_draft_stays_with_its_writer_when_the_inquiry_goes_to_somebody_else(desk, nurse, colleague):
    kept = inquiry()
    typed(desk, kept)
    services.assign(kept.pk, to=colleague, by=colleague)
    other = Client()
    other.force_login(colleague)

    assert restored(desk, kept) == BEGUN
    assert BEGUN not in other.get(page_of(kept)).content.decode()
    assert restored(other, kept) == ""


def test_a_draft_changes_nothing_about_the_inquiry(desk):
    kept = inquiry()

    typed(desk, kept)

    kept.refresh_from_db()
    assert (kept.version, kept.last_event, kept.events.count()) == (1, "received", 1)


def test_typing_on_replaces_the_draft_and_emptying_the_field_forgets_it(desk):
    kept = inquiry()
    for text in ("She", BEGUN):
        typed(desk, kept, text)
    first = [draft.text for draft in Draft.objects.all()]

    typed(desk, kept, " ")

    assert (first, Draft.objects.count()) == ([BEGUN], 0)


def test_without_scripts_a_button_saves_the_draft_and_leads_back_to_it(desk):
    kept = inquiry()

    answer = typed(desk, kept, accept="text/html,*/*")

    assert (answer.status_code, answer.url) == (302, page_of(kept))
    assert restored(desk, kept) == BEGUN


def test_a_draft_is_gone_once_the_note_is_saved(desk, nurse):
    kept = inquiry()
    typed(desk, kept)

    services.note(kept.pk, text=BEGUN, by=nurse)

    assert not Draft.objects.exists()


def test_a_draft_that_arrives_after_its_note_does_not_come_back(nurse):
    kept = services.note(inquiry().pk, text=BEGUN, by=nurse)

    entries.keep_draft(kept.pk, text=BEGUN, by=nurse)

    assert not Draft.objects.exists()


def test_saving_a_note_leaves_the_drafts_of_others(nurse, colleague):
    kept = inquiry()
    entries.keep_draft(kept.pk, text=BEGUN, by=colleague)

    services.note(kept.pk, text=BEGUN, by=nurse)

    assert Draft.objects.get().person == colleague


@pytest.mark.parametrize(
    "what, text",
    [("gossip", BEGUN), ("note", BEGUN + "x" * 10_000), ("note", BEGUN + "\0")],
    ids=["kind", "long", "nul"],
)
def test_a_note_that_is_not_accepted_stays_in_its_field_and_as_a_draft(desk, nurse, what, text):
    kept = inquiry()
    address = reverse("admin:inquiries_inquiry_action", args=[kept.pk, "entry"])

    answer = desk.post(address, {"entry-seen": "1", "entry-what": what, "entry-text": text})

    field = markup.read(answer.content).one("textarea", name="entry-text")
    assert (answer.status_code, field.text(), kept.entries.count()) == (422, text, 0)
    assert Draft.objects.get().text == text.replace("\0", "")


def test_a_draft_for_an_inquiry_that_does_not_exist_is_not_found(desk):
    assert typed(desk, Inquiry(pk=10_000)).status_code == 404


def test_a_draft_is_a_post_and_asks_for_the_right_to_act(client, nurse, desk):
    kept = inquiry()
    type(nurse).objects.filter(pk=nurse.pk).update(is_superuser=False)

    answers = [desk.get(reverse("admin:inquiries_inquiry_draft", args=[kept.pk])), typed(desk, kept)]

    assert [answer.status_code for answer in answers] == [405, 403]
    assert not Draft.objects.exists()
