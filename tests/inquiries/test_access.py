"""The access log: what is written down, once in five minutes, and for good."""

from datetime import timedelta

import pytest
from django.db import Error, OperationalError, connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import access
from inquiries.models import Access
from tests import admin_walk, factories, markup

pytestmark = pytest.mark.django_db
DEED = Access.Deed


def a_request(person, path="/admin/inquiries/inquiry/", **extra):
    request = RequestFactory().get(path, **extra)
    request.user, request.resolver_match = person, resolve(request.path)
    return request


def write(person, deed=DEED.OPENED, *, inquiry=None, days_ago=0):
    """A row of the log as it came about some days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    period = int(at.timestamp()) // access.PERIOD
    return Access.objects.create(person=person, deed=deed, inquiry=inquiry, at=at, period=period, place="a page")


def test_a_deed_is_written_down_with_who_what_and_where_from(nurse):
    kept = factories.inquiry()

    access.record(a_request(nurse, REMOTE_ADDR="203.0.113.77"), DEED.OPENED, kept)

    row = Access.objects.get()
    assert (row.person, row.deed, row.inquiry, row.network) == (nurse, "opened", kept, "203.0.113.77")
    assert row.place == "admin:inquiries_inquiry_changelist"


@pytest.mark.parametrize("inquiry", [True, False], ids=["an inquiry", "no inquiry"])
def test_the_same_deed_within_five_minutes_is_one_row(nurse, inquiry, monkeypatch):
    kept, now = factories.inquiry() if inquiry else None, timezone.now()
    start = now - timedelta(seconds=now.timestamp() % access.PERIOD)

    for seconds in (0, 1, 299):
        monkeypatch.setattr(timezone, "now", lambda seconds=seconds: start + timedelta(seconds=seconds))
        access.record(a_request(nurse), DEED.OPENED, kept)

    assert Access.objects.count() == 1


def test_no_index_needs_words_that_postgresql_14_does_not_have():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%NULLS NOT DISTINCT%'")

        assert cursor.fetchall() == []


def test_another_person_deed_inquiry_place_or_reason_is_another_row(nurse, colleague):
    kept, other = factories.inquiry(), factories.inquiry(email="other@example.org")

    access.record(a_request(nurse), DEED.OPENED, kept)
    access.record(a_request(colleague), DEED.OPENED, kept)
    access.record(a_request(nurse), DEED.REFUSED, kept)
    access.record(a_request(nurse), DEED.OPENED, other)
    access.record(a_request(nurse, "/admin/"), DEED.OPENED, kept)
    access.record(a_request(nurse), DEED.OPENED, kept, reason="For the insurer")

    assert Access.objects.count() == 6


def test_the_same_deed_after_five_minutes_is_another_row(nurse, monkeypatch):
    start = timezone.now()

    for minutes in (0, 5):
        monkeypatch.setattr(timezone, "now", lambda minutes=minutes: start + timedelta(minutes=minutes))
        access.record(a_request(nurse), DEED.LISTED)

    assert Access.objects.count() == 2


def test_a_row_is_one_statement(nurse, django_assert_num_queries):
    request = a_request(nurse)

    with django_assert_num_queries(1):
        access.record(request, DEED.LISTED)


def test_what_was_searched_for_is_not_kept(nurse):
    access.record(a_request(nurse, "/admin/inquiries/inquiry/?q=Ada+Example"), DEED.SEARCHED)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(log)::text FROM inquiries_access AS log")
        assert "Ada" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("https", "forwarded", "remote", "kept"),
    [
        (False, "198.51.100.9", "203.0.113.77", "203.0.113.77"),
        (True, "192.0.2.1, 198.51.100.9", "127.0.0.1", "198.51.100.9"),
        (True, "", "203.0.113.77", "203.0.113.77"),
        (False, "", "::ffff:203.0.113.77", "203.0.113.77"),
        (False, "", "fe80::1%eth0", "fe80::1"),
        (False, "", "", None),
    ],
)
def test_the_address_is_what_the_proxy_of_ours_says_and_nothing_that_anybody_can_write(
    nurse, settings, https, forwarded, remote, kept
):
    settings.HTTPS = https

    access.record(a_request(nurse, REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded}), DEED.LISTED)

    assert Access.objects.get().network == kept


@pytest.mark.parametrize("change", ["update", "delete", "UPDATE", "DELETE", "save"])
def test_nothing_is_changed_or_removed_afterwards(nurse, change):
    row = write(nurse)
    ways = {
        "update": lambda: Access.objects.update(deed=DEED.LISTED),
        "delete": lambda: Access.objects.all().delete(),
        "UPDATE": lambda: connection.cursor().execute("UPDATE inquiries_access SET reason = 'none'"),
        "DELETE": lambda: connection.cursor().execute("DELETE FROM inquiries_access"),
        "save": row.save,
    }

    with pytest.raises(Error, match="Cannot update or delete rows from inquiries_access"), transaction.atomic():
        ways[change]()

    assert Access.objects.get().deed == "opened"


# --- The walk: whoever sees a patient's data is written down ---------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_that_shows_a_patients_data_writes_a_row(method):
    samples, boss = admin_walk.make_samples(), admin_walk.somebody("superuser")
    visitor = admin_walk.sign_in(boss)
    personal = [word.encode() for word in (admin_walk.NAME, admin_walk.EMAIL, admin_walk.PHONE, admin_walk.MESSAGE)]

    shown, written = set(), set()
    for address in admin_walk.addresses():
        with transaction.atomic():
            answer = admin_walk.ask(visitor, method, address, samples)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if any(word in content for word in personal):
                shown.add(address)
            if Access.objects.filter(person=boss).exists():
                written.add(address)
            transaction.set_rollback(True)

    assert shown, "The walk met nobody's data: it proves nothing"
    assert shown <= written


def test_no_row_holds_a_patients_data_or_the_words_of_an_address():
    samples, boss = admin_walk.make_samples(), admin_walk.somebody("superuser")
    client = Client()
    client.force_login(boss)

    for address in filter(lambda address: address.startswith(("inquiries/", "post_office/")), admin_walk.addresses()):
        for method in ("get", "post"):
            with transaction.atomic():
                admin_walk.ask(client.cookies, method, address, samples)
    client.get(reverse("admin:inquiries_inquiry_changelist"), {"q": admin_walk.NAME})

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row_to_json(log)::text, ' ') FROM inquiries_access AS log")
        log = cursor.fetchone()[0]
    words = [word for text in (admin_walk.NAME, admin_walk.EMAIL, admin_walk.MESSAGE) for word in text.split()]
    assert [word for word in [*words, "0147"] if word in log] == []


# --- Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "method", "address"),
    [
        ("Auditor", "get", "inquiries/inquiry/<object_id>/change/"),  # refused by a view of ours
        ("Front desk", "post", "inquiries/inquiry/<inquiry_id>/do/assign/"),
        ("Content editor", "get", "inquiries/inquiry/"),  # by Django's admin
        ("Auditor", "get", "pages/page/<page_id>/read/<number>/"),  # by a view that looks like a public page
        ("Manager", "get", "staff/staffuser/<id>/password/"),
    ],
)
def test_a_refused_attempt_is_written_down(role, method, address):
    samples, person = admin_walk.make_samples(), admin_walk.somebody(role)

    answer = admin_walk.ask(admin_walk.sign_in(person), method, address, samples)

    assert answer.status_code == 403
    assert Access.objects.get(person=person).deed == "refused"


@pytest.mark.parametrize("named", ["pk", "reference"])
def test_a_refused_attempt_names_the_inquiry_that_was_asked_for(client, named):
    _, kept, _ = (factories.inquiry(email=f"{number}@example.org") for number in range(3))
    person = admin_walk.somebody("Auditor")
    client.force_login(person)

    client.get(reverse("admin:inquiries_inquiry_change", args=[getattr(kept, named)]))

    assert Access.objects.get().inquiry == kept


def test_what_cannot_be_written_down_is_not_shown(desk, monkeypatch):
    kept = factories.inquiry()
    monkeypatch.setattr("inquiries.access.Access.objects.bulk_create", broken_log)
    desk.raise_request_exception = False

    answer = desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk]))

    assert answer.status_code == 500
    assert b"Ada Example" not in answer.content


def broken_log(*rows, **options):
    """A log that takes nothing."""
    raise OperationalError


# --- The log on the desk ---------------------------------------------------------------------------------------------


LOG = "/admin/inquiries/access/"


def shown(answer) -> list[Access]:
    """The rows of the list."""
    return list(answer.context["cl"].result_list)


def test_the_log_shows_who_what_and_when_the_last_first(desk, nurse, colleague):
    kept = factories.inquiry()
    first, last = write(colleague, inquiry=kept, days_ago=1), write(nurse, DEED.EXPORTED)

    answer = desk.get(LOG)

    assert shown(answer) == [last, first]
    table = answer.content.decode().partition("<table")[2]
    for words in ("Carlos", "Opened an inquiry", kept.reference, "Exported a list"):
        assert words in table


@pytest.mark.parametrize(
    "action", ["", "search/", "export/", "handover/", "many/preview/", "7/change/", "7/insert/", "7/reply/"]
)
def test_a_place_where_patients_are_shown_has_a_name_in_the_log(desk, nurse, action):
    access.record(a_request(nurse, f"/admin/inquiries/inquiry/{action}"), DEED.LISTED)

    table = markup.read(desk.get(LOG).content).one("table", id="result_list").words()

    assert "inquiries inquiry" not in table


def test_the_log_is_narrowed_by_person_deed_inquiry_and_day(desk, nurse, colleague):
    kept, other = factories.inquiry(), factories.inquiry(email="other@example.org")
    wanted = write(nurse, inquiry=kept, days_ago=3)
    write(colleague, inquiry=kept, days_ago=3)
    write(nurse, DEED.REFUSED, inquiry=kept, days_ago=3)
    write(nurse, inquiry=other, days_ago=3)
    write(nurse, inquiry=kept, days_ago=2)
    day = wanted.at.astimezone(Practice.objects.current().zone).date()

    typed = f"{kept.reference[:4]} {kept.reference[4:]}".lower()
    answer = desk.get(LOG, {"person": nurse.pk, "deed": "opened", "reference": typed, "day": f"{day}"})

    assert shown(answer) == [wanted]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"reference": "34679CDF"}, "There is no inquiry with this reference"),
        ({"day": "yesterday"}, "Enter a day, like 2026-11-30"),
        ({"day": "9999-12-31"}, "Enter a day, like 2026-11-30"),
        ({"deed": "gossiped"}, "Select a valid choice"),
        ({"person": "nobody"}, "Select a valid choice"),
    ],
)
def test_a_question_that_makes_no_sense_shows_nothing_and_says_why(desk, nurse, asked, said):
    write(nurse)

    answer = desk.get(LOG, asked)

    assert shown(answer) == []
    assert said in answer.content.decode()


def test_a_row_outlives_the_sample_it_is_about(desk, nurse):
    kept = factories.inquiry()
    write(nurse, inquiry=kept)
    with connection.cursor() as cursor:  # as `make demo-clear` leaves it
        cursor.execute(
            "INSERT INTO inquiries_access (person_id, deed, inquiry_id, at, period, place, reason)"
            " VALUES (%s, 'opened', 4711, now(), 2, '', '')",
            [nurse.pk],
        )

    answer = desk.get(LOG)

    assert "A removed sample" in answer.content.decode()


def test_the_log_takes_the_same_few_queries_however_long_it_is(desk, nurse, colleague, django_assert_max_num_queries):
    for person in (nurse, colleague):
        for days in range(30):
            write(person, inquiry=factories.inquiry(email=f"{days}{person.pk}@example.org"), days_ago=days)

    with django_assert_max_num_queries(9):
        desk.get(LOG)


def test_the_log_asks_for_nothing_that_a_patient_wrote(desk, nurse):
    write(nurse, inquiry=factories.inquiry())

    with CaptureQueriesContext(connection) as asked:
        desk.get(LOG)

    assert not [query for query in asked.captured_queries if '"message"' in query["sql"]]
