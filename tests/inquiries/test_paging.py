"""An urgent inquiry pages people until one of them says that they are dealing with it."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import outbox, paging, services
from inquiries.models import Inquiry, Notice
from tests import markup
from tests.factories import inquiry, staff

pytestmark = pytest.mark.django_db

CRISIS = "I do not want to be alive anymore."
EMERGENCY = "I had my injection yesterday and now I cannot swallow and can hardly breathe."
LIST = "/admin/inquiries/inquiry/"
ON_CALL = ["on-call@example.org", "second@example.org"]
START = timezone.now()


@pytest.fixture(autouse=True)
def _two_on_call(db):
    Practice.objects.current()
    Practice.objects.update(on_call_addresses=ON_CALL)


@pytest.fixture
def crisis() -> Inquiry:
    return inquiry(message=CRISIS, received_at=START)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def paged(kept: Inquiry) -> list[str]:
    """Everybody who was paged since the last look, as if the mail server had taken the pages."""
    emails = Email.objects.filter(notice__inquiry=kept, notice__kind="page", status=STATUS.queued)
    addresses = sorted(address for email in emails for address in email.to)
    emails.update(status=STATUS.sent)
    return addresses


def address(kept: Inquiry, action: str) -> str:
    return reverse("admin:inquiries_inquiry_action", args=[kept.pk, action])


# --- Until when, and whom --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message, urgency", [(CRISIS, "crisis"), (EMERGENCY, "emergency")])
def test_everybody_on_call_is_paged_at_once(message, urgency):
    kept = inquiry(message=message)

    assert kept.urgency == urgency
    assert paged(kept) == ON_CALL


def test_pages_are_repeated_every_fifteen_minutes_and_reach_everybody_after_two_repeats(crisis, nurse, colleague):
    first, rounds = paged(crisis), []

    for minutes in (14.9, 15, 29.9, 30, 45, 59.9, 60):
        paging.page_again(now=after(minutes))
        rounds.append(paged(crisis))

    everybody = sorted([*ON_CALL, nurse.email, colleague.email])
    assert first == ON_CALL
    assert rounds == [[], ON_CALL, [], ON_CALL, everybody, [], everybody]


def test_pages_do_not_stop_by_themselves(crisis):
    for hours in range(72):
        assert paging.page_again(now=after(60 * (hours + 1))) == 1
        assert set(ON_CALL) <= set(paged(crisis))


def test_somebody_who_left_or_who_is_on_call_already_gets_no_second_page(crisis):
    staff("ON-CALL@example.org")
    StaffUser.objects.create_user("gone@example.org", is_active=False, is_staff=True)
    crisis.pages_repeated = 2
    crisis.save(update_fields=["pages_repeated"])
    paged(crisis)

    paging.page_again(now=after(45))

    assert paged(crisis) == ON_CALL


def test_a_plain_question_pages_nobody():
    inquiry(received_at=START)

    assert paging.page_again(now=after(60)) == 0


def test_a_quarantined_inquiry_and_a_sample_page_nobody():
    kept = inquiry(received_at=START)
    sample = inquiry(received_at=START, message=CRISIS, sample=True)

    paging.page_again(now=after(60))

    assert not Notice.objects.filter(inquiry__in=[kept, sample], kind="page").exists()


def test_an_address_whose_page_still_waits_for_the_mail_server_gets_no_second_one(crisis):
    for number in range(1, 40):
        paging.page_again(now=after(15 * number))

    assert paged(crisis) == ON_CALL


def test_an_address_that_refused_its_page_is_paged_again(crisis):
    Email.objects.filter(notice__kind="page").update(status=STATUS.failed)

    paging.page_again(now=after(15))

    assert paged(crisis) == ON_CALL


def test_a_repeat_says_that_it_is_one(crisis):
    paged(crisis)

    paging.page_again(now=after(15))

    repeat = Email.objects.get(notice__kind="page", status=STATUS.queued, to="second@example.org")
    assert repeat.subject == f"STILL URGENT: nobody has taken {crisis.reference} yet"
    assert "Nobody has said yet" in repeat.message
    assert "Nobody has said yet" in repeat.html_message


def test_a_flood_is_paged_about_at_once_and_repeated_in_turns(monkeypatch):
    monkeypatch.setattr(paging, "MOST_REPEATS", 2)
    flood = [inquiry(message=CRISIS, received_at=after(number / 60)) for number in range(5)]
    first = [len(paged(kept)) for kept in flood]

    turns = []
    for minutes in (16, 17, 31.5, 46.7):
        paging.page_again(now=after(minutes))
        turns.append([number for number, kept in enumerate(flood) if paged(kept)])

    assert first == [2] * 5
    assert turns == [[0, 1], [], [2, 3], [0, 4]]


def test_finding_whom_to_page_about_reads_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Inquiry.objects.filter(sample=False).unacknowledged().explain()

    assert re.search("inquiry_(unacknowledged|urgent)", plan)  # both hold urgent ones only


# --- Whoever does the work -------------------------------------------------------------------------------------------


def test_a_repeat_is_made_once_however_many_ask_for_it(crisis):
    paged(crisis)

    done = [paging.page_again(now=after(15)) for _ in range(3)]

    assert done == [1, 0, 0]
    assert paged(crisis) == ON_CALL


@pytest.mark.django_db(transaction=True)
def test_a_repeat_that_is_cut_short_is_made_again(crisis, monkeypatch):
    paged(crisis)
    with monkeypatch.context() as patched:
        patched.setattr("inquiries.notices.insert", lambda *rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            paging.page_again(now=after(15))

    done = paging.page_again(now=after(15.1))

    assert (done, paged(crisis)) == (1, ON_CALL)


@pytest.mark.django_db(transaction=True)
def test_an_inquiry_that_somebody_is_changing_does_not_hold_up_the_others(crisis, other_session):
    second = inquiry(message=CRISIS, received_at=START)
    other_session.execute("SELECT FROM inquiries_inquiry WHERE id = %s FOR UPDATE", [crisis.pk])
    for kept in (crisis, second):
        paged(kept)

    paging.page_again(now=after(15))

    assert (paged(crisis), paged(second)) == ([], ON_CALL)


def test_a_repeat_does_not_make_an_open_screen_stale(crisis, nurse):
    paging.page_again(now=after(15))

    acknowledged = services.acknowledge(crisis.pk, by=nurse, seen=crisis.version)

    assert acknowledged.acknowledged_by == nurse


# --- Acknowledging ---------------------------------------------------------------------------------------------------


def test_acknowledging_stops_the_pages_and_takes_back_those_not_sent(crisis, nurse, mail_server):
    services.acknowledge(crisis.pk, by=nurse)

    outbox.send_due()
    repeated = paging.page_again(now=after(60))

    assert repeated == 0
    assert not set(mail_server.to()) & set(ON_CALL)


def test_acknowledging_says_who_and_when_and_history_has_it_without_a_name(crisis, nurse):
    kept = services.acknowledge(crisis.pk, by=nurse)

    last = kept.events.order_by("pgh_id").last()
    assert (last.acknowledged_by_id, last.acknowledged_at) == (nurse.pk, kept.acknowledged_at)
    assert last.pgh_context.metadata == {"action": "acknowledge", "by": nurse.pk}


@pytest.mark.parametrize("step", ["claim", "release", "wait"])
def test_only_saying_so_stops_the_pages(crisis, nurse, step):
    paged(crisis)
    services.claim(crisis.pk, by=nurse)
    if step == "release":
        services.release(crisis.pk, by=nurse)
    if step == "wait":
        services.wait(crisis.pk, until=timezone.localdate() + timedelta(days=7), by=nurse)

    paging.page_again(now=after(15))

    assert paged(crisis) == ON_CALL


def test_closing_stops_the_pages_also_when_it_is_reopened(crisis, nurse, colleague):
    services.close(crisis.pk, outcome="answered", by=nurse)
    services.confirm_close(crisis.pk, by=colleague)
    services.reopen(crisis.pk, by=colleague)

    repeated = paging.page_again(now=after(60))

    crisis.refresh_from_db()
    assert (repeated, crisis.acknowledged_by) == (0, nurse)


def test_acknowledging_twice_says_who_is_there_already(crisis, nurse, colleague):
    services.acknowledge(crisis.pk, by=nurse)

    with pytest.raises(services.Refused, match="Nora is already dealing with"):
        services.acknowledge(crisis.pk, by=colleague)


def test_a_plain_question_cannot_be_acknowledged(nurse):
    with pytest.raises(services.Refused, match="not urgent"):
        services.acknowledge(inquiry().pk, by=nurse)


def test_acknowledging_on_an_old_screen_is_refused_and_the_pages_go_on(crisis, nurse, colleague):
    services.claim(crisis.pk, by=colleague)

    with pytest.raises(services.Refused, match="changed while"):
        services.acknowledge(crisis.pk, by=nurse, seen=1)

    assert paging.page_again(now=after(15)) == 1


@pytest.mark.parametrize(
    "urgency, wrong",
    [
        ("crisis", {"acknowledged_at": START}),
        ("crisis", {"acknowledged_by": "nurse"}),
        ("routine", {"acknowledged_at": START, "acknowledged_by": "nurse"}),
    ],
)
def test_the_database_refuses_half_an_acknowledgement(nurse, urgency, wrong):
    kept = inquiry(message=CRISIS) if urgency == "crisis" else inquiry()
    wrong = {field: nurse if value == "nurse" else value for field, value in wrong.items()}

    with pytest.raises(DatabaseError), transaction.atomic():
        Inquiry.objects.filter(pk=kept.pk).update(**wrong)


# --- On the desk -----------------------------------------------------------------------------------------------------


def test_the_first_button_of_an_urgent_inquiry_says_that_one_is_dealing_with_it(desk, crisis):
    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[crisis.pk])).content)

    assert page.all("button", class_="desk-button")[0].words() == "I am dealing with this"
    assert "Nobody has said yet that they are dealing with this." in page.words()


def test_pressing_it_stops_the_pages_and_shows_who_is_dealing_with_it(desk, crisis):
    response = desk.post(address(crisis, "acknowledge"), {"acknowledge-seen": "1"}, follow=True)

    page = markup.read(response.content)
    assert "Nobody is paged about it any more." in page.words()
    assert "Nora, since" in page.one("dl", class_="desk-facts").words()
    assert "I am dealing with this" not in [button.words() for button in page.all("button")]
    assert paging.page_again(now=after(60)) == 0


def test_a_plain_question_offers_no_such_button(desk):
    kept = inquiry()

    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk])).content)

    assert "I am dealing with this" not in page.words()


def test_the_list_says_in_words_that_nobody_has_acknowledged_a_crisis(desk, crisis, nurse):
    before = markup.read(desk.get(LIST).content).one("table", id="result_list").words()
    services.acknowledge(crisis.pk, by=nurse)
    afterwards = markup.read(desk.get(LIST).content).one("table", id="result_list").words()

    assert "Crisis Not acknowledged" in before
    assert "Crisis" in afterwards
    assert "Not acknowledged" not in afterwards
