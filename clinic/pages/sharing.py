"""Plain links with which a reader passes a page on. Nothing of another company is loaded; a link is only a link."""

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings

from clinic.pages.models import Page

# How each service takes a page's address and title, both percent-encoded.
SERVICES = {
    "WhatsApp": "https://wa.me/?text={title}%20{address}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={address}",
    "X": "https://x.com/intent/post?text={title}&url={address}",
}


def address(page: Page) -> str:
    """The page's full address, as it is passed on."""
    return settings.SITE_URL + page.get_absolute_url()


def by_email(page: Page) -> str:
    """A link that opens the reader's own mail program."""
    return f"mailto:?subject={quote(page.title)}&body={quote(address(page))}"


def services(page: Page) -> Iterator[tuple[str, str]]:
    """The name of each service and the link that opens it with this page."""
    for name, pattern in SERVICES.items():
        yield name, pattern.format(title=quote(page.title, safe=""), address=quote(address(page), safe=""))
