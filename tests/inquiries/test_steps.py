"""Moving an inquiry on: what is allowed, and what the services and the database each refuse."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from inquiries import services
from inquiries.models import Inquiry, Status
from inquiries.models.choices import STEPS
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

NEXT_WEEK = timezone.localdate() + timedelta(days=7)


def in_status(status: str, by) -> Inquiry:
    """An inquiry that stands where `status` says, with what that status needs."""
    kept = inquiry()
    if status in ("open", "waiting"):
        services.claim(kept.pk, by=by)
    if status == "waiting":
        services.wait(kept.pk, until=NEXT_WEEK, by=by)
    if status == "done":
        services.close(kept.pk, outcome="answered", by=by)
    kept.refresh_from_db()
    return kept


def test_claiming_takes_an_inquiry_for_the_person_who_asked(nurse):
    kept = services.claim(inquiry().pk, by=nurse)

    kept.refresh_from_db()
    assert (kept.status, kept.owner) == ("open", nurse)


def test_a_claimed_inquiry_cannot_be_claimed_by_somebody_else(nurse, colleague):
    kept = in_status("open", nurse)

    with pytest.raises(services.Refused, match="Nora"):
        services.claim(kept.pk, by=colleague)


@pytest.mark.parametrize(("status", "service"), [("new", services.claim), ("done", services.reopen)])
def test_a_person_who_is_away_takes_nothing(nurse, status, service):
    kept = in_status(status, nurse)
    nurse.is_away = True

    with pytest.raises(services.Refused, match="away"):
        service(kept.pk, by=nurse)


@pytest.mark.parametrize(("outcome", "replied"), [("answered", True), ("booked", True), ("spam", False)])
def test_closing_counts_as_the_first_reply_when_it_says_that_there_was_one(nurse, outcome, replied):
    kept = in_status("open", nurse)

    kept = services.close(kept.pk, outcome=outcome, by=nurse)

    assert (kept.first_replied_at == kept.closed_at) is replied


@pytest.mark.parametrize("status", ["new", "waiting", "done"])
def test_only_an_open_inquiry_can_be_set_to_wait(nurse, status):
    kept = in_status(status, nurse)

    with pytest.raises(services.Refused):
        services.wait(kept.pk, until=NEXT_WEEK, by=nurse)


def test_waiting_until_a_day_that_is_over_is_refused(nurse):
    kept = in_status("open", nurse)

    with pytest.raises(services.Refused, match="after today"):
        services.wait(kept.pk, until=timezone.localdate() - timedelta(days=1), by=nurse)


@pytest.mark.parametrize("status", ["new", "done"])
def test_only_an_inquiry_in_hand_can_be_released(nurse, status):
    kept = in_status(status, nurse)

    with pytest.raises(services.Refused):
        services.release(kept.pk, by=nurse)


def test_a_released_inquiry_keeps_its_due_time(nurse):
    kept = in_status("open", nurse)

    released = services.release(kept.pk, by=nurse)

    assert (released.status, released.owner, released.due_at) == ("new", None, kept.due_at)


def test_a_closed_inquiry_cannot_be_closed_again(nurse):
    kept = in_status("done", nurse)

    with pytest.raises(services.Refused):
        services.close(kept.pk, outcome="answered", by=nurse)


def test_closing_needs_an_outcome(nurse):
    kept = in_status("open", nurse)

    with pytest.raises(services.Refused, match="how"):
        services.close(kept.pk, outcome="", by=nurse)


# --- Giving to somebody -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status, then", [("new", "open"), ("open", "open"), ("waiting", "waiting")])
def test_an_inquiry_is_given_to_a_colleague(nurse, colleague, status, then):
    kept = in_status(status, nurse)

    given = services.assign(kept.pk, to=colleague, by=nurse)

    assert (given.owner, given.status, given.due_at) == (colleague, then, kept.due_at)


def test_a_closed_inquiry_is_given_to_nobody(nurse, colleague):
    kept = in_status("done", nurse)

    with pytest.raises(services.Refused):
        services.assign(kept.pk, to=colleague, by=nurse)


@pytest.mark.parametrize(
    "unable", [{"is_active": False}, {"is_away": True}, {"is_staff": False}, {"is_superuser": False}]
)
def test_an_inquiry_is_not_given_to_somebody_who_cannot_act_on_it(nurse, colleague, unable):
    kept = inquiry()
    type(colleague).objects.filter(pk=colleague.pk).update(**unable)
    colleague.refresh_from_db()

    with pytest.raises(services.Refused, match="Carlos cannot take"):
        services.assign(kept.pk, to=colleague, by=nurse)


# --- A second person --------------------------------------------------------------------------------------------------

CRISIS = "I do not want to be alive anymore."


def test_closing_a_crisis_only_asks_until_a_second_person_confirms(nurse, colleague):
    kept = inquiry(message=CRISIS)

    asked = services.close(kept.pk, outcome="answered", by=nurse)
    stood = (asked.status, asked.closing_outcome, asked.closing_asked_by)
    closed = services.confirm_close(kept.pk, by=colleague)

    assert stood == ("new", "answered", nurse)
    assert (closed.status, closed.outcome, closed.closed_by, closed.closing_outcome) == (
        "done",
        "answered",
        colleague,
        "",
    )


def test_whoever_asks_to_close_a_crisis_cannot_confirm_it(nurse, colleague):
    kept = inquiry(message=CRISIS)
    services.close(kept.pk, outcome="answered", by=nurse)

    with pytest.raises(services.Refused, match="somebody else"):
        services.confirm_close(kept.pk, by=nurse)

    kept.refresh_from_db()
    assert kept.status == "new"


def test_a_crisis_stays_open_when_the_second_person_declines(nurse, colleague):
    kept = inquiry(message=CRISIS)
    services.claim(kept.pk, by=nurse)
    services.close(kept.pk, outcome="answered", by=nurse)

    declined = services.decline_close(kept.pk, by=colleague)

    assert (declined.status, declined.owner, declined.closing_outcome) == ("open", nurse, "")


def test_nobody_is_paged_while_a_closing_waits_for_the_second_person(nurse, colleague):
    kept = services.close(inquiry(message=CRISIS).pk, outcome="answered", by=nurse)

    assert (kept.acknowledged_by, kept.is_unacknowledged) == (nurse, False)


def test_a_closing_that_is_asked_for_is_not_asked_for_again(nurse, colleague):
    kept = services.close(inquiry(message=CRISIS).pk, outcome="answered", by=nurse)

    with pytest.raises(services.Refused, match="Nora has asked"):
        services.close(kept.pk, outcome="spam", by=colleague)


@pytest.mark.parametrize("service", [services.confirm_close, services.decline_close])
def test_a_closing_that_nobody_asked_for_can_be_neither_confirmed_nor_declined(nurse, service):
    kept = inquiry(message=CRISIS)

    with pytest.raises(services.Refused, match="Nobody asks"):
        service(kept.pk, by=nurse)


def test_one_person_closes_a_crisis_alone_when_nobody_else_could_confirm_and_history_says_so(nurse, colleague):
    type(colleague).objects.filter(pk=colleague.pk).update(is_active=False)

    kept = services.close(inquiry(message=CRISIS).pk, outcome="answered", by=nurse)

    last = kept.events.order_by("pgh_id").last()
    assert (kept.status, kept.last_event) == ("done", "close_alone")
    assert last.pgh_context.metadata == {"action": "close_alone", "by": nurse.pk}


def test_a_routine_inquiry_is_closed_by_one_person(nurse, colleague):
    kept = services.close(inquiry().pk, outcome="answered", by=nurse)

    assert (kept.status, kept.last_event) == ("done", "close")


# --- Notes, calls and drafts ------------------------------------------------------------------------------------------


def test_a_note_is_kept_with_its_author_and_counts_as_a_change(nurse):
    kept = services.note(inquiry().pk, text="Asked the\r\npharmacist.", by=nurse, seen=1)

    entry = kept.entries.get()
    assert (entry.kind, entry.text, entry.author) == ("note", "Asked the\npharmacist.", nurse)
    assert (kept.version, kept.last_event) == (2, "note")


def test_a_note_without_words_is_refused(nurse):
    with pytest.raises(services.Refused, match="Write the note"):
        services.note(inquiry().pk, text=" \n", by=nurse)


@pytest.mark.parametrize("call, replied", [("reached", True), ("voicemail", False), ("no_answer", False)])
def test_only_a_call_that_reached_the_person_is_a_reply(nurse, call, replied):
    kept = services.log_call(inquiry().pk, call=call, by=nurse)

    assert (kept.first_replied_at is not None) == replied


def test_the_first_reply_stays_the_first(nurse):
    first = services.log_call(inquiry().pk, call="reached", by=nurse)

    second = services.log_call(first.pk, call="reached", by=nurse)

    assert second.first_replied_at == first.first_replied_at


def test_a_call_without_a_known_end_is_refused(nurse):
    with pytest.raises(services.Refused, match="how the call went"):
        services.log_call(inquiry().pk, call="hung up", by=nurse)


@pytest.mark.parametrize("write", [{"text": "Seen."}, {"call": "reached"}])
def test_a_note_or_a_call_on_an_old_screen_is_refused(nurse, colleague, write):
    kept = services.claim(inquiry().pk, by=colleague)
    service = services.log_call if "call" in write else services.note

    with pytest.raises(services.Stale):
        service(kept.pk, by=nurse, seen=1, **write)

    assert not kept.entries.exists()


def test_history_holds_the_number_of_a_note_and_not_its_words(nurse):
    kept = services.note(inquiry().pk, text="Marmalade", by=nurse)

    last = kept.events.order_by("pgh_id").last()
    assert last.pgh_context.metadata == {"action": "note", "by": nurse.pk, "entry": kept.entries.get().pk}


@pytest.mark.parametrize("status", ["new", "open", "waiting"])
def test_only_a_closed_inquiry_can_be_reopened(nurse, status):
    kept = in_status(status, nurse)

    with pytest.raises(services.Refused):
        services.reopen(kept.pk, by=nurse)


def test_a_reopened_inquiry_belongs_to_whoever_reopened_it_and_is_due_again(nurse, colleague):
    kept = inquiry(received_at=timezone.now() - timedelta(days=30))
    services.close(kept.pk, outcome="answered", by=nurse)

    reopened = services.reopen(kept.pk, by=colleague)

    assert (reopened.status, reopened.owner, reopened.outcome) == ("open", colleague, "")
    assert reopened.due_at > timezone.now()


@pytest.mark.parametrize("status", ["new", "open", "waiting", "done"])
def test_only_a_quarantined_inquiry_can_be_accepted(nurse, status):
    kept = in_status(status, nurse)

    with pytest.raises(services.Refused):
        services.accept(kept.pk, by=nurse)


def test_a_change_made_on_an_old_screen_is_refused(nurse, colleague):
    kept = inquiry()
    services.claim(kept.pk, by=colleague, seen=1)

    with pytest.raises(services.Refused, match="changed while"):
        services.close(kept.pk, outcome="answered", by=nurse, seen=1)


def test_a_refused_change_leaves_everything_as_it_was(nurse, colleague):
    kept = in_status("open", nurse)

    with pytest.raises(services.Refused):
        services.claim(kept.pk, by=colleague)

    kept_now = Inquiry.objects.get(pk=kept.pk)
    assert (kept_now.owner, kept_now.version) == (nurse, kept.version)


def test_an_inquiry_comes_back_to_its_owner_on_the_day_it_waited_for(nurse):
    kept = in_status("waiting", nurse)

    resumed = services.resume_waiting(today=NEXT_WEEK)

    kept.refresh_from_db()
    assert (resumed, kept.status, kept.owner) == (1, "open", nurse)


def test_every_change_says_in_history_who_made_it(nurse):
    kept = in_status("open", nurse)

    last = kept.events.order_by("pgh_id").last()

    assert last.status == "open"
    assert last.pgh_context.metadata == {"action": "claim", "by": nurse.pk}


FORBIDDEN = [
    step
    for step in product(["new", "open", "waiting", "done"], Status.values)
    if len(set(step)) == 2 and step not in STEPS
]


@pytest.mark.parametrize("before, after", FORBIDDEN)
def test_the_database_refuses_a_step_that_is_not_allowed(nurse, before, after):
    kept = in_status(before, nurse)
    fitting = {
        "owner": None if after in ("new", "quarantined") else nurse,
        "waiting_until": NEXT_WEEK if after == "waiting" else None,
        "outcome": "answered" if after == "done" else "",
        "closed_at": timezone.now() if after == "done" else None,
        "closed_by": nurse if after == "done" else None,
    }

    with pytest.raises(DatabaseError, match=r"[Tt]ransition"), transaction.atomic():
        Inquiry.objects.filter(pk=kept.pk).update(status=after, **fitting)


@pytest.mark.parametrize(
    "status, wrong",
    [
        ("open", {"owner": None}),
        ("new", {"owner": "nurse"}),
        ("open", {"waiting_until": NEXT_WEEK}),
        ("waiting", {"waiting_until": None}),
        ("done", {"outcome": ""}),
        ("done", {"closed_by": None}),
        ("open", {"outcome": "answered"}),
        ("new", {"status": "forgotten"}),
        ("new", {"urgency": "low risk"}),
        ("new", {"topic": "gossip"}),
        ("new", {"message": ""}),
        ("new", {"name": ""}),
        ("new", {"email": ""}),
        ("new", {"due_at": "2001-01-01T00:00Z"}),
        ("new", {"reference": "ILLEGAL0"}),
        ("new", {"reference": "3333CCCC"}),
        ("new", {"received_at": "2001-01-01T00:00Z"}),
    ],
)
def test_the_database_refuses_what_can_never_be_true(nurse, status, wrong):
    kept = in_status(status, nurse)
    wrong = {field: nurse if value == "nurse" else value for field, value in wrong.items()}

    with pytest.raises(DatabaseError), transaction.atomic():
        Inquiry.objects.filter(pk=kept.pk).update(**wrong)


def test_the_database_refuses_to_delete_an_inquiry():
    kept = inquiry()

    with pytest.raises(DatabaseError), transaction.atomic():
        Inquiry.objects.filter(pk=kept.pk)._raw_delete("default")


def test_a_sample_can_be_deleted():
    kept = inquiry(sample=True)

    kept.notices.all().delete()
    kept.findings.all().delete()
    Inquiry.objects.filter(pk=kept.pk)._raw_delete("default")

    assert not Inquiry.objects.exists()


def test_history_cannot_be_rewritten():
    kept = inquiry()

    with pytest.raises(DatabaseError), transaction.atomic():
        kept.events.update(status="done")


def test_an_account_that_handled_an_inquiry_cannot_be_deleted(nurse):
    in_status("open", nurse)

    with pytest.raises(DatabaseError):
        nurse.delete()
