"""A real Chromium for tests and screenshots: where it is, how it starts, and what may never happen in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

# The first is the same engine without a window, which takes a third less of the processor.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = (
    "There is no Chromium. On Debian: apt-get install chromium-headless-shell. Elsewhere: CHROMIUM=/path/to/chromium"
)
ARGUMENTS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give shared memory 64 MB; a page that needs more would crash
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page or the browser itself asks for, nothing but this machine can be found.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def find_chromium() -> str | None:
    """The browser's path: CHROMIUM from the environment, else the first that is on the PATH, else None."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A running Chromium.

    Inside, this thread counts as asynchronous: Playwright's plain interface keeps an event loop running in it, and
    Django refuses queries then, because in a truly asynchronous program they would block everything else. Here
    nothing else runs in the loop while a test talks to the database, so the refusal is switched off, and only here.
    """
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS  # root cannot have a sandbox
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=arguments)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class Watch:
    """Notes everything in a browser that a visitor should never be exposed to."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.site = urlsplit(site).netloc
        self.faults: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports a breach of the Content-Security-Policy here, as an error. What could not be loaded is
        # left to _response: there a page that is meant to be a 404 can be told from a missing style sheet.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != self.site:
            self.faults.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status} for {response.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.failure} for {request.url}")


def found_by_axe(page: Page) -> str:
    """What axe finds; no rule is switched off. To hear only of what is wrong takes it half the time.

    A page that is looked at again still holds axe: its half a megabyte of script is not read anew.
    """
    script = "0" if page.evaluate("'axe' in window") else AXE_SCRIPT
    results = Axe(script).run(page, options={"resultTypes": ["violations"]})
    return results.generate_report() if results.violations_count else ""


# What the desk does when it is opened where the system asks for dark pages: every colour is the same.
GO_DARK = (
    "document.documentElement.classList.replace('light', 'dark') || document.documentElement.classList.add('dark')"
)


def found_on_the_desk(page: Page) -> dict[str, str]:
    """What axe finds by day and by night on a page of the desk, which was opened by day and is left so."""
    page.wait_for_load_state()
    by_day = found_by_axe(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(GO_DARK)
    by_night = found_by_axe(page)
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.classList.replace('dark', 'light')")
    return {"day": by_day, "night": by_night}


NOTHING = {"day": "", "night": ""}


# What can be used on a page: each link, button, field and fold that is visible; of a group of radio buttons the one
# that the Tab key stops at. The browser's answer is compared with this list.
USABLE = """() => {
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(element => element.type !== "hidden" && element.tabIndex >= 0)
    .filter(element => element.checkVisibility({visibilityProperty: true}))
    .filter(element => {
      if (element.type !== "radio") return true;
      const group = [...document.getElementsByName(element.name)];
      const stop = group.find(radio => radio.checked) || group[0];
      return element === stop;
    })
    .map((element, index) => { element.dataset.stop = index; return String(index); });
}"""
# Notes each stop as it gets the focus, and whether it shows that: to ask after each key took most of a walk's time.
NOTE_STOPS = """() => {
  window.stops = [];
  document.addEventListener("focusin", ({target}) => {
    const style = getComputedStyle(target);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    window.stops.push([target.dataset.stop || target.tagName, outlined]);
  });
}"""


def walk_with_tab(page: Page) -> tuple[list[str], list[str], list[str]]:
    """Press Tab through the whole page: what can be used, where it stopped, and the stops that nobody would see."""
    page.wait_for_load_state()  # until then a script may still add a button
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.locator("html").evaluate("html => { html.tabIndex = -1; html.focus(); html.removeAttribute('tabindex'); }")
    usable = page.evaluate(USABLE)
    page.evaluate(NOTE_STOPS)
    noted: list[tuple[str, bool]] = []
    pressed = 0
    while len(noted) < len(usable) and pressed < 3 * len(usable):  # a date has three parts, with one focus for all
        for _ in range(missing := len(usable) - len(noted)):
            page.keyboard.press("Tab")
        pressed += missing
        noted = page.evaluate("window.stops")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    return usable, [stop for stop, _ in noted], [stop for stop, outlined in noted if not outlined]
