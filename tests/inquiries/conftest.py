"""What the tests of notices share: a second session of the database."""

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
