"""Published pages come from memory, are never old for long, and are the same for everyone."""

import gzip
import threading

import brotli
import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.pages import loader, shelf
from clinic.pages.middleware import PublishedPagesMiddleware
from clinic.pages.models import Edition, Page, Reference
from clinic.practice.models import Closure, Practice

pytestmark = pytest.mark.django_db
PAGE = "/privacy/"


class Clock:
    """Time that passes only when a test says so."""

    now = 1000.0

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("clinic.pages.shelf.monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def site(client, clock):
    """A browser on the starter site, after somebody else has read the privacy page."""
    loader.load()
    client.get(PAGE)
    return client


def edit(text: str) -> None:
    Page.objects.filter(slug="privacy").update(body=text)


def test_a_second_reader_costs_no_query_and_no_cookie(site, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = site.get(PAGE)

    assert b"Our cookies" in response.content
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_while_nothing_changes_the_database_is_asked_one_short_question_every_two_seconds(
    site, clock, django_assert_num_queries
):
    clock.pass_seconds(2)

    with django_assert_num_queries(1):
        site.get(PAGE)
        site.get(PAGE)


def test_a_kept_page_carries_every_header_that_a_fresh_one_has(site, clock):
    kept = site.get(PAGE).headers
    fresh = site.get("/accessibility/").headers

    assert kept.keys() == fresh.keys()
    assert "script-src 'self'" in kept["Content-Security-Policy"]
    assert kept["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"


def test_an_edit_is_public_two_seconds_later(site, clock):
    edit("Now it says tea.")
    clock.pass_seconds(1.9)
    before = site.get(PAGE).content
    clock.pass_seconds(0.1)
    after = site.get(PAGE).content

    assert b"tea" not in before
    assert b"tea" in after


@pytest.mark.parametrize(
    "change",
    [
        lambda: Practice.objects.update(name="Lakeside Example Clinic"),
        lambda: Reference.objects.filter(key="nimh").update(title="Depression, explained"),
        lambda: Closure.objects.create(
            first_day=timezone.now().date(), last_day=timezone.now().date(), reason="Repairs"
        ),
        lambda: Page.objects.filter(slug="home").update(nav_title="Start"),
    ],
    ids=["the clinic's facts", "a reference", "a closed day", "another page"],
)
def test_whatever_pages_show_renews_the_edition(site, change):
    before = Edition.objects.get().token

    change()

    assert Edition.objects.get().token != before


def test_a_page_taken_down_is_gone_two_seconds_later(site, clock):
    Page.objects.filter(slug="privacy").update(published=False)
    clock.pass_seconds(2)

    assert site.get(PAGE).status_code == 404


@pytest.mark.parametrize("path", ["/home/", "/no-such-page/", "/privacy-2/"])
def test_what_is_no_published_page_is_not_found_and_not_kept(site, path):
    Page.objects.create(slug="privacy-2", title="Draft", nav_title="Draft", summary="A draft.", body="Soon.")

    assert site.get(path).status_code == 404
    assert site.get(path).status_code == 404


def test_a_browser_that_has_the_page_is_told_so(site):
    tag = site.get(PAGE).headers["ETag"]

    response = site.get(PAGE, headers={"if-none-match": tag})

    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["ETag"] == tag
    assert "Cache-Control" in response.headers


def test_a_browser_with_an_old_copy_gets_the_new_page(site, clock):
    tag = site.get(PAGE).headers["ETag"]
    edit("Now it says tea.")
    clock.pass_seconds(2)

    response = site.get(PAGE, headers={"if-none-match": tag})

    assert response.status_code == 200


BROWSER = "gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    "accepts, coding",
    [
        (BROWSER, "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("identity;q=0.5, *;q=0.1", None),
        ("br;q=0, gzip;q=0", None),
        ("br;q=much", None),
        ("identity;q=0", None),
        ("deflate, zstd", None),
        ("", None),
    ],
)
def test_a_page_comes_in_the_smallest_form_that_the_browser_takes(site, accepts, coding):
    plain = site.get(PAGE).content
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]

    response = site.get(PAGE, headers={"accept-encoding": accepts})

    assert response.headers.get("Content-Encoding") == coding
    assert unpack(response.content) == plain
    assert response.headers["Content-Length"] == str(len(response.content))


def test_each_form_of_a_page_has_a_strong_tag_of_its_own_and_says_what_it_depends_on(site):
    forms = [site.get(PAGE, headers={"accept-encoding": accepts}) for accepts in ("br", "gzip", "")]

    assert len({form.headers["ETag"] for form in forms}) == 3
    assert not [form for form in forms if form.headers["ETag"].startswith("W/")]
    assert {form.headers["Vary"] for form in forms} == {"Accept-Encoding"}


@pytest.mark.parametrize("had, accepts, status", [("br", "br", 304), ("gzip", "gzip", 304), ("gzip", "br", 200)])
def test_a_browser_is_told_unchanged_only_about_the_form_it_has(site, had, accepts, status):
    tag = site.get(PAGE, headers={"accept-encoding": had}).headers["ETag"]

    response = site.get(PAGE, headers={"accept-encoding": accepts, "if-none-match": tag})

    assert response.status_code == status
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/contact/", "/no-such-page/"])
def test_what_holds_a_secret_or_words_of_the_sender_is_never_compressed(site, path):
    response = site.get(path, headers={"accept-encoding": BROWSER})

    assert "Content-Encoding" not in response.headers


def test_head_answers_as_get_does_without_the_body(site):
    get = site.get(PAGE, headers={"accept-encoding": BROWSER})

    head = site.head(PAGE, headers={"accept-encoding": BROWSER})

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == get.headers


def test_a_page_is_the_same_whoever_asks_first(client, clock, nurse, settings):
    settings.ALLOWED_HOSTS = ["testserver", "clinic.example.org"]
    loader.load()
    stranger = client.get(PAGE).content
    Edition.objects.update(token="00000000-0000-4000-8000-000000000000")
    clock.pass_seconds(2)
    client.force_login(nurse)
    languages = {"accept-language": "es", "host": "clinic.example.org"}

    assert client.get(PAGE, headers=languages).content == stranger


def test_a_host_that_is_not_ours_is_refused_even_for_a_kept_page(site):
    assert site.get(PAGE, headers={"host": "evil.example"}).status_code == 400


def test_a_link_with_words_that_other_sites_add_costs_no_query(site, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = site.get(PAGE + "?fbclid=abc")

    assert b"Our cookies" in response.content


def test_nothing_of_a_query_string_can_get_into_what_is_kept(site, rf):
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.get_full_path())
        return HttpResponse()

    PublishedPagesMiddleware(view)(rf.get(PAGE + "?from=mallory"))

    assert seen == [PAGE]


def test_only_reading_is_allowed(site):
    assert site.post(PAGE).status_code == 405


def test_kept_pages_are_still_served_while_the_database_is_away(site, clock):
    clock.pass_seconds(60)

    def away(*args):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(away):
        response = site.get(PAGE)

    assert response.status_code == 200


def test_a_page_not_read_since_the_last_edit_is_served_as_it_was_while_the_database_is_away(site, clock):
    edit("Now it says tea.")
    clock.pass_seconds(2)
    site.get("/accessibility/")  # this process now knows of the new edition
    site.raise_request_exception = False

    def away(*args):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(away):
        response = site.get(PAGE)

    assert response.status_code == 200
    assert b"Our cookies" in response.content


def test_memory_holds_published_pages_only(site, clock):
    kept = shelf.Shelf()
    for path in ("/privacy/", "/accessibility/"):
        kept.stock().fresh[path] = shelf.Kept({}, b"", "")
    Page.objects.filter(slug="privacy").update(published=False)
    clock.pass_seconds(2)

    stock = kept.stock()

    assert {**stock.older, **stock.fresh}.keys() == {"/accessibility/"}


def test_a_slow_check_holds_up_one_reader_only(site, clock, monkeypatch):
    kept = shelf.Shelf()
    kept.stock()
    clock.pass_seconds(2)
    started, go_on = threading.Event(), threading.Event()

    def slow(self):
        started.set()
        go_on.wait(5)
        return self._stock

    monkeypatch.setattr(shelf.Shelf, "_checked", slow)
    first = threading.Thread(target=kept.stock)
    first.start()
    started.wait(5)

    stock = kept.stock()
    first_still_waits = first.is_alive()
    go_on.set()
    first.join()

    assert PAGE in stock.paths
    assert first_still_waits


def test_health_checks_and_form_posts_never_wait_for_the_edition(site, clock, monkeypatch):
    clock.pass_seconds(2)
    monkeypatch.setattr(shelf.Shelf, "stock", lambda self: pytest.fail("asked for the edition"))

    site.get("/healthz")
    site.get("/contact/")
    site.post("/contact/", {})
