"""The promised reply time: counted in opening time, said in words a person reads."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.practice import clock
from clinic.practice.models import Closure, Practice

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """A wall-clock time at the clinic."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def promised(received: datetime, **facts) -> datetime:
    """The reply time as the clinic's wall clock shows it."""
    practice = Practice(**facts)
    return clock.due_at(practice, received, "routine").astimezone(practice.zone)


def test_a_question_in_the_morning_is_due_after_the_target_on_the_same_day():
    due = promised(at("2026-11-24 09:00"), reply_target_hours=2)

    assert due == at("2026-11-24 11:00")


def test_a_question_late_on_friday_is_due_on_monday():
    due = promised(at("2026-11-20 16:00"), reply_target_hours=8)

    assert due == at("2026-11-23 16:00")


def test_a_question_at_night_counts_from_the_next_opening():
    due = promised(at("2026-11-23 23:30"), reply_target_hours=2)

    assert due == at("2026-11-24 11:00")


def test_a_target_that_ends_at_closing_time_is_due_at_closing_time():
    due = promised(at("2026-11-23 09:00"), reply_target_hours=8)

    assert due == at("2026-11-23 17:00")


def test_a_lunch_break_does_not_count():
    due = promised(at("2026-11-24 11:00"), reply_target_hours=3, opening_hours="Mo-Fr 09:00-12:00,13:00-17:00")

    assert due == at("2026-11-24 15:00")


def test_thanksgiving_does_not_count():
    due = promised(at("2026-11-25 16:00"), reply_target_hours=2)

    assert due == at("2026-11-27 10:00")


def test_a_public_holiday_of_another_country_counts():
    due = promised(at("2026-11-25 16:00"), reply_target_hours=2, holidays_country="DE")

    assert due == at("2026-11-26 10:00")


def test_days_that_staff_entered_as_closed_do_not_count():
    practice = Practice.objects.current()
    practice.closures.create(first_day=date(2026, 12, 1), last_day=date(2026, 12, 3))

    due = clock.due_at(practice, at("2026-12-01 10:00"), "routine")

    assert due == at("2026-12-04 17:00")


def test_a_closure_that_is_over_changes_nothing():
    practice = Practice.objects.current()
    Closure.objects.create(first_day=date(2026, 11, 2), last_day=date(2026, 11, 6))

    due = clock.due_at(practice, at("2026-11-09 09:00"), "routine")

    assert due == at("2026-11-09 17:00")


def test_a_friday_night_shift_counts_into_saturday():
    due = promised(at("2026-11-20 21:00"), reply_target_hours=4, opening_hours="Fr 20:00-02:00")

    assert due == at("2026-11-21 01:00")


def test_the_hour_that_spring_skips_does_not_count():
    due = promised(at("2026-03-08 01:00"), reply_target_hours=2, opening_hours="24/7")

    assert due == at("2026-03-08 04:00")


def test_the_hour_that_autumn_repeats_counts_twice():
    due = promised(at("2026-11-01 00:00"), reply_target_hours=3, opening_hours="24/7")

    assert due == at("2026-11-01 02:00")


def test_hours_inside_the_repeated_hour_open_twice():
    # 01:15-01:45 is on the wall clock twice that night, so the hour is full at the end of the second time.
    due = clock.due_at(Practice(reply_target_hours=1, opening_hours="01:15-01:45"), at("2026-11-01 00:00"), "routine")

    assert due == datetime(2026, 11, 1, 6, 45, tzinfo=UTC)


def test_weekly_hours_keep_their_wall_clock_time_over_a_clock_change():
    due = promised(at("2026-10-30 16:00"), reply_target_hours=2)

    assert due == at("2026-11-02 10:00")


def test_the_time_zone_of_the_clinic_decides_not_the_one_of_the_server():
    due = promised(datetime(2026, 11, 24, 17, 0, tzinfo=UTC), reply_target_hours=1, timezone="Pacific/Honolulu")

    assert due == at("2026-11-24 10:00", ZoneInfo("Pacific/Honolulu"))


def test_seconds_are_rounded_up_to_the_minute_that_the_page_shows():
    due = promised(at("2026-11-24 09:00:01"), reply_target_hours=1)

    assert due == at("2026-11-24 10:01")


def test_seconds_before_closing_are_not_lost():
    due = promised(at("2026-11-24 16:59:30"), reply_target_hours=1)

    assert due == at("2026-11-25 10:00")  # 30 seconds on Tuesday and 59 and a half minutes on Wednesday


def test_hours_that_are_not_certain_do_not_count():
    due = promised(at("2026-11-20 16:00"), reply_target_hours=2, opening_hours="Mo-Fr 09:00-17:00 || unknown")

    assert due == at("2026-11-23 10:00")


@pytest.mark.parametrize("urgency", ["crisis", "emergency"])
def test_a_crisis_and_an_emergency_run_on_the_wall_clock_at_night_too(urgency):
    received = at("2026-11-26 03:00:07")

    due = clock.due_at(Practice(crisis_minutes=15, emergency_minutes=15), received, urgency)

    assert due - received == timedelta(minutes=15)


def test_the_answer_is_in_utc():
    due = clock.due_at(Practice(), at("2026-11-24 09:00"), "routine")

    assert due.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        clock.due_at(Practice(), datetime(2026, 11, 24), "routine")  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize(
    "facts",
    [{"opening_hours": "nonsense"}, {"opening_hours": "off"}, {"holidays_country": "XX"}, {"timezone": "Mars/Base"}],
    ids=["unreadable", "never open", "no such country", "no such zone"],
)
def test_a_patient_is_promised_a_reply_even_if_somebody_broke_the_settings_in_sql(facts):
    received = at("2026-11-24 09:00")

    due = clock.due_at(Practice(reply_target_hours=8, **facts), received, "routine")

    assert timedelta(hours=8) <= due - received < timedelta(days=2)


def test_unusable_hours_are_said_in_the_log(caplog):
    clock.due_at(Practice(opening_hours="nonsense"), at("2026-11-24 09:00"), "routine")

    assert "Opening hours cannot be used" in caplog.text


def test_a_due_time_reads_as_a_person_says_it():
    words = clock.in_words(at("2026-11-24 11:00"), Practice(), now=at("2026-11-23 09:00"))

    assert words == "Tuesday 24 November, 11:00 am"


def test_a_due_time_in_another_year_says_the_year():
    words = clock.in_words(at("2027-01-04 16:05"), Practice(), now=at("2026-12-31 09:00"))

    assert words == "Monday 4 January 2027, 4:05 pm"


@pytest.mark.parametrize(
    "moment, words",
    [
        ("2026-11-24 12:00", "Tuesday 24 November, 12:00 noon"),
        ("2026-11-24 12:30", "Tuesday 24 November, 12:30 pm"),
        ("2026-11-24 00:30", "Tuesday 24 November, 12:30 am"),
        ("2026-11-25 00:00", "the end of Tuesday 24 November, 12:00 midnight"),
    ],
)
def test_twelve_o_clock_cannot_be_mistaken(moment, words):
    said = clock.in_words(at(moment), Practice(), now=at("2026-11-23 09:00"))

    assert said == words


def test_the_words_are_in_the_time_zone_of_the_clinic():
    words = clock.in_words(datetime(2026, 11, 25, 2, 0, tzinfo=UTC), Practice(), now=at("2026-11-23 09:00"))

    assert words == "Tuesday 24 November, 9:00 pm"


@pytest.mark.parametrize(
    "text, lines",
    [
        (
            "Mo-Fr 09:00-17:00; PH off",
            [
                ("Monday to Friday", "9:00 am to 5:00 pm"),
                ("Saturday and Sunday", "Closed"),
                ("Public holidays", "Closed"),
            ],
        ),
        (
            "Mo-Th 08:30-12:00,13:00-17:00; Fr 08:30-12:00",
            [
                ("Monday to Thursday", "8:30 am to 12:00 noon, 1:00 pm to 5:00 pm"),
                ("Friday", "8:30 am to 12:00 noon"),
                ("Saturday and Sunday", "Closed"),
            ],
        ),
        ("24/7", [("Monday to Sunday", "All day")]),
        ("24/7; PH 10:00-12:00", [("Monday to Sunday", "All day"), ("Public holidays", "10:00 am to 12:00 noon")]),
        ("nonsense", []),
    ],
)
def test_the_foot_of_the_page_lists_the_week(text, lines):
    shown = clock.opening_lines(Practice(opening_hours=text), date(2026, 11, 23))

    assert list(shown) == lines


def test_a_holiday_this_week_does_not_change_the_usual_hours_shown():
    shown = clock.opening_lines(Practice(), date(2026, 11, 26))  # Thanksgiving

    assert shown[0] == ("Monday to Friday", "9:00 am to 5:00 pm")
