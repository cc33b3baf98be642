"""Two people, one inquiry: the second one's change is refused, shows what happened, and keeps what was typed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from inquiries import services
from inquiries.models import Draft, Entry, Inquiry
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

TYPED = "She asked\n<b>twice</b>."
NOTE = {"entry-what": "note", "entry-text": TYPED}


def press(client: Client, kept: Inquiry, action: str, seen: int, **fields: str):
    address = reverse("admin:inquiries_inquiry_action", args=[kept.pk, action])
    return client.post(address, {f"{action}-seen": str(seen), **fields})


def test_a_stale_note_shows_what_changed_and_by_whom_and_keeps_the_text(desk, nurse, colleague):
    kept = inquiry()
    services.claim(kept.pk, by=nurse)
    services.claim(services.release(kept.pk, by=nurse).pk, by=colleague)
    services.note(kept.pk, text="I take this one.", by=colleague)

    answer = press(desk, kept, "entry", 2, **NOTE)

    page = markup.read(answer.content)
    changed = [item.text(without="desk-when").split("\n")[0] for item in page.one("ol", class_="desk-changed").all("p")]
    assert answer.status_code == 409
    assert [" ".join(words.split()) for words in changed] == [
        "Nora released it to everybody",
        "Carlos claimed it",
        "Carlos wrote a note",
    ]
    assert "I take this one." in page.words()
    assert page.one("textarea", name="entry-text").text() == TYPED
    assert Draft.objects.get().text == TYPED


def test_the_refused_change_is_made_when_it_is_sent_again_from_there(desk, colleague):
    kept = services.claim(inquiry().pk, by=colleague)
    page = markup.read(press(desk, kept, "entry", 1, **NOTE).content)
    form = page.one("form", class_="desk-entry")
    again = {field.attributes["name"]: field.attributes["value"] for field in form.all("input")}
    again |= {"entry-what": "note", "entry-text": form.one("textarea").text()}

    answer = desk.post(form.attributes["action"], again)

    assert answer.status_code == 302
    assert [entry.text for entry in kept.entries.all()] == [TYPED]
    assert not Draft.objects.exists()


def test_what_was_chosen_is_kept_when_a_closing_was_too_late(desk, colleague):
    kept = services.claim(inquiry().pk, by=colleague)

    page = markup.read(press(desk, kept, "close", 1, **{"close-outcome": "booked"}).content)

    kept.refresh_from_db()
    chosen = [option for option in page.all("option") if "selected" in option.attributes]
    assert [option.attributes["value"] for option in chosen] == ["booked"]
    assert kept.status == "open"


def test_a_change_that_has_become_impossible_says_so(desk, colleague):
    kept = services.claim(inquiry().pk, by=colleague)

    page = markup.read(press(desk, kept, "claim", 1).content)

    assert "Carlos claimed it" in page.words()
    assert "cannot be done any more" in page.words()
    assert not page.all("form", class_="desk-entry")


@pytest.mark.django_db(transaction=True)
def test_of_two_notes_to_one_version_one_is_accepted_and_one_refused_with_its_text(nurse, colleague):
    kept = inquiry()
    together = Barrier(2)

    def write(person) -> tuple[int, str]:
        try:
            browser = Client()
            browser.force_login(person)
            together.wait(timeout=30)
            answer = press(browser, kept, "entry", 1, **{"entry-what": "note", "entry-text": f"By {person}"})
            page = markup.read(answer.content)
            return answer.status_code, "".join(field.text() for field in page.all("textarea"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = dict(zip(["Nora", "Carlos"], threads.map(write, [nurse, colleague]), strict=True))

    winner = str(Entry.objects.get().author)
    loser = {"Nora": "Carlos", "Carlos": "Nora"}[winner]
    assert answers == {winner: (302, ""), loser: (409, f"By {loser}")}
