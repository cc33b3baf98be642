"""The browser in which journeys are made. A journey fails on any script error, breach of policy or foreign request."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from clinic.pages import loader
from clinic.staff.models import StaffUser
from tests.browser import MISSING, Watch, chromium, find_chromium

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a browser is marked, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "open_page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without a Chromium, one line says so. On a developer's machine; where changes are judged, it is a failure."""
    if item.get_closest_marker("browser") and find_chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(f"Browser tests are skipped. {MISSING}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file; it ends with them, and with it the event loop it needs."""
    path = find_chromium()
    assert path is not None
    with chromium(path) as running:
        yield running


@pytest.fixture
def site(live_server: Any) -> str:
    """The address of a running site with its starter pages."""
    loader.load()
    return str(live_server.url)


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Opens pages, each in a browser of its own: `open_page("/contact/", java_script_enabled=False)`.

    `by` has signed in already, where that is not what the journey is about.
    """
    contexts, watches = [], []

    def _open(path: str, *, by: StaffUser | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=site, **options)
        if by:
            client = Client()
            client.force_login(by)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        context.set_default_timeout(10_000)
        contexts.append(context)
        watches.append(Watch(context, site))
        page = context.new_page()
        page.goto(path)
        return page

    yield _open
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)
