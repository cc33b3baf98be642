"""The empty form is rendered once in a while; each reader still gets a form of their own."""

import pytest
from django.test import Client

from clinic.pages.shelf import CHECK_EVERY
from clinic.practice.models import Practice
from inquiries import blank_form
from tests import markup

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr(blank_form, "monotonic", lambda: now[0])
    return now


def hidden(page: bytes, name: str) -> str:
    return markup.read(page).one(name=name).attributes["value"]


@pytest.mark.parametrize("name", ["submission_key", "stamp", "csrfmiddlewaretoken"])
def test_two_readers_never_share_a(name, clock):
    first, second = (Client().get("/contact/").content for _ in range(2))

    assert hidden(first, name) != hidden(second, name)


def test_no_blank_is_left_open(clock):
    page = Client().get("/contact/").content.decode()

    assert not [blank for blank in (blank_form.TOKEN, blank_form.KEY, blank_form.STAMP) if blank in page]


def test_the_second_reader_costs_no_query(clock, django_assert_num_queries):
    Client().get("/contact/")

    with django_assert_num_queries(0):
        Client().get("/contact/")


def test_nothing_of_the_first_readers_address_reaches_the_second(clock):
    Client().get("/contact/?from=a-clinic-for-sad-people")

    assert b"sad-people" not in Client().get("/contact/").content


def test_a_new_phone_number_is_on_the_form_after_two_seconds(clock):
    Client().get("/contact/")
    Practice.objects.filter(pk=1).update(phone="+12125550177")
    clock[0] += CHECK_EVERY + 0.1

    assert "(212) 555-0177" in Client().get("/contact/").content.decode()
