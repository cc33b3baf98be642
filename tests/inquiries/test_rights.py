"""Rights and retention on the desk: what a person asks for is looked at, has a reason, and is written down."""

import html
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.practice.models import Practice
from inquiries import handing_out, services
from inquiries.models import Access, Inquiry, Message
from tests import database, factories, markup
from tests.a_person import OF_THE_PERSON, a_search_for, kept_of_a_person

pytestmark = pytest.mark.django_db

# What stays with its writer, and why there is a legal hold.
LEFT_OUT = ["trombon", "turnip"]


@pytest.fixture
def inquiry(nurse, colleague, monkeypatch) -> Inquiry:
    """Everything that can be kept of a person, and nothing holds it any more."""
    inquiry = kept_of_a_person(nurse, colleague, monkeypatch)
    return services.lift_hold(inquiry.pk, reason="The case is over", by=nurse)


def text_of(page) -> str:
    """What a person reads, without regard to how quotation marks are written."""
    return html.unescape(page.content.decode())


def rights(inquiry: Inquiry, deed: str = "") -> str:
    return reverse("admin:inquiries_inquiry_rights", args=[inquiry.pk]) + (f"{deed}/" if deed else "")


def ticked(*inquiries: Inquiry, **given: str) -> dict[str, object]:
    """What the browser posts from the first page, or from the second with a reason."""
    return {"chosen": [f"{each.pk}-{each.version}" for each in inquiries], **given}


def confirmed(*inquiries: Inquiry, **given: str) -> dict[str, object]:
    return ticked(*inquiries, confirm="yes", **{"reason": "The patient asked", **given})


def recorded(deed: str) -> list[tuple]:
    return list(Access.objects.filter(deed=deed).order_by("inquiry").values_list("person__email", "inquiry", "reason"))


def files(packed: bytes) -> dict[str, str]:
    """What is in the zip file."""
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


# --- Whose it is ------------------------------------------------------------------------------------------------------


def test_the_page_lists_everything_of_the_same_person_and_nothing_of_others(desk):
    one = factories.inquiry(phone="212 555 0147")
    same_email = factories.inquiry(email="ADA@example.org", name="A. Example")
    same_phone = factories.inquiry(email="", reply_by="phone", phone="+1 (212) 555-0147")
    other = factories.inquiry(email="other@example.org", phone="212 555 0148")

    page = desk.get(rights(one)).content.decode()

    assert all(f"{each.pk}-{each.version}" in page for each in (one, same_email, same_phone))
    assert f"{other.pk}-{other.version}" not in page


def test_a_person_who_is_not_the_same_cannot_be_ticked(desk):
    one, other = factories.inquiry(), factories.inquiry(email="other@example.org")

    desk.post(rights(one, "erase"), confirmed(other, unanswered_too="on"))

    assert not Inquiry.objects.get(pk=other.pk).is_erased


def test_the_page_says_what_the_patient_has_asked_for(desk, nurse):
    one = factories.inquiry()
    services.patient_asks(one.pk, Message.Kind.DELETION)

    assert Message.Kind.DELETION.label in text_of(desk.get(rights(one)))


# --- A copy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["person.html", "person.json"])
def test_the_copy_holds_everything_that_is_kept_of_the_person(desk, inquiry, file):
    answer = desk.post(rights(inquiry, "export"), confirmed(inquiry))

    text = "".join(character for character in files(answer.content)[file].lower() if character not in "() -")
    assert [word for word in OF_THE_PERSON if word not in text and word not in LEFT_OUT] == []
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_copy_names_nobody_who_works_here_and_holds_no_draft_of_theirs(desk, inquiry):
    text = "".join(files(desk.post(rights(inquiry, "export"), confirmed(inquiry)).content).values()).lower()

    assert [word for word in ("nora", "carlos", *LEFT_OUT) if word in text] == []


def test_the_copy_says_the_same_to_people_and_to_programs(inquiry, nurse):
    told = json.loads(files(handing_out.archive([inquiry], Practice.objects.current()))["person.json"])["inquiries"][0]

    assert told["reference"] == inquiry.reference
    assert [each["what"] for each in told["what_happened"]][:3] == ["Received", "Claimed", "Note written"]
    assert {each["by"] for each in told["later_messages"]} == {"The patient", "Clinic staff"}
    assert len(told["emails"]) == inquiry.notices.count()


def test_what_patients_wrote_is_text_in_the_copy_and_never_markup(desk):
    one = factories.inquiry(message="<script>alert(1)</script>")

    page = files(desk.post(rights(one, "export"), confirmed(one)).content)["person.html"]

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_copy_is_written_down_with_its_reason_for_each_inquiry(desk, nurse):
    one, two = factories.inquiry(), factories.inquiry()

    desk.post(rights(one, "export"), confirmed(one, two))

    assert recorded("copied") == [(nurse.email, each.pk, "The patient asked") for each in (one, two)]


# --- Erasing ----------------------------------------------------------------------------------------------------------


def test_nothing_happens_before_it_is_confirmed_with_a_reason(desk, inquiry):
    before = Inquiry.objects.get(pk=inquiry.pk).version

    pages = [
        desk.post(rights(inquiry, "erase"), ticked(inquiry)),
        desk.post(rights(inquiry, "erase"), confirmed(inquiry, reason=" ")),
        desk.post(rights(inquiry, "erase"), confirmed(inquiry, reason="Zenobia asked")),
    ]

    assert [page.status_code for page in pages] == [200, 422, 422]
    assert "must not name the person" in text_of(pages[2])
    assert Inquiry.objects.get(pk=inquiry.pk).version == before
    assert recorded("erased") == []


def test_a_person_is_erased_and_whoever_did_it_and_why_is_written_down(desk, nurse, inquiry):
    second = factories.inquiry(email=inquiry.email, name="Zenobia Q.", message="Do you have lilac chairs?")
    services.close(second.pk, outcome="answered", by=nurse)
    second.refresh_from_db()

    desk.post(rights(inquiry, "erase"), confirmed(inquiry, second))

    assert database.where(*OF_THE_PERSON) == {}
    assert recorded("erased") == [(nurse.email, each.pk, "The patient asked") for each in (inquiry, second)]


def test_who_erases_does_not_keep_in_their_session_what_they_searched_for(desk, inquiry):
    desk.post(reverse("admin:inquiries_inquiry_search"), {"q": "Quellwater"})
    a_search_for("Quellwater")

    desk.post(rights(inquiry, "erase"), confirmed(inquiry))

    assert database.where("quellwater") == {}


def test_what_is_wrong_with_a_reason_is_read_out_with_its_field(desk, inquiry):
    page = markup.read(desk.post(rights(inquiry, "hold"), confirmed(inquiry, reason="")).content)

    described = page.one("input", name="reason").attributes["aria-describedby"].split()
    said = [each.words() for each in page if each.attributes.get("id") in described]
    assert said == [
        "Kept for good, in the access log with your name. Do not name the person here.",
        "Write why you do this",
    ]


def test_many_inquiries_of_a_person_cost_the_page_no_more_than_a_few(desk):
    one, counts = factories.inquiry(), []

    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            desk.get(rights(one))
        counts.append(len(asked))
        factories.inquiry()

    assert counts[1] == counts[2]  # the first visit also writes down that there was one


def test_an_unanswered_one_is_erased_only_with_the_tick(desk):
    one = factories.inquiry()

    without = desk.post(rights(one, "erase"), confirmed(one))
    kept = Inquiry.objects.get(pk=one.pk).is_erased
    desk.post(rights(one, "erase"), confirmed(one, unanswered_too="on"))

    assert (without.status_code, kept, Inquiry.objects.get(pk=one.pk).is_erased) == (422, False, True)


def test_what_the_patient_wrote_after_the_page_was_drawn_is_not_erased_unseen(desk, inquiry):
    seen = confirmed(inquiry, unanswered_too="on")
    Inquiry.objects.filter(pk=inquiry.pk).update(version=inquiry.version + 1)

    page = desk.post(rights(inquiry, "erase"), seen, follow=True)

    assert "was changed while you were looking" in text_of(page)
    assert recorded("erased") == []


def test_what_cannot_be_erased_is_named_after_it_was_confirmed_too(desk):
    one, urgent = factories.inquiry(), factories.inquiry(message="I want to die.")

    page = desk.post(rights(one, "erase"), confirmed(one, urgent, unanswered_too="on"), follow=True)

    assert "done for 1 inquiry" in text_of(page)
    assert "urgent and not closed" in text_of(page)


def test_what_cannot_be_erased_is_named_before_anybody_confirms(desk):
    urgent = factories.inquiry(message="I want to die.")

    page = desk.post(rights(urgent, "erase"), ticked(urgent))

    assert "urgent and not closed" in text_of(page)
    assert 'name="confirm"' not in page.content.decode()


# --- A legal hold -----------------------------------------------------------------------------------------------------


def test_a_legal_hold_is_set_and_lifted_with_a_reason(desk, nurse):
    one = factories.inquiry()

    desk.post(rights(one, "hold"), confirmed(one, reason="A letter from a court"))
    one.refresh_from_db()
    held = (one.held_by, one.hold_reason)
    desk.post(rights(one, "lift"), confirmed(one, reason="The case is over"))
    one.refresh_from_db()

    assert held == (nurse, "A letter from a court")
    assert (one.held_by, one.hold_reason) == (None, "")
    assert {row[2] for row in recorded("held")} == {"A letter from a court", "The case is over"}


def test_what_is_held_says_so_instead_of_being_erased(desk, nurse):
    one = factories.inquiry()
    services.hold(one.pk, reason="A letter from a court", by=nurse)
    one.refresh_from_db()

    page = desk.post(rights(one, "erase"), ticked(one))

    assert "legal hold, set by Nora" in text_of(page)
