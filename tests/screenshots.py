"""`make screenshots`: starts the product with sample inquiries and takes the pictures in docs/screenshots."""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import MISSING, chromium, find_chromium

PICTURES = Path(__file__).parent.parent / "docs" / "screenshots"
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900)}
DESK = (
    "dashboard",
    "handover",
    "triage-list",
    "inquiry",
    "conversation",
    "preview",
    "conflict",
)  # a tablet lies on a desk; patients have phones
SCHEMES = ["light", "dark"]
STAFF = {"CLINIC_STAFF_EMAIL": "nora@example.org", "CLINIC_STAFF_PASSWORD": "only for the pictures"}
COLOURS = 128  # enough for flat pages; keeps a picture below 150 kB


@contextmanager
def product() -> Iterator[str]:
    """The product, started as `make run` starts it, on a free port and with nothing in it; its address."""
    with tempfile.TemporaryDirectory(prefix="clinic-pictures-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        os.environ.update(STAFF, CLINIC_DATA_DIR=folder, PORT=str(port), DJANGO_SETTINGS_MODULE="clinic.settings")
        os.environ.pop("DATABASE_URL", None)
        serve = subprocess.Popen([sys.executable, "manage.py", "serve"], stdout=subprocess.DEVNULL)
        try:
            site = f"http://127.0.0.1:{port}"
            _wait_for(f"{site}/readyz", serve)
            yield site
        finally:
            serve.terminate()
            serve.wait(timeout=60)


def _wait_for(address: str, serve: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if serve.poll() is not None:
            sys.exit("The product did not start; the lines above say why.")
        try:
            with urlopen(address):  # noqa: S310 - our own address, put together above
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    sys.exit("The product was not ready after two minutes.")


def add_samples() -> tuple[int, int, int]:
    """Fill the desk as `make demo` does; the one with the most findings, a conversation, and a contested one."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.models import Count

    from inquiries.models import Inquiry

    call_command("demo", stdout=io.StringIO())
    waiting = Inquiry.objects.waits_for_us().annotate(found=Count("findings")).order_by("-found", "pk")
    shown, contested = waiting.first(), waiting.exclude(owner=None).last()
    talks = (
        Inquiry.objects.filter(language="en", status="open").annotate(said=Count("messages")).order_by("-said", "pk")
    )
    talked = talks.first()
    assert shown is not None
    assert talked is not None
    assert contested is not None
    return shown.pk, talked.pk, contested.pk


def tour(page: Page, inquiry: int, talked: int, contested: int) -> Iterator[str]:
    """Go from page to page; at each stop, the name of its picture."""
    page.goto("/")
    yield "home"
    page.goto("/botox-and-depression/")
    yield "article"
    page.goto("/evidence/")
    yield "evidence"
    page.goto("/contact/")
    yield "contact"
    page.get_by_role("button", name="Send my question").click()
    yield "contact-with-errors"
    page.get_by_label("Treatment").check()
    page.get_by_label("Myself").check()
    page.get_by_label("Your question").fill("Could the injections help me?")
    page.get_by_label("Your name").fill("Ada Sample")
    page.get_by_label("Email", exact=True).check()
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Send my question").click()
    page.locator("#reference").wait_for()
    yield "receipt"
    address, code = way_in(talked)
    page.goto(address)
    yield "messages-before-the-code"
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code from the email").fill(code())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Write to us").wait_for()
    yield "messages"
    page.goto("/admin/")
    page.locator("#id_username").fill(STAFF["CLINIC_STAFF_EMAIL"])
    page.locator("#id_password").fill(STAFF["CLINIC_STAFF_PASSWORD"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    yield "dashboard"
    page.goto("/admin/inquiries/inquiry/handover/")
    yield "handover"
    page.goto("/admin/inquiries/inquiry/")
    yield "triage-list"
    page.goto(f"/admin/inquiries/inquiry/{inquiry}/change/")
    yield "inquiry"
    page.goto(f"/admin/inquiries/inquiry/{talked}/change/")
    yield "conversation"
    page.get_by_label("Your message").fill("Tuesday at eleven it is.\n\nPlease bring a list of what you take.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Read it once more").wait_for()
    yield "preview"
    page.goto(f"/admin/inquiries/inquiry/{contested}/change/")
    page.get_by_label("What should colleagues know?").fill("Called at noon. They will call back after three.")
    its_owner_writes(contested)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Not saved yet").wait_for()
    yield "conflict"


def way_in(inquiry: int) -> tuple[str, Callable[[], str]]:
    """The address of a patient's messages, and how to get the code that was asked for last."""
    from inquiries.conversation import links
    from inquiries.models import Code, Inquiry

    return links.address(Inquiry.objects.get(pk=inquiry)), lambda: links.digits(Code.objects.latest("pk"))


def its_owner_writes(inquiry: int) -> None:
    """Somebody is quicker than the person whose screen is pictured."""
    from inquiries import services
    from inquiries.models import Inquiry

    owner = Inquiry.objects.select_related("owner").get(pk=inquiry).owner
    assert owner is not None
    services.note(inquiry, text="Asked the clinician on call. She will look at it today.", by=owner)


def take(browser: Browser, site: str, inquiries: tuple[int, int, int], *, full: bool, folder: Path) -> None:
    """Every stop of the tour, at each size and in each scheme."""
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                base_url=site,
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            for name in tour(page, *inquiries):
                if size == "tablet" and name not in DESK:
                    continue
                page.wait_for_load_state("networkidle")
                path = folder / f"{name}-{size}-{scheme}.png"
                save(page.screenshot(full_page=full), path)
                print(f"{path.name}: {path.stat().st_size // 1024} kB")
            context.close()


def save(png: bytes, path: Path) -> None:
    """The picture with few colours, so that the repository stays small."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Take them all; `--full FOLDER` takes whole pages instead of the first screen, for a closer look."""
    path = find_chromium()
    if path is None:
        sys.exit(MISSING)
    full = sys.argv[1:2] == ["--full"]
    folder = Path(sys.argv[2]) if full else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with product() as site:
        inquiries = add_samples()
        with chromium(path) as browser:
            take(browser, site, inquiries, full=full, folder=folder)


if __name__ == "__main__":
    main()
