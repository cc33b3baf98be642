"""A first view of any page is light: few bytes, few requests, one host, and complete without scripts.

Measured on the product as `make run` starts it, because the test server neither compresses nor fingerprints.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Response

from clinic.pages import loader
from tests.browser import Watch
from tests.faults.product import Product, used_folder

pytestmark = pytest.mark.browser

MOST_BYTES = 60 * 1024  # headers and bodies, as they travel
MOST_REQUESTS = 6
A_YEAR = 365 * 24 * 60 * 60  # seconds
PAGES = ["/", *(f"/{path.stem}/" for path in sorted(loader.STARTER.glob("*.md")) if path.stem != "home"), "/contact/"]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running product's address."""
    folder: Path = tmp_path_factory.mktemp("weight")
    product = Product(Path(shutil.copytree(used_folder(), folder / "data")))
    product.start()
    try:
        product.until_ready()
        yield f"http://127.0.0.1:{product.port}"
    finally:
        product.end()


@dataclass
class View:
    """What a browser that was never here loaded: bytes and headers by address, and what should not have happened."""

    bytes_of: dict[str, int]
    headers_of: dict[str, dict[str, str]]
    faults: list[str]


def first_view(browser: Browser, site: str, path: str) -> View:
    """Open a page in a fresh browser and wait until nothing more is loaded, icon included."""
    context = browser.new_context()
    watch, page = Watch(context, site), context.new_page()
    network = context.new_cdp_session(page)
    view, numbers = View({}, {}, watch.faults), {}

    def asked(event: dict[str, Any]) -> None:
        numbers[event["requestId"]] = event["request"]["url"]
        view.bytes_of[event["request"]["url"]] = 0

    def loaded(event: dict[str, Any]) -> None:
        # Chromium counts the status line, the headers and the body as they came, still compressed.
        view.bytes_of[numbers[event["requestId"]]] += int(event["encodedDataLength"])

    def answered(response: Response) -> None:
        view.headers_of[response.url] = response.headers

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", loaded)
    network.send("Network.enable")
    page.on("response", answered)
    page.goto(site + path)
    page.wait_for_load_state("networkidle")
    context.close()
    return view


def words(browser: Browser, address: str, *, scripts: bool) -> list[str]:
    """The page's text line by line as people see it, but for the buttons that only work with scripts."""
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address)
    buttons = page.locator("button[data-action]").all_inner_texts()
    lines = page.locator("body").inner_text().splitlines()
    context.close()
    return [line for line in lines if line.strip() and line not in buttons]


@pytest.mark.parametrize("path", PAGES)
def test_a_first_view_is_light_and_all_of_it_from_our_own_host(browser, product, path):
    view = first_view(browser, product, path)

    assert not view.faults
    assert all(view.bytes_of.values()), view.bytes_of
    assert len(view.bytes_of) <= MOST_REQUESTS, view.bytes_of
    assert sum(view.bytes_of.values()) <= MOST_BYTES, view.bytes_of


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_the_same_without_scripts(browser, product, path):
    assert words(browser, product + path, scripts=False) == words(browser, product + path, scripts=True)


def test_what_belongs_to_a_page_travels_compressed_and_is_kept_for_a_year(browser, product):
    view = first_view(browser, product, "/evidence/")
    parts = [headers for address, headers in view.headers_of.items() if "/static/" in address]

    assert len(parts) >= 3
    for headers in parts:
        kept = dict(part.strip().partition("=")[::2] for part in headers["cache-control"].split(","))
        assert int(kept["max-age"]) >= A_YEAR
        assert "immutable" in kept
        assert headers["content-encoding"] == "br"
