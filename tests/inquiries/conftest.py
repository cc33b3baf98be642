"""What the tests of notices share: a real mail server, and a second session of the database."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection

from tests.mail_server import MailServer


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    """A mail server that is up; the outbox sends to it, and does not wait for it longer than a second."""
    server = MailServer()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 0.5
    settings.POST_OFFICE = {"BACKENDS": {"default": "inquiries.smtp.EmailBackend"}}
    server.start()
    yield server
    server.stop()


@pytest.fixture
def other_session(transactional_db) -> "Iterator[psycopg2.extensions.cursor]":
    """A second session on the same database: somebody else at work."""
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        yield cursor
    other.close()
