"""Retention: what is over its time goes at night, whole ones only; what is not, or is held, stays."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import privacy, retention, rights, services
from inquiries.management.commands import worker
from inquiries.models import Figure, Inquiry, Status, WorkerHeartbeat
from tests import factories

pytestmark = pytest.mark.django_db

# 12:30 at night in New York, where the clinic of the tests is.
NIGHT = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _night(monkeypatch):
    """It is half past midnight, and the worker was at work yesterday."""
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    WorkerHeartbeat.objects.create(beat_at=NIGHT, expired_on=date(2026, 11, 20))


def kept(
    monkeypatch, nurse, *, months: int = 0, days: int = 0, status: str = "done", message: str = "Hello"
) -> Inquiry:
    """An inquiry that came to where it stands so long ago, at noon."""
    then = datetime.combine(retention.months_before(date(2026, 11, 21), months), datetime.min.time(), UTC)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: then - timedelta(days=days) + timedelta(hours=17))
        inquiry = factories.inquiry(message=message)
        # The field's own default asks the real clock.
        Inquiry.objects.filter(pk=inquiry.pk).update(last_event_at=timezone.now())
        match status:
            case "done":
                services.close(inquiry.pk, outcome="answered", by=nurse)
            case "open":
                services.claim(inquiry.pk, by=nurse)
            case "quarantined":
                Inquiry.objects.filter(pk=inquiry.pk).update(status=status)
    return Inquiry.objects.get(pk=inquiry.pk)


def is_erased(inquiry: Inquiry) -> bool:
    return Inquiry.objects.get(pk=inquiry.pk).is_erased


def preview() -> str:
    out = StringIO()
    call_command("retention", "--preview", stdout=out)
    return out.getvalue()


# --- When its time is over --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "goes"),
    [
        ({"status": "done", "months": 24, "days": 1}, True),
        ({"status": "done", "months": 24}, False),
        ({"status": "open", "months": 24, "days": 1}, True),
        ({"status": "open", "months": 24}, False),
        ({"status": "new", "months": 25}, True),
        ({"status": "quarantined", "days": 31}, True),
        ({"status": "quarantined", "days": 30}, False),
        ({"status": "new", "days": 31}, False),
    ],
)
def test_what_is_over_its_time_goes_and_what_is_not_stays(nurse, monkeypatch, of, goes):
    inquiry = kept(monkeypatch, nurse, **of)

    retention.keep_to_periods()

    assert is_erased(inquiry) is goes


def test_it_goes_without_a_person_who_did_it(nurse, monkeypatch):
    inquiry = kept(monkeypatch, nurse, months=25, status="new")

    retention.keep_to_periods()

    *_, last = inquiry.events.order_by("pgh_id")
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.outcome, inquiry.closed_by, inquiry.erased_by) == (Status.DONE, "", None, None)
    assert last.pgh_context.metadata == {"action": "expire"}


def test_an_urgent_one_stays_until_somebody_has_closed_it(nurse, monkeypatch):
    inquiry = kept(monkeypatch, nurse, months=60, status="new", message="I want to die.")

    retention.keep_to_periods()

    assert not is_erased(inquiry)


def test_a_legal_hold_keeps_it_and_the_next_night_after_the_hold_it_goes(nurse, monkeypatch):
    inquiry = kept(monkeypatch, nurse, months=25)
    services.hold(inquiry.pk, reason="A letter from a court", by=nurse)
    retention.keep_to_periods()
    held = is_erased(inquiry)

    services.lift_hold(inquiry.pk, reason="It is over", by=nurse)
    WorkerHeartbeat.objects.update(expired_on=date(2026, 11, 20))
    retention.keep_to_periods()

    assert (held, is_erased(inquiry)) == (False, True)


def test_one_that_the_patient_brought_back_is_counted_from_then_on(nurse, monkeypatch):
    inquiry = kept(monkeypatch, nurse, months=30)
    services.patient_writes(inquiry.pk, text="Which doors are open?", submission_key=uuid.uuid4())

    retention.keep_to_periods()

    assert not is_erased(inquiry)


@pytest.mark.parametrize("field", ["keep_quarantined_days", "keep_closed_months", "keep_unanswered_months"])
def test_an_empty_period_means_for_ever(nurse, monkeypatch, field):
    statuses = {"keep_quarantined_days": "quarantined", "keep_closed_months": "done", "keep_unanswered_months": "new"}
    Practice.objects.update(**{field: None})
    inquiry = kept(monkeypatch, nurse, months=300, status=statuses[field])

    retention.keep_to_periods()

    assert not is_erased(inquiry)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 21), 24, date(2024, 11, 21)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 13, date(2023, 2, 28)),
        (date(2026, 12, 5), 12, date(2025, 12, 5)),
    ],
)
def test_months_are_counted_on_the_calendar(day, months, before):
    assert retention.months_before(day, months) == before


# --- The night --------------------------------------------------------------------------------------------------------


def test_it_is_done_once_a_day_after_midnight_at_the_clinic(nurse, monkeypatch):
    retention.keep_to_periods()
    late = kept(monkeypatch, nurse, months=25)
    evening = NIGHT + timedelta(hours=23)  # 11:30 pm, and the next day in London

    monkeypatch.setattr(timezone, "now", lambda: evening)
    same_day = (retention.keep_to_periods(), is_erased(late))
    monkeypatch.setattr(timezone, "now", lambda: evening + timedelta(hours=1))
    next_day = (retention.keep_to_periods(), is_erased(late))

    assert (same_day, next_day) == ((0, False), (1, True))


def test_a_site_that_was_just_updated_erases_nothing_before_its_first_midnight(nurse, monkeypatch):
    WorkerHeartbeat.objects.update(expired_on=None)
    inquiry = kept(monkeypatch, nurse, months=25)

    assert retention.keep_to_periods() == 0

    assert not is_erased(inquiry)


def test_a_worker_that_has_no_more_time_goes_on_in_the_next_round(nurse, monkeypatch):
    for _ in range(3):
        kept(monkeypatch, nurse, months=25)
    ticks = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))  # each look at the clock is a second later

    rounds = [retention.keep_to_periods() for _ in range(3)]

    assert (rounds, Inquiry.objects.filter(erased_at=None).count()) == ([2, 1, 0], 0)


def test_a_worker_that_is_killed_leaves_whole_ones_and_the_next_round_goes_on(nurse, monkeypatch):
    first, second = kept(monkeypatch, nurse, months=26), kept(monkeypatch, nurse, months=25)
    wiped, wipe = [], privacy.wipe

    def die_at_the_second(inquiry: Inquiry) -> None:
        wipe(inquiry)
        wiped.append(inquiry)
        if len(wiped) == 2:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(privacy, "wipe", die_at_the_second)
        with pytest.raises(SystemExit):
            retention.keep_to_periods()
    halfway = [is_erased(first), is_erased(second), second.notices.count()]

    assert (halfway, retention.keep_to_periods(), is_erased(second)) == ([True, False, 2], 1, True)


def test_finding_what_was_closed_for_too_long_reads_an_index_and_nothing_that_was_erased_before():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")  # as where there are very many
        plan = retention.over(date(2026, 11, 21), Practice.objects.current())["Closed"].explain()

    assert "inquiry_to_erase" in plan


@pytest.mark.parametrize("why", [services.Refused("An email is on its way."), ValueError("a fault of ours")])
def test_one_that_cannot_go_tonight_does_not_keep_the_others(nurse, monkeypatch, why):
    first, second = kept(monkeypatch, nurse, months=26), kept(monkeypatch, nurse, months=25)

    def at_rest(inquiry):
        if inquiry.pk == first.pk:
            raise why

    monkeypatch.setattr(rights, "_require_at_rest", at_rest)

    retention.keep_to_periods()

    assert (is_erased(first), is_erased(second)) == (False, True)


def test_the_worker_counts_before_it_erases_and_figures_stay(nurse, monkeypatch):
    kept(monkeypatch, nurse, months=25)

    worker.work_one_round()

    assert Inquiry.objects.filter(erased_at=None).count() == 0
    assert Figure.objects.filter(measure="received", counted=1).exists()


# --- The preview ------------------------------------------------------------------------------------------------------


def test_the_preview_lists_what_the_next_night_will_erase_and_erases_nothing(nurse, monkeypatch):
    retention.keep_to_periods()
    tomorrow, later = kept(monkeypatch, nurse, months=24), kept(monkeypatch, nurse, months=23)
    held = kept(monkeypatch, nurse, months=26)
    services.hold(held.pk, reason="A letter from a court", by=nurse)

    said = preview()

    assert f"Closed: 1\n  {tomorrow.reference}\n" in said
    assert f"Closed, kept by a legal hold: 1\n  {held.reference}\n" in said
    assert later.reference not in said
    assert not Inquiry.objects.exclude(erased_at=None).exists()
    assert tomorrow.name not in said


def test_what_the_preview_lists_is_what_goes(nurse, monkeypatch):
    retention.keep_to_periods()
    for status, days in (("done", 0), ("open", 0), ("quarantined", 1), ("new", 40)):
        kept(monkeypatch, nurse, months=24, days=days, status=status)
        kept(monkeypatch, nurse, days=29, status=status)
    said = preview()

    monkeypatch.setattr(timezone, "now", lambda: NIGHT + timedelta(days=1))
    retention.keep_to_periods()

    gone = Inquiry.objects.exclude(erased_at=None).values_list("reference", flat=True)
    assert {line.strip() for line in said.splitlines() if line.startswith("  ")} == set(gone)
    assert len(gone) == 4


def test_the_command_does_nothing_without_being_told_to_preview():
    with pytest.raises(CommandError, match="--preview"):
        call_command("retention")
