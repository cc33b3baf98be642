"""Every page leads to every other, says where it stands, and can be passed on without telling anybody."""

import re
from urllib.parse import unquote

import pytest
from django.db import OperationalError
from django.urls import reverse

from clinic.pages import loader, navigation
from clinic.pages.models import Page
from inquiries import blank_form

pytestmark = pytest.mark.django_db

STARTER = {page["slug"]: page for page in loader.read_pages()}
ADDRESSES = {slug: "/" if slug == "home" else f"/{slug}/" for slug in STARTER}
# What is not made from a page of the database, and must lead on all the same.
OTHERS = ["/contact/", "/no-such-page/"]


@pytest.fixture
def site(client):
    loader.load()
    return client


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time that navigation goes by, as the only entry."""
    now = [1000.0]
    monkeypatch.setattr(navigation, "monotonic", lambda: now[0])
    monkeypatch.setattr(blank_form, "monotonic", lambda: now[0])
    return now


def html(site, address: str) -> str:
    content: bytes = site.get(address).content
    return content.decode()


def part(page: str, start: str, tag: str) -> str:
    """The first element that starts like this, up to its end tag."""
    found = re.search(rf"<{tag}[^>]*{start}.*?</{tag}>", page, re.DOTALL)
    assert found, f"there is no <{tag} … {start}"
    return found[0]


def links(text: str) -> list[str]:
    return re.findall(r'<a\s[^>]*?href="([^"]+)"', text)


def away(*args, **kwargs):
    raise OperationalError


@pytest.mark.parametrize("address", [*ADDRESSES.values(), *OTHERS])
@pytest.mark.parametrize(("start", "tag"), [('aria-label="Main"', "nav"), ('class="site-foot"', "footer")])
def test_the_menu_and_the_footer_of_every_page_lead_to_every_page(site, address, start, tag):
    missing = {*ADDRESSES.values(), "/"} - {*links(part(html(site, address), start, tag))}

    assert missing <= ({"/"} if tag == "nav" else set())  # beside the menu, the clinic's name leads home


@pytest.mark.parametrize("address", [*ADDRESSES.values(), *OTHERS])
def test_every_link_inside_the_site_leads_somewhere(site, address):
    inside = {link for link in links(html(site, address)) if re.match(r"/(?!static/|/)", link)}

    assert {link: site.get(link).status_code for link in inside} == dict.fromkeys(inside, 200)


@pytest.mark.parametrize("address", [*ADDRESSES.values(), *OTHERS])
def test_every_link_inside_a_page_has_its_target(site, address):
    page = html(site, address)
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert {link[1:] for link in links(page) if link.startswith("#")} - {*ids} == set()
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("slug", [slug for slug in STARTER if slug != "home"])
def test_a_page_says_where_it_stands(site, slug):
    page = html(site, ADDRESSES[slug])

    crumbs = re.sub(r"<[^>]+>|\s+", " ", part(page, 'class="crumbs"', "nav")).split()
    current = re.findall(r'<a href="([^"]+)" aria-current="page"', part(page, 'aria-label="Main"', "nav"))
    section = {"treatment": "About the treatment", "help": "Getting help", "clinic": "About the clinic"}
    assert " ".join(crumbs) == f"Home {section[STARTER[slug]['section']]} {STARTER[slug]['nav_title']}"
    assert current == [ADDRESSES[slug]]


def test_the_form_says_that_it_is_the_form(site):
    assert re.findall(r'<a href="([^"]+)" aria-current', html(site, "/contact/")) == ["/contact/"]


@pytest.mark.parametrize("slug", [slug for slug in STARTER if STARTER[slug]["related"] and slug != "home"])
def test_a_page_ends_with_what_to_read_next_in_the_authors_order(site, slug):
    after = part(html(site, ADDRESSES[slug]), 'aria-label="Read next"', "section")

    assert links(after) == [ADDRESSES[related] for related in STARTER[slug]["related"]]


def test_a_page_that_staff_publish_is_in_every_menu_two_seconds_later(site, clock):
    html(site, "/contact/")
    Page.objects.create(
        slug="parking", title="Where to park", nav_title="Parking", summary="Parking.", body="Behind the house.",
        section="clinic", published=True,
    )  # fmt: skip
    before = html(site, "/contact/")
    clock[0] += navigation.RECENT
    after = html(site, "/contact/")

    assert "/parking/" not in links(before)
    assert links(after).count("/parking/") == 2


def test_a_published_page_never_keeps_an_older_menu(site):
    html(site, "/contact/")  # the menu is now known to this process
    Page.objects.filter(slug="glossary").update(published=False)

    assert "/glossary/" not in links(part(html(site, "/safety/"), 'aria-label="Main"', "nav"))


def test_a_page_that_nobody_keeps_asks_for_the_menu_once_in_two_seconds(site, clock, django_assert_num_queries):
    site.get("/nowhere/")
    with django_assert_num_queries(2):  # whether there is such a page, and the practice
        site.get("/nowhere/")


def test_without_a_database_the_last_menu_is_shown(site, clock, monkeypatch):
    Page.objects.filter(slug="glossary").update(published=False)
    html(site, "/contact/")
    monkeypatch.setattr(navigation, "current", away)
    clock[0] += navigation.RECENT

    assert [group.section for group in navigation.recent()] == ["treatment", "help", "clinic"]
    assert "glossary" not in [page.slug for group in navigation.recent() for page in group.pages]


def test_a_process_that_never_saw_the_database_shows_the_pages_that_the_site_starts_with(monkeypatch):
    monkeypatch.setattr(navigation, "current", away)

    shown = {page.slug for group in navigation.recent() for page in group.pages}

    assert shown == {*STARTER} - {"home"}


@pytest.mark.parametrize("slug", STARTER)
def test_a_page_can_be_passed_on_and_no_service_is_told_before_that(site, settings, slug):
    settings.SITE_URL = "https://clinic.example"
    page = html(site, ADDRESSES[slug])

    share = part(page, 'class="share', "section")
    passed_on = [link.replace("&amp;", "&") for link in links(share)]
    assert [re.split(r"[/?]+", link)[1 if link.startswith("https") else 0] for link in passed_on] == [
        "mailto:", "wa.me", "www.facebook.com", "x.com",
    ]  # fmt: skip
    assert all(f"https://clinic.example{ADDRESSES[slug]}" in unquote(link) for link in passed_on)
    assert share.count('rel="external noreferrer nofollow"') == 3
    assert re.findall(r'\s(?:src|srcset|action)="(?!/static/)([^"]*)"', page) == []


@pytest.mark.parametrize("address", ADDRESSES.values())
def test_a_button_that_needs_a_script_is_hidden_until_there_is_one(site, address):
    buttons = re.findall(r"<button[^>]*>", html(site, address))

    assert len(buttons) == 2
    assert all(re.search(r'data-action="\w+" hidden>', button) for button in buttons)


def test_the_page_for_a_wrong_address_shows_every_page_with_its_summary(site):
    page = part(html(site, "/no-such-page/"), 'id="main"', "main")

    assert {*ADDRESSES.values(), "/contact/"} <= {*links(page)}
    assert "Crisis lines you can call or text today" in page


def test_the_components_are_for_staff_only(client, desk):
    address = reverse("components")

    assert "Components" in desk.get(address).content.decode()
    desk.logout()
    assert client.get(address).status_code == 302
