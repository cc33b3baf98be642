"""The access log: what is written down, once in five minutes, and for good."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from inquiries import access
from inquiries.models import Access
from tests import factories

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
    monkeypatch.setattr(timezone, "now", lambda: now)

    for _ in range(3):
        access.record(a_request(nurse), DEED.OPENED, kept)

    assert Access.objects.count() == 1


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


def test_who_has_looked_names_each_person_once_the_last_first(nurse, colleague):
    kept, other = factories.inquiry(), factories.inquiry(email="other@example.org")
    write(nurse, inquiry=kept, days_ago=3)
    write(colleague, inquiry=kept, days_ago=2)
    last = write(nurse, inquiry=kept, days_ago=1)
    write(colleague, DEED.REFUSED, inquiry=kept)
    write(colleague, inquiry=other)

    looked = access.recent(kept)

    assert [each["person"] for each in looked] == ["Nora", "Carlos"]
    assert looked[0]["at"] == last.at
