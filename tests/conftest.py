"""The few fixtures that many tests share."""

from collections.abc import Iterator

import pytest

from clinic.pages import navigation
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import blank_form
from tests import factories
from tests.mail_server import MailServer


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests go first, or one process would end the run with one of them while the others wait."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Tests look at pages, not at fingerprints: `collectstatic` need not have run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; protects nobody here


@pytest.fixture(autouse=True)
def _fresh_practice():
    """What one test says about the clinic and its pages must not reach the next."""
    Practice.objects.forget()
    navigation.forget()
    blank_form.forget()


@pytest.fixture
def a_question() -> dict[str, str]:
    """What a browser posts when somebody asks a plain question by email."""
    return factories.posted()


@pytest.fixture
def nurse(db) -> StaffUser:
    """Nora, who may do everything on the desk."""
    return factories.staff("nora@example.org", "Nora")


@pytest.fixture
def colleague(db) -> StaffUser:
    """Carlos, who shares the desk with Nora."""
    return factories.staff("carlos@example.org", "Carlos")


@pytest.fixture
def desk(client, nurse):
    """A browser in which Nora has signed in."""
    client.force_login(nurse)
    return client


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
