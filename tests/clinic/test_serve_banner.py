"""What `make run` prints last names addresses that answer."""

from io import StringIO

import pytest

from clinic.management.commands.serve import Command


def said() -> str:
    out = StringIO()
    Command(stdout=out)._say_where_things_are()
    return out.getvalue()


@pytest.fixture(autouse=True)
def _port(settings):
    settings.PORT = 8123


def test_a_public_site_is_shown_by_its_own_address(settings):
    settings.SITE_URL = "https://ask.clinic.example"

    banner = said()

    assert "Site        https://ask.clinic.example/\n" in banner
    assert "Form        https://ask.clinic.example/contact/\n" in banner
    assert "Admin       https://ask.clinic.example/admin/\n" in banner
    assert "Listens     http://127.0.0.1:8123," in banner


def test_a_site_on_this_machine_only_has_one_address(settings):
    settings.SITE_URL = "http://127.0.0.1:8123"

    banner = said()

    assert "Site        http://127.0.0.1:8123/\n" in banner
    assert "Listens" not in banner
