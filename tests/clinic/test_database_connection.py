"""A kept connection that the server has ended is not used for a patient's message."""

from contextlib import closing

import pytest
from django.db import connection
from django.db.backends.postgresql import base


@pytest.fixture
def other():
    """A second session, so that the first can be ended by somebody else."""
    kept = connection.copy()
    kept.connect()
    yield kept
    kept.close()


@pytest.mark.django_db
def test_a_live_connection_is_usable_without_a_question_to_the_server(other, monkeypatch):
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: pytest.fail("the server was asked"))

    assert other.is_usable()


@pytest.mark.django_db
def test_a_session_that_the_server_has_ended_is_not_usable(other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])

    assert not other.is_usable()


@pytest.mark.django_db
def test_a_connection_with_unread_news_from_the_server_stays_usable(other):
    with other.cursor() as cursor:
        cursor.execute("LISTEN news")
    with closing(connection.copy()) as somebody, somebody.cursor() as cursor:
        cursor.execute("NOTIFY news")

    assert other.is_usable()
