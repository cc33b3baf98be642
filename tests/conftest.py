"""The few fixtures that many tests share."""

import pytest

from clinic.pages import navigation
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import blank_form
from tests import factories


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
