"""What some tests of inquiries share: a second session of the database, and a memory that does not fade."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection


@pytest.fixture
def other_session(transactional_db) -> "Iterator[psycopg2.extensions.cursor]":
    """A second session on the same database: somebody else at work."""
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        yield cursor
    other.close()


@pytest.fixture
def long_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The practice is remembered for the whole test: after two seconds a slow machine would ask for it once more."""
    monkeypatch.setattr("clinic.practice.models.RECENT", 3600.0)
