"""The clinic's own facts: one row, kept sound by the database, edited by staff, shown on every page."""

from datetime import UTC, date, datetime
from time import monotonic

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.template import Context, Template
from django.test import RequestFactory

from clinic.practice import clock, context
from clinic.practice.models import Closure, Practice

pytestmark = pytest.mark.django_db
PAGE = "/admin/practice/practice/1/change/"


def posted(**changes) -> dict[str, str]:
    """The practice's page as a browser posts it, without closures."""
    return {
        "name": "Riverside Example Clinic",
        "phone": "(212) 555-0123",
        "address": "12 Example Street\r\nNew York, NY 10001",
        "timezone": "America/New_York",
        "opening_hours": "Mo-Fr 09:00-17:00; PH off",
        "holidays_country": "US",
        "reply_target_hours": "8",
        "crisis_minutes": "15",
        "emergency_minutes": "15",
        "inbox_email": "front-desk@example.org",
        "on_call_addresses": "on-call@example.org",
        "closures-TOTAL_FORMS": "0",
        "closures-INITIAL_FORMS": "0",
        **changes,
    }


def closure(number: int, first_day: str, last_day: str) -> dict[str, str]:
    """One row of the closures on that page."""
    return {
        "closures-TOTAL_FORMS": str(number + 1),
        f"closures-{number}-practice": "1",
        f"closures-{number}-first_day": first_day,
        f"closures-{number}-last_day": last_day,
        f"closures-{number}-reason": "Team training",
    }


def errors(**facts) -> dict[str, list[str]]:
    """What the practice's own validation says about these facts."""
    practice = Practice.objects.current()
    for name, value in facts.items():
        setattr(practice, name, value)
    try:
        practice.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


class TestTheRow:
    def test_a_new_site_has_example_facts(self):
        assert Practice.objects.get().phone.as_national == "(212) 555-0123"

    def test_the_example_facts_are_valid(self):
        assert errors() == {}

    def test_the_current_facts_cost_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            Practice.objects.current()

    def test_a_row_that_went_missing_comes_back(self):
        Practice.objects.all().delete()

        assert Practice.objects.current().name == "Riverside Example Clinic"

    def test_there_is_never_a_second_row(self):
        with pytest.raises(IntegrityError, match="practice_is_one_row"):
            Practice.objects.create(pk=2)

    @pytest.mark.parametrize(
        "facts, rule",
        [
            ({"reply_target_hours": 0}, "practice_replies_within_1_to_200_opening_hours"),
            ({"reply_target_hours": 201}, "practice_replies_within_1_to_200_opening_hours"),
            ({"crisis_minutes": 0}, "practice_looks_at_a_crisis_within_a_day"),
            ({"emergency_minutes": 1441}, "practice_looks_at_an_emergency_within_a_day"),
            ({"on_call_addresses": []}, "practice_has_somebody_on_call"),
        ],
    )
    def test_the_database_refuses_facts_that_break_a_promise(self, facts, rule):
        with pytest.raises(IntegrityError, match=rule):
            Practice.objects.update(**facts)

    def test_the_database_refuses_a_closure_that_ends_before_it_begins(self):
        with pytest.raises(IntegrityError, match="closure_ends_after_it_begins"):
            Closure.objects.create(first_day=date(2026, 12, 2), last_day=date(2026, 12, 1))


class TestFactsThatCannotBeUsed:
    @pytest.mark.parametrize(
        "hours, place",
        [
            ("Mo-Fr 9am-5pm", "from “9am-5pm” on (character 7)"),
            ("Mo-Fr 09:00-17:00; Holidays off", "from “Holidays off” on (character 20)"),
            ("Mo-Fr 09:00-", "because the end is missing"),
            ("Mo-Fr 09:00-17:00; SH off", "“SH” (character 20)"),
            ("sunrise-17:00", "“sunrise” (character 1)"),
            ("Mo-Fr 09:00+", "“+” (character 12)"),
            ('Mo-Fr 09:00-17:00 || "by appointment"', '“"by appointment"” (character 22)'),
        ],
    )
    def test_hours_that_cannot_be_counted_are_refused_with_the_place_and_an_example(self, hours, place):
        (message,) = errors(opening_hours=hours)["opening_hours"]

        assert place in message
        assert message.endswith("Example: Mo-Fr 09:00-17:00; PH off")

    @pytest.mark.parametrize("hours", ["off", "2020 Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00 unknown"])
    def test_hours_that_never_open_are_refused(self, hours):
        assert errors(opening_hours=hours) == {
            "opening_hours": ["With these hours the clinic never opens in the next year."]
        }

    def test_a_target_that_takes_over_a_year_is_refused(self):
        assert errors(opening_hours="Mo 09:00-10:00", reply_target_hours=60) == {
            "reply_target_hours": ["The clinic is not open for 60 hours in the next year."]
        }

    @pytest.mark.parametrize("zone", ["New York", "EST", "localtime", "../etc/passwd", "America"])
    def test_a_time_zone_that_is_no_place_is_refused(self, zone):
        assert errors(timezone=zone) == {
            "timezone": [f"“{zone}” is not a time zone we know. Example: America/New_York"]
        }

    def test_an_unknown_country_is_refused(self):
        assert errors(holidays_country="XX") == {"holidays_country": ["“XX” is no country code we know. Example: US"]}

    def test_a_phone_number_that_nobody_can_call_is_refused(self):
        assert "phone" in errors(phone="555-01")


class TestTheAdminPage:
    def test_the_list_leads_straight_to_the_one_row(self, desk):
        answer = desk.get("/admin/practice/practice/")

        assert answer.url == PAGE

    @pytest.mark.parametrize("path", ["/admin/practice/practice/add/", "/admin/practice/practice/1/delete/"])
    def test_nobody_adds_or_deletes_it(self, desk, path):
        assert desk.get(path).status_code == 403

    def test_it_shows_what_a_question_would_be_promised_now(self, desk):
        practice = Practice.objects.current()
        before = clock.due_at(practice, datetime.now(UTC), "routine")

        page = desk.get(PAGE).content.decode()

        after = clock.due_at(practice, datetime.now(UTC), "routine")  # the next minute may have begun
        assert any(f"a reply by {clock.in_words(due, practice)}" in page for due in (before, after))

    def test_it_shows_the_hours_as_patients_read_them(self, desk):
        page = desk.get(PAGE).content.decode()

        assert "Monday to Friday: 9:00 am to 5:00 pm" in page

    def test_after_a_refused_save_it_shows_what_still_holds(self, desk):
        page = desk.post(PAGE, posted(opening_hours="Mo-Fr 9-5")).content.decode()

        assert "Monday to Friday: 9:00 am to 5:00 pm" in page

    def test_staff_change_the_facts(self, desk):
        desk.post(PAGE, posted(name="Hillside Clinic", opening_hours="Mo-Th 08:00-16:00"))

        practice = Practice.objects.current()
        assert (practice.name, practice.opening_hours) == ("Hillside Clinic", "Mo-Th 08:00-16:00")

    def test_on_call_addresses_are_typed_one_a_line(self, desk):
        desk.post(PAGE, posted(on_call_addresses="a@example.org\r\n\r\n  b@example.org \r\n"))

        assert Practice.objects.current().on_call_addresses == ["a@example.org", "b@example.org"]

    def test_on_call_addresses_are_shown_one_a_line(self, desk):
        Practice.objects.update(on_call_addresses=["a@example.org", "b@example.org"])

        page = desk.get(PAGE).content.decode()

        assert "a@example.org\nb@example.org</textarea>" in page

    @pytest.mark.parametrize(
        "typed, message",
        [
            ("", "Enter at least one on-call address."),
            ("a@example.org\r\nnobody", "Address 2: Enter a valid email address."),
        ],
    )
    def test_on_call_addresses_that_cannot_be_reached_are_refused(self, desk, typed, message):
        answer = desk.post(PAGE, posted(on_call_addresses=typed))

        assert message in answer.content.decode()

    def test_bad_hours_are_explained_at_the_field(self, desk):
        answer = desk.post(PAGE, posted(opening_hours="Mo-Fr 9-5"))

        assert "We cannot read these hours from “9-5” on (character 7)" in answer.content.decode()

    def test_a_closure_is_entered_on_the_same_page(self, desk):
        desk.post(PAGE, posted(**closure(0, "2026-12-24", "2026-12-31")))

        assert Practice.objects.current().closed_days() == [(date(2026, 12, 24), date(2026, 12, 31))]

    def test_a_closure_that_ends_before_it_begins_is_refused(self, desk):
        answer = desk.post(PAGE, posted(**closure(0, "2026-12-24", "2026-12-23")))

        assert "The last day is before the first." in answer.content.decode()

    def test_closures_that_leave_no_time_to_reply_are_refused(self, desk):
        answer = desk.post(PAGE, posted(**closure(0, "2026-01-01", "2099-12-31")))

        assert "With these closures no reply could be promised within a year." in answer.content.decode()


class TestEveryTemplate:
    @pytest.fixture(autouse=True)
    def _a_process_that_has_just_started(self, monkeypatch):
        monkeypatch.setattr(context, "_last_seen", context.UNKNOWN)

    def render(self, text: str) -> str:
        return Template(text).render(Context(context.practice(RequestFactory().get("/"))))

    def test_a_page_that_does_not_use_the_facts_costs_no_query(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            self.render("No facts here.")

    def test_a_page_that_uses_many_facts_costs_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            self.render("{{ practice.name }} {{ practice.phone.as_national }} {{ practice.opening_lines }}")

    @pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
    def test_an_error_page_shows_the_last_known_phone_number_while_the_database_is_down(self, monkeypatch, failure):
        Practice.objects.update(phone="+13125550199")
        self.render("{{ practice.name }}")
        monkeypatch.setattr(connection, "cursor", fail_with(failure))

        assert self.render("{{ practice.phone.as_national }}") == "(312) 555-0199"

    def test_a_process_that_never_saw_the_facts_shows_no_wrong_phone_number(self, monkeypatch):
        monkeypatch.setattr(connection, "cursor", fail_with(OperationalError))

        assert self.render("{{ practice.name }}:{{ practice.phone.as_national }}") == "The clinic:"


def fail_with(failure: type[Exception]):
    """A connection that is gone."""

    def cursor(*args, **options):
        raise failure("the connection is closed")

    return cursor


class TestRecentFacts:
    """Facts for those who write to us: a little old at most, and without a query for each."""

    def test_they_are_asked_for_once(self, django_assert_num_queries):
        Practice.objects.recent().closed_days()

        with django_assert_num_queries(0):
            Practice.objects.recent().closed_days()

    def test_an_edit_is_seen_two_seconds_later(self, monkeypatch):
        now = monotonic()
        Practice.objects.recent()
        Practice.objects.update(name="Hillside Example Clinic")

        monkeypatch.setattr("clinic.practice.models.monotonic", lambda: now + 2.1)

        assert Practice.objects.recent().name == "Hillside Example Clinic"
