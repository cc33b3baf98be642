"""What the worker counts for the dashboard: by day, week and topic, exactly, and kept when inquiries are gone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import figures
from inquiries.figures import Measure
from inquiries.models import Figure, Inquiry, WorkerHeartbeat
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)  # a Wednesday, noon at the clinic
MONDAY = date(2026, 11, 16)


@pytest.fixture
def recent(db):
    """Counts, and gives what the dashboard would show."""

    def _recent(now: datetime = NOW) -> figures.Recent:
        figures.keep(now)
        return figures.recent(now, Practice.objects.current().zone)

    return _recent


def replied(minutes: float, received_at: datetime = NOW - timedelta(days=1), **said: Any) -> Inquiry:
    """An inquiry that got its first reply so many minutes after it came."""
    kept = inquiry(received_at=received_at, **said)
    Inquiry.objects.filter(pk=kept.pk).update(first_replied_at=received_at + timedelta(minutes=minutes))
    return kept


def minutes_of(figure: Figure | None) -> tuple[int, float, float]:
    assert figure is not None
    assert figure.median is not None
    assert figure.slow is not None
    return figure.counted, figure.median / 60, figure.slow / 60


def test_median_and_95th_percentile_are_those_worked_out_by_hand(recent):
    for minutes in (40, 10, 1000, 30, 20):
        replied(minutes)

    # In order: 10, 20, 30, 40, 1000. The third; and 0.95 of the way along four gaps: 40 + 0.8 x 960.
    assert minutes_of(recent().season(Measure.REPLIED)) == (5, 30, 808)


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle(recent):
    for minutes in (10, 40):
        replied(minutes)

    assert minutes_of(recent().season(Measure.REPLIED))[1] == 25


def test_a_reply_belongs_to_the_week_in_which_it_was_given(recent):
    replied(60, received_at=datetime(2026, 11, 16, 4, 30, tzinfo=UTC))  # Sunday 23:30 at the clinic, answered on Monday
    replied(20, received_at=datetime(2026, 11, 16, 4, 30, tzinfo=UTC))  # answered on Sunday

    weeks = recent().weeks(Measure.REPLIED)

    assert [minutes_of(figure)[:2] for figure in weeks[-2:]] == [(1, 20), (1, 60)]


def test_each_topic_has_figures_of_its_own(recent):
    replied(10, topic="treatment")
    replied(30, topic="billing")
    replied(50, topic="billing")

    found = recent()

    assert minutes_of(found.season(Measure.REPLIED, "billing"))[:2] == (2, 40)
    assert minutes_of(found.weeks(Measure.REPLIED, "treatment")[-1])[:2] == (1, 10)
    assert found.season(Measure.REPLIED, "referral") is None


def test_what_was_replied_more_than_twelve_weeks_ago_is_in_no_figure_that_is_shown(recent):
    replied(10, received_at=NOW - timedelta(weeks=13))

    found = recent()

    assert found.season(Measure.REPLIED) is None
    assert found.weeks(Measure.REPLIED) == [None] * 12


def test_an_inquiry_is_counted_on_the_clinics_day_not_on_that_of_utc(recent):
    inquiry(received_at=datetime(2026, 11, 18, 4, tzinfo=UTC))  # Tuesday, 11 pm
    inquiry(received_at=datetime(2026, 11, 18, 6, tzinfo=UTC))

    assert recent().days[-2:] == [(date(2026, 11, 17), 1), (date(2026, 11, 18), 1)]


def test_only_the_acknowledging_of_what_is_urgent_is_timed(recent, nurse):
    crisis = inquiry(message="I do not want to be alive anymore.", received_at=NOW - timedelta(hours=1))
    done = {"acknowledged_at": NOW - timedelta(minutes=52), "acknowledged_by": nurse}
    Inquiry.objects.filter(pk=crisis.pk).update(**done)
    inquiry(received_at=NOW - timedelta(hours=1))

    assert minutes_of(recent().season(Measure.ACKNOWLEDGED))[:2] == (1, 8)


def test_a_clock_that_was_set_back_stops_no_counting(recent):
    replied(-5)

    assert minutes_of(recent().season(Measure.REPLIED)) == (1, 0, 0)


def test_an_empty_database_has_no_figures_and_thirty_days_of_nothing(recent):
    found = recent()

    assert found.season(Measure.REPLIED) is None
    assert [number for _, number in found.days] == [0] * 30


def test_counting_again_changes_nothing_that_has_not_changed(recent):
    for minutes in (10, 40):
        replied(minutes)
    recent()
    before = list(Figure.objects.order_by("pk").values_list("measure", "span", "begins", "topic", "counted", "median"))

    recent(NOW + figures.PAUSE)

    assert sorted(before) == sorted(
        Figure.objects.values_list("measure", "span", "begins", "topic", "counted", "median")
    )


def test_figures_are_counted_again_only_after_a_pause():
    WorkerHeartbeat.objects.create(beat_at=NOW)

    counted = [figures.keep(NOW + later) for later in (timedelta(), figures.PAUSE / 2, figures.PAUSE)]

    assert counted == [True, False, True]


def test_whoever_is_in_a_hurry_waits_for_no_pause():
    WorkerHeartbeat.objects.create(beat_at=NOW)
    figures.keep(NOW)

    figures.hurry(NOW)

    assert figures.keep(NOW)


def test_a_count_outlives_the_inquiries_it_counted(recent):
    WorkerHeartbeat.objects.create(beat_at=NOW)
    long_ago = NOW - timedelta(weeks=30)
    replied(10, received_at=long_ago, sample=True)
    recent()

    Inquiry.objects.all().delete()
    recent(NOW + figures.PAUSE)

    kept = Figure.objects.values_list("measure", "span", "topic", "counted").order_by("measure", "topic")
    assert list(kept) == [
        ("received", "day", "", 1),
        ("received", "day", "treatment", 1),
        ("replied", "week", "", 1),
        ("replied", "week", "treatment", 1),
    ]


def test_weeks_that_passed_while_no_worker_ran_are_counted_when_one_runs_again(recent):
    WorkerHeartbeat.objects.create(beat_at=NOW, counted_at=NOW - timedelta(weeks=40))
    replied(10, received_at=NOW - timedelta(weeks=30))

    recent()

    assert Figure.objects.filter(measure=Measure.REPLIED, topic="").count() == 1


def test_the_worker_keeps_the_figures():
    from inquiries.management.commands.worker import work_one_round

    inquiry(received_at=timezone.now() - timedelta(days=1))

    work_one_round(lambda: True)

    assert Figure.objects.filter(measure=Measure.RECEIVED, topic="").count() == 1
