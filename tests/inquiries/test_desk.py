"""The triage desk: what the list shows, what it keeps to itself, and the doors that stay shut."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from post_office.models import Email

from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.admin.standing import BoundedPaginator
from inquiries.highlight import pieces
from inquiries.models import Inquiry
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

LIST = "/admin/inquiries/inquiry/"
TEXTS = (models.CharField, models.TextField, models.JSONField)
HOWS = ("exact", "contains", "istartswith")
NEXT_WEEK = timezone.localdate() + timedelta(days=7)


def page_of(kept: Inquiry) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[kept.pk])


def listed(client: Client, standing: str = "") -> list[str]:
    """The references in the list, from top to bottom."""
    response = client.get(LIST, {"standing": standing} if standing else {})
    cells = markup.read(response.content).all(class_="field-reference")
    return ["".join(cell.words().split()) for cell in cells]


# --- What the list shows ---------------------------------------------------------------------------------------------


def test_the_list_opens_on_what_waits_for_us_soonest_due_first(desk, nurse):
    now = timezone.now()
    later = inquiry(received_at=now)
    overdue = inquiry(received_at=now - timedelta(days=9))
    soon = inquiry(received_at=now - timedelta(days=2))
    waiting, done = inquiry(), inquiry()
    for kept in (waiting, overdue):
        services.claim(kept.pk, by=nurse)
    services.wait(waiting.pk, until=NEXT_WEEK, by=nurse)
    services.close(done.pk, outcome="answered", by=nurse)

    assert listed(desk) == [overdue.reference, soon.reference, later.reference]


@pytest.mark.parametrize("standing", ["", "unassigned", "all"])
def test_a_crisis_nobody_has_acknowledged_stands_above_what_is_overdue(desk, standing):
    overdue = inquiry(received_at=timezone.now() - timedelta(days=9))
    crisis = inquiry(message="I do not want to be alive anymore.")

    assert listed(desk, standing) == [crisis.reference, overdue.reference]


def test_an_acknowledged_crisis_takes_its_place_by_its_due_time(desk, nurse):
    overdue = inquiry(received_at=timezone.now() - timedelta(days=9))
    crisis = inquiry(message="I do not want to be alive anymore.")

    services.acknowledge(crisis.pk, by=nurse)

    assert listed(desk) == [overdue.reference, crisis.reference]


def test_each_standing_shows_its_own(desk, nurse, colleague):
    new, mine, hers, waiting, done = (inquiry() for _ in range(5))
    for kept, owner in ((mine, nurse), (waiting, nurse), (hers, colleague)):
        services.claim(kept.pk, by=owner)
    services.wait(waiting.pk, until=NEXT_WEEK, by=nurse)
    services.close(done.pk, outcome="answered", by=nurse)

    shown = {word: set(listed(desk, word)) for word in ("unassigned", "mine", "patient", "quarantine", "done", "all")}

    assert shown == {
        "unassigned": {new.reference},
        "mine": {mine.reference, waiting.reference},
        "patient": {waiting.reference},
        "quarantine": set(),
        "done": {done.reference},
        "all": {kept.reference for kept in (new, mine, hers, waiting, done)},
    }


def test_the_list_says_urgency_and_lateness_in_words(desk):
    inquiry(message="I do not want to be alive anymore.", received_at=timezone.now() - timedelta(hours=1))

    row = markup.read(desk.get(LIST).content).one("table", id="result_list").words()

    assert "Crisis" in row
    assert "Overdue by" in row


def test_only_the_name_of_what_a_patient_wrote_is_in_the_list(desk):
    kept = inquiry(
        name="Zacharias Quill",
        email="quill@example.org",
        phone="(212) 555-0187",
        contact_times="after lunchtime",
        message="I want to end my life. Marmalade.",
    )

    pages = [
        LIST,
        f"{LIST}?standing=all",
        "/admin/",
        f"/admin/search/?s={kept.reference}",
    ]
    shown = "".join(desk.get(page).content.decode() for page in pages).lower()

    assert kept.reference[:4].lower() in shown
    private = ["quill@", "555-0187", "lunchtime", "marmalade", "end my life"]
    assert [word for word in private if word in shown] == []


def test_the_list_asks_the_database_as_often_for_sixty_rows_as_for_five(desk, nurse):
    counts = []
    for rows in (5, 55):
        for _ in range(rows):
            services.claim(inquiry().pk, by=nurse)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 15


def test_the_list_never_counts_further_than_its_bound(desk, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "MOST", 3)
    for _ in range(6):
        inquiry()

    with CaptureQueriesContext(connection) as queries:
        desk.get(LIST)

    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"] and "inquiries_inquiry" in query["sql"]]
    assert counting
    assert all("LIMIT 4" in sql or "LIMIT 2001" in sql for sql in counting)


def test_a_word_in_the_address_that_is_no_standing_shows_what_waits(desk):
    kept = inquiry()

    assert listed(desk, "'; DROP TABLE") == [kept.reference]


@pytest.mark.parametrize(
    "spans, shown",
    [
        ([], "I take warfarin now"),
        ([(2, 6, "a"), (4, 15, "a")], "I [take warfarin] now"),
        ([(2, 6, "a"), (7, 15, "b")], "I [take] [warfarin] now"),
        ([(2, 15, "a"), (7, 15, "b")], "I [take ][warfarin] now"),
        ([(0, 19, "a"), (0, 99, "b"), (19, 19, "c")], "[I take warfarin now]"),
    ],
)
def test_words_that_several_rules_found_are_marked_once_and_none_is_lost(spans, shown):
    cut = pieces("I take warfarin now", spans)

    assert "".join(f"[{piece.text}]" if piece.kinds else piece.text for piece in cut) == shown


# --- Doors that stay shut --------------------------------------------------------------------------------------------


def test_nobody_adds_or_deletes_an_inquiry(desk):
    kept = inquiry()

    doors = [f"{LIST}add/", reverse("admin:inquiries_inquiry_delete", args=[kept.pk])]
    answers = [method(door).status_code for door in doors for method in (desk.get, desk.post)]
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"})

    assert answers == [403] * 4
    assert Inquiry.objects.count() == 1
    shown = desk.get(LIST).content.decode() + desk.get(page_of(kept)).content.decode()
    assert not any(door in shown for door in (*doors, "delete_selected"))


def test_the_page_itself_takes_no_changes(desk):
    kept = inquiry()

    response = desk.post(page_of(kept), {"status": "done", "message": "other words"})

    kept.refresh_from_db()
    assert response.status_code == 405
    assert (kept.status, kept.version) == ("new", 1)


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/admin/") -> list[str]:
    """Every address below /admin/, with 1 in the place of each key."""
    found = []
    for pattern in patterns:
        here = prefix + re.sub(r"<[^>]*>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, here)
        else:
            # The two that are regular expressions: one per app, and the one that takes the rest.
            found.append(re.sub(r"\^\(.*\)(/?)\$", r"inquiries\1", here))
    return found


def test_every_address_of_the_admin_sends_a_stranger_to_the_sign_in_page(client):
    found = set(addresses(admin.site.get_urls())) - {"/admin/login/"}
    assert {LIST, "/admin/", "/admin/inquiries/inquiry/1/do/1/", "/admin/inquiries/inquiry/1/change/"} <= found

    for path in sorted(found):
        for method in (client.get, client.post):
            response = method(path, follow=True)
            assert (response.status_code, response.request["PATH_INFO"]) == (200, "/admin/login/"), path


@pytest.mark.parametrize("model", [Inquiry, Email, StaffUser])
def test_no_list_is_filtered_by_what_somebody_wrote_or_who_they_are(desk, model):
    of_model = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    texts = [field.name for field in model._meta.concrete_fields if isinstance(field, TEXTS)]

    answers = {f"{name}__{how}": desk.get(of_model, {f"{name}__{how}": "low"}) for name in texts for how in HOWS}

    assert texts
    assert [asked for asked, answer in answers.items() if answer.status_code != 400] == []
