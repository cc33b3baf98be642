"""Who gets which inquiry: claiming the next one, giving back, and doing the same to many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Email

from clinic.staff.models import StaffUser
from inquiries import bulk, outbox, queue, services
from inquiries.management.commands import worker
from inquiries.models import Inquiry
from tests.factories import inquiry, staff

CRISIS = "I do not want to be alive anymore."


def quarantined(**changes: object) -> Inquiry:
    """One that was taken for spam; no email about it exists."""
    kept = inquiry(**changes)
    Email.objects.filter(notice__inquiry=kept).delete()
    Inquiry.objects.filter(pk=kept.pk).update(status="quarantined")
    kept.refresh_from_db()
    return kept


def chosen(*inquiries: Inquiry) -> list[tuple[int, int]]:
    return [(kept.pk, kept.version) for kept in inquiries]


# --- Claim next -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_people_who_claim_the_next_of_a_hundred_at_once_never_get_the_same():
    people = [staff(f"nurse{number}@example.org") for number in range(20)]
    kept = {inquiry().pk for _ in range(100)}
    together = Barrier(len(people))

    def take_five(person):
        together.wait()
        try:
            return [taken.pk for _ in range(5) if (taken := queue.claim_next(by=person))]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        claimed = [pk for taken in threads.map(take_five, people) for pk in taken]

    assert len(claimed) == 100
    assert set(claimed) == kept
    assert Inquiry.objects.filter(status="open", version=2).count() == 100


@pytest.mark.django_db
def test_claim_next_takes_a_crisis_first_then_what_is_overdue_then_what_is_due_soonest(nurse):
    now = timezone.now()
    later, overdue, soon = (inquiry(received_at=now - timedelta(days=days)) for days in (0, 9, 1))
    crisis = inquiry(message=CRISIS)

    taken = [queue.claim_next(by=nurse) for _ in range(5)]

    assert taken == [crisis, overdue, soon, later, None]


@pytest.mark.django_db
def test_claim_next_leaves_alone_what_has_an_owner_waits_is_held_as_spam_or_is_done(nurse, colleague):
    hers, waiting, done = inquiry(), inquiry(), inquiry()
    quarantined()
    for kept in (hers, waiting):
        services.claim(kept.pk, by=colleague)
    services.wait(waiting.pk, until=timezone.localdate() + timedelta(days=7), by=colleague)
    services.close(done.pk, outcome="answered", by=colleague)

    assert queue.claim_next(by=nurse) is None


@pytest.mark.django_db
def test_somebody_who_is_away_cannot_claim_the_next(nurse):
    nurse.is_away = True
    inquiry()

    with pytest.raises(services.Refused, match="away"):
        queue.claim_next(by=nurse)


@pytest.mark.django_db
def test_what_is_released_keeps_its_place_in_the_queue(nurse, colleague):
    oldest = inquiry(received_at=timezone.now() - timedelta(days=2))
    inquiry()
    due_at = oldest.due_at
    taken = queue.claim_next(by=nurse)
    assert taken is not None
    services.release(taken.pk, by=nurse)

    again = queue.claim_next(by=colleague)

    assert again == oldest
    assert again.due_at == due_at


# --- Owners who are gone ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [{"is_active": False}, {"is_away": True}])
def test_the_worker_returns_the_open_inquiries_of_somebody_who_is_gone(nurse, colleague, gone):
    hers, waiting, ours = inquiry(), inquiry(), inquiry()
    for kept, owner in ((hers, colleague), (waiting, colleague), (ours, nurse)):
        services.claim(kept.pk, by=owner)
    services.wait(waiting.pk, until=timezone.localdate() + timedelta(days=7), by=colleague)
    type(colleague).objects.filter(pk=colleague.pk).update(**gone)
    due_at = hers.due_at

    worker.work_one_round(lambda: True)

    stands = dict(Inquiry.objects.values_list("pk", "status"))
    assert stands == {hers.pk: "new", waiting.pk: "waiting", ours.pk: "open"}
    hers.refresh_from_db()
    assert (hers.owner, hers.due_at, hers.last_event, hers.version) == (None, due_at, "give_back", 3)


@pytest.mark.django_db
def test_what_waited_for_the_patient_of_somebody_who_is_gone_returns_when_its_day_comes(nurse):
    waiting = inquiry()
    services.claim(waiting.pk, by=nurse)
    services.wait(waiting.pk, until=timezone.localdate() + timedelta(days=7), by=nurse)
    type(nurse).objects.filter(pk=nurse.pk).update(is_active=False)

    services.resume_waiting(today=timezone.localdate() + timedelta(days=7))
    queue.give_back_from_absent()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.owner) == ("new", None)


@pytest.mark.django_db
def test_giving_back_says_in_the_history_who_did_it(nurse, colleague):
    hers = inquiry()
    services.claim(hers.pk, by=colleague)

    number = queue.give_back(colleague, by=nurse)

    told = hers.events.order_by("-pgh_id").values_list("pgh_context__metadata", flat=True).first()
    assert number == 1
    assert told == {"action": "give_back", "by": nurse.pk}


# --- Many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_has_changed_since_it_was_chosen_is_left_alone_and_said(nurse, colleague):
    first, second = quarantined(), quarantined()
    seen = chosen(first, second)
    services.close(second.pk, outcome="spam", by=colleague)

    result = bulk.do("accept", seen, by=nurse)

    assert result.changed == [(first.pk, 2)]
    assert len(result.refused) == 1
    assert second.reference in result.refused[0]


@pytest.mark.django_db
def test_what_stands_on_the_desk_is_not_closed_as_spam_by_a_made_up_choice(nurse):
    kept = inquiry()

    result = bulk.do("spam", chosen(kept), by=nurse)

    assert result.changed == []
    assert kept.reference in result.refused[0]


@pytest.mark.django_db
@pytest.mark.parametrize("deed", bulk.DEEDS)
def test_undo_puts_back_every_field_as_it_was(nurse, colleague, deed):
    kept = quarantined() if deed != "reopen" else inquiry()
    if deed == "reopen":
        services.claim(kept.pk, by=colleague)
        services.close(kept.pk, outcome="booked", by=colleague)
        kept.refresh_from_db()
    else:
        services.accept(kept.pk, by=colleague)  # so that there is a history of how it stood
        bulk.undo([(kept.pk, 2)], by=colleague)
        kept.refresh_from_db()
    before = {name: getattr(kept, name) for name in bulk.RESTORED}
    changed = bulk.do(deed, chosen(kept), by=nurse).changed

    result = bulk.undo(changed, by=nurse)

    kept.refresh_from_db()
    assert result.refused == []
    assert {name: getattr(kept, name) for name in bulk.RESTORED} == before
    assert kept.last_event == "undo"


@pytest.mark.django_db
def test_undo_leaves_alone_what_somebody_has_changed_since(nurse, colleague):
    kept = inquiry()
    services.close(kept.pk, outcome="booked", by=colleague)
    kept.refresh_from_db()
    changed = bulk.do("reopen", chosen(kept), by=nurse).changed
    services.release(kept.pk, by=colleague)

    result = bulk.undo(changed, by=nurse)

    kept.refresh_from_db()
    assert len(result.refused) == 1
    assert (kept.status, kept.last_event) == ("new", "release")


@pytest.mark.django_db
def test_the_receipt_of_what_is_held_as_spam_again_does_not_go_out(nurse):
    kept = quarantined()

    bulk.undo(bulk.do("accept", chosen(kept), by=nurse).changed, by=nurse)

    assert list(Email.objects.values_list("status", flat=True)) == [outbox.WITHDRAWN]


@pytest.mark.django_db
def test_what_is_moved_to_the_desk_twice_gets_one_receipt(nurse):
    kept = quarantined()
    bulk.undo(bulk.do("accept", chosen(kept), by=nurse).changed, by=nurse)
    kept.refresh_from_db()

    result = bulk.do("accept", chosen(kept), by=nurse)

    assert result.refused == []
    assert list(Email.objects.values_list("status", flat=True)) == [STATUS.queued]


def test_more_than_a_hundred_at_once_are_refused():
    with pytest.raises(ValueError, match="100"):
        bulk.undo([(number, 1) for number in range(101)], by=StaffUser())
