"""Moving an inquiry on: what is allowed, and what the services and the database each refuse."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from inquiries import services
from inquiries.models import Inquiry, Status
from inquiries.models.inquiry import STEPS
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
