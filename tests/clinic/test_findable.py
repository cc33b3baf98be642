"""What search engines, link previews and other programs are told: true, complete, and nothing about patients."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from PIL import Image

from clinic.pages import loader, structured
from clinic.pages.models import Page
from clinic.practice.models import Practice
from inquiries.models import Inquiry
from tests import factories

pytestmark = pytest.mark.django_db

PUBLISHED = [path.stem for path in sorted(loader.STARTER.glob("*.md"))]
SITE = "https://ask.clinic.example"
STATIC = loader.STARTER.parents[1] / "static" / "clinic"
CHANGED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def site(client):
    """A browser on the starter site."""
    loader.load()
    return client


def path_of(slug: str) -> str:
    return "/" if slug == "home" else f"/{slug}/"


def head_of(response: HttpResponse) -> str:
    return response.content.decode().partition("</head>")[0]


def meta(response) -> dict[str, str]:
    """Every <meta> with a name or a property."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', head_of(response))
    return {name: unescape(content) for name, content in found}


def graph(response) -> dict[str, dict]:
    """The page's JSON-LD by type."""
    [text] = DATA.findall(head_of(response))
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    return {kind: node for node in data["@graph"] for kind in [node["@type"]] if isinstance(kind, str)} | {
        kind: node for node in data["@graph"] if isinstance(node["@type"], list) for kind in node["@type"]
    }


def size_of(path: Path) -> tuple[int, int]:
    """Of a picture, in pixels."""
    with Image.open(path) as picture:
        return picture.size


# --- The head of a page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PUBLISHED)
def test_every_page_has_a_title_a_description_and_one_address_that_counts(site, slug):
    response = site.get(path_of(slug) + "?utm_source=x", headers={"host": "localhost"})
    page = Page.objects.get(slug=slug)

    assert f"<title>{page.title} – Riverside Example Clinic</title>" in unescape(head_of(response))
    assert meta(response)["description"] == page.summary
    assert f'<link rel="canonical" href="{SITE}{path_of(slug)}">' in head_of(response)
    assert "robots" not in meta(response)


def test_no_two_pages_have_the_same_title_or_description(site):
    pages = [(site.get(path_of(slug)), slug) for slug in PUBLISHED]

    assert len({meta(response)["og:title"] for response, _ in pages}) == len(pages)
    assert len({meta(response)["description"] for response, _ in pages}) == len(pages)


@pytest.mark.parametrize("path", ["/", "/evidence/", "/contact/"])
def test_a_link_that_somebody_passes_on_shows_what_it_leads_to(site, path):
    shown = meta(site.get(path))

    assert shown["og:url"] == SITE + path
    assert shown["og:title"]
    assert shown["og:description"]
    assert shown["og:site_name"] == "Riverside Example Clinic"
    assert shown["og:type"] == ("article" if path == "/evidence/" else "website")
    assert shown["og:image"] == f"{SITE}/static/clinic/share.png"


def test_the_picture_for_shared_links_has_the_size_it_says_and_is_light(site):
    shown = meta(site.get("/"))
    path = STATIC / "share.png"

    assert size_of(path) == (int(shown["og:image:width"]), int(shown["og:image:height"])) == (1200, 630)
    assert path.stat().st_size < 40_000


def test_the_form_may_be_found_under_one_address(site):
    assert f'<link rel="canonical" href="{SITE}/contact/">' in head_of(site.get("/contact/"))


def test_receipts_and_error_pages_ask_not_to_be_listed(site, a_question):
    receipt = site.post("/contact/", a_question).headers["Location"]
    failed = HttpResponse(render_to_string("500.html"))

    for response in (site.get(receipt), site.get("/no-such-page/"), failed):
        assert meta(response)["robots"] == "noindex"


def test_a_receipt_has_no_address_that_counts_and_nothing_for_previews(site, a_question):
    receipt = site.get(site.post("/contact/", a_question).headers["Location"])

    assert "canonical" not in head_of(receipt)
    assert not [name for name in meta(receipt) if name.startswith("og:")]


def test_the_browsers_frame_takes_the_colour_of_the_top_of_the_page_in_each_scheme(site):
    tints = re.findall(r"--tint: (#\w{6})", (STATIC / "tokens.css").read_text())[:2]
    colours = re.findall(
        r'name="theme-color" content="(#\w{6})" media="\(prefers-color-scheme: (\w+)\)"', head_of(site.get("/"))
    )

    assert colours == [(tints[0], "light"), (tints[1], "dark")]


# --- JSON-LD ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PUBLISHED)
def test_every_page_says_what_it_is_in_data_that_can_be_read(site, slug):
    Page.objects.update(updated_at=CHANGED)
    nodes = graph(site.get(path_of(slug)))
    page = Page.objects.get(slug=slug)
    node = nodes["WebPage" if page.section == "clinic" else "MedicalWebPage"]

    assert (node["name"], node["description"]) == (page.title, page.summary)
    assert node["url"] == SITE + path_of(slug)
    assert node["dateModified"] == "2026-03-04T05:06:07+00:00"
    assert datetime.fromisoformat(node["datePublished"]) <= datetime.now(UTC)
    assert node["publisher"]["@id"] == nodes["MedicalClinic"]["@id"]


def test_the_words_of_staff_cannot_end_the_data_or_start_a_script(site):
    nasty = '</script><script>alert("1")</script><!-- & \u2028'
    Page.objects.filter(slug="safety").update(title=nasty)

    response = site.get("/safety/")

    assert graph(response)["MedicalWebPage"]["name"] == nasty
    assert "<script>alert" not in response.content.decode()


def test_a_page_that_no_clinician_approved_claims_no_review(site):
    node = graph(site.get("/safety/"))["MedicalWebPage"]

    assert "lastReviewed" not in node
    assert "reviewedBy" not in node


def test_a_page_that_a_clinician_approved_says_who_and_when(site):
    Page.objects.filter(slug="safety").update(
        reviewed_on=date(2026, 11, 2), next_review_on=date(2027, 11, 2), reviewed_by="Rosa Example, MD"
    )

    node = graph(site.get("/safety/"))["MedicalWebPage"]

    assert node["lastReviewed"] == "2026-11-02"
    assert node["reviewedBy"] == {"@type": "Person", "name": "Rosa Example, MD"}


def test_every_question_on_the_page_of_questions_is_in_its_data_word_for_word(site):
    response = site.get("/questions/")
    words = unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", response.content.decode()))
    words = re.sub(r"\s+", " ", words)
    asked = graph(response)["FAQPage"]["mainEntity"]

    assert len(asked) == response.content.decode().count('class="faq"')
    for entry in asked:
        for text in (entry["name"], *entry["acceptedAnswer"]["text"].splitlines()):
            assert re.sub(r"\s+", " ", text) in words


def test_an_answer_is_plain_text_with_its_lists_and_boxes_and_without_numbers_of_sources():
    text = "::::faq Is *it* safe?\nMostly, **but** see\n[the page](/safety/). [@nimh]\n\n- one\n- two\n\n"
    text += ":::emergency Call 911 if:\n- you choke\n:::\n::::\n\nNot part of it.\n"

    assert list(structured.questions(text)) == [
        ("Is *it* safe?", "Mostly, but see the page.\none\ntwo\nCall 911 if:\nyou choke")
    ]


def test_a_page_without_questions_does_not_pretend_to_have_some(site):
    assert "FAQPage" not in graph(site.get("/safety/"))


def test_the_clinics_data_are_the_practices_facts(site):
    Practice.objects.update(
        name="Lakeside Example Clinic", phone="+13125550199", address="1 Lake Street\n\n Chicago, IL 60601 "
    )

    node = graph(site.get("/about/"))["MedicalClinic"]

    assert node["name"] == "Lakeside Example Clinic"
    assert node["telephone"] == "+13125550199"
    assert node["address"] == "1 Lake Street, Chicago, IL 60601"


@pytest.mark.parametrize(
    "hours, said",
    [
        ("Mo-Fr 09:00-17:00; PH off", [("Monday Tuesday Wednesday Thursday Friday", "09:00", "17:00")]),
        ("Sa 09:00-12:00,13:00-17:30", [("Saturday", "09:00", "12:00"), ("Saturday", "13:00", "17:30")]),
        ("Su 22:00-24:00", [("Sunday", "22:00", "23:59")]),
        ("Mo 22:00-02:00", [("Monday", "22:00", "23:59"), ("Tuesday", "00:00", "02:00")]),
        ("whenever", []),
    ],
)
def test_opening_hours_are_said_by_weekday_or_not_at_all(site, hours, said):
    Practice.objects.update(opening_hours=hours)

    specified = graph(site.get("/about/"))["MedicalClinic"].get("openingHoursSpecification", [])

    assert [(" ".join(one["dayOfWeek"]), one["opens"], one["closes"]) for one in specified] == said


def test_the_way_to_a_page_is_said_in_order(site):
    places = graph(site.get("/safety/"))["BreadcrumbList"]["itemListElement"]

    assert [(place["position"], place["item"]) for place in places] == [(1, f"{SITE}/"), (2, f"{SITE}/safety/")]


# --- Addresses for programs -------------------------------------------------------------------------------------------


def test_the_sitemap_lists_every_published_page_and_the_form_with_real_dates(site):
    Page.objects.filter(slug="glossary").update(published=False)
    Page.objects.filter(slug="safety").update(updated_at=CHANGED)

    response = site.get("/sitemap.xml")

    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    listed = {
        place.findtext(f"{name}loc"): place.findtext(f"{name}lastmod")
        for place in ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    }
    assert response.headers["Content-Type"].startswith("application/xml")
    assert listed.keys() == {SITE + path_of(slug) for slug in PUBLISHED if slug != "glossary"} | {f"{SITE}/contact/"}
    assert listed[f"{SITE}/safety/"] == "2026-03-04T05:06:07+00:00"
    assert listed[f"{SITE}/contact/"] is None


def test_robots_may_read_everything_but_the_desk_and_find_the_sitemap(site):
    text = site.get("/robots.txt").content.decode()

    assert text == f"User-agent: *\nDisallow: /admin/\n\nSitemap: {SITE}/sitemap.xml\n"


def test_whoever_finds_a_weakness_learns_whom_to_tell_and_until_when_that_holds(site):
    response = site.get("/.well-known/security.txt")
    fields = [line.split(": ", 1) for line in response.content.decode().splitlines()]
    said = dict(reversed(fields))
    left = datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert [value for name, value in fields if name == "Contact"] == [f"{SITE}/contact/", "tel:+1-212-555-0123"]
    assert timedelta(days=30) < left < timedelta(days=365)
    assert said["Preferred-Languages"] == "en, es"
    assert said["Canonical"] == f"{SITE}/.well-known/security.txt"


def test_a_phones_home_screen_gets_the_clinics_name_and_icons_that_exist(site):
    response = site.get("/site.webmanifest")
    told = json.loads(response.content)

    assert response.headers["Content-Type"] == "application/manifest+json"
    assert told["name"] == "Riverside Example Clinic"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        width, height = size_of(STATIC / icon["src"].rpartition("/")[2])
        assert icon["sizes"] == f"{width}x{height}"


@pytest.mark.parametrize("path, kind", [("/favicon.ico", "image/x-icon"), ("/apple-touch-icon.png", "image/png")])
def test_icons_are_where_programs_look_without_being_told(site, path, kind):
    response = site.get(path)

    assert response.getvalue()
    assert response.headers["Content-Type"] in (kind, "image/vnd.microsoft.icon")


@pytest.mark.parametrize("path", ["/sitemap.xml", "/robots.txt", "/.well-known/security.txt", "/site.webmanifest"])
def test_what_programs_fetch_may_be_kept_by_anyone_and_sets_no_cookie(site, path):
    response = site.get(path)

    assert "public" in response.headers["Cache-Control"]
    assert not response.cookies


def test_nothing_for_programs_mentions_an_inquiry(site):
    kept = factories.inquiry(name="Ada Example")
    texts = [site.get(path).content.decode() for path in ("/sitemap.xml", "/robots.txt", "/site.webmanifest")]

    assert Inquiry.objects.count() == 1
    assert not [text for text in texts if kept.reference in text or "Ada" in text or "received" in text]
