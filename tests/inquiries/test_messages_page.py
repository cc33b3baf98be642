"""The patient's page: the link alone shows nothing, a code opens it, and no word that is typed there is lost."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from clinic.pages import loader
from inquiries import services
from inquiries.conversation import links, replies
from inquiries.conversation.words import WORDS, words
from inquiries.models import Code, Inquiry, Link, LostLink, Message, Notice, Status
from tests import factories, markup

pytestmark = pytest.mark.django_db

WORDS_TYPED = 'Danke — ¿y el martes?\nYes, "Tuesday" <b>works</b> 😔'
EN = words("en")


@pytest.fixture
def inquiry(nurse) -> Inquiry:
    """A question that Nora has claimed; its receipt is out of the way."""
    inquiry = factories.inquiry()
    Email.objects.update(status=STATUS.sent)
    return services.claim(inquiry.pk, by=nurse)


def address_of(inquiry: Inquiry) -> str:
    return links.address(inquiry).removeprefix(settings.SITE_URL)


def later(monkeypatch, **passed: float) -> None:
    """Let the clock go on."""
    now = timezone.now() + timedelta(**passed)
    monkeypatch.setattr(timezone, "now", lambda: now)


def answered(inquiry: Inquiry, nurse, text: str = "We can see you on Tuesday.", **choices) -> Message:
    """A message of Nora's that has left."""
    message = services.reply(inquiry.pk, text=text, by=nurse, **choices)
    Message.objects.filter(pk=message.pk).update(leaves_at=timezone.now() - timedelta(seconds=1))
    replies.let_leave()
    message.refresh_from_db()
    return message


def ask_for_code(client: Client, address: str, **typed: str) -> str:
    """Press the button; the address of the page that asks for the code."""
    return str(client.post(f"{address}code/", typed).headers["Location"])


def digits_for(page: str) -> str:
    signed = page.rstrip("/").rpartition("/")[2]
    return links.digits(Code.objects.get(pk=links._code_address.unsign(signed)))


def come_in(client: Client, inquiry: Inquiry) -> str:
    """Type the right code; the address of the messages."""
    address = address_of(inquiry)
    page = ask_for_code(client, address)
    client.post(page, {"code": digits_for(page)})
    return address


def wrong_for(page: str) -> str:
    return "000000" if digits_for(page) != "000000" else "111111"


def main_words(response) -> str:
    return markup.read(response.content).one("main").words()


def typed_in(response) -> dict[str, str]:
    """What the form for a message would send."""
    form = next(f for f in markup.read(response.content).one("main").all("form") if f.all(name="message"))
    return {
        field.attributes["name"]: field.text() if field.tag == "textarea" else field.attributes.get("value", "")
        for field in form
        if field.attributes.get("name")
    }


def plain(text: str) -> str:
    return text.replace("\r\n", "\n")


# --- The link alone ---------------------------------------------------------------------------------------------------


def test_the_link_alone_shows_nothing_of_the_person_or_of_what_the_clinic_treats(client, inquiry, nurse):
    loader.load()
    answered(inquiry, nurse)

    shown = client.get(address_of(inquiry)).content.decode()

    assert [link.attributes["href"] for link in markup.read(shown).all("a")] == ["tel:+1-212-555-0123"]
    private = [inquiry.name, inquiry.email, inquiry.reference, "felt low", "Tuesday", "depress", "botul", "botox"]
    assert not [word for word in private if word.lower() in shown.lower()]
    assert Message.objects.filter(opened_at__isnull=False).count() == 0


@pytest.mark.parametrize("below", ["write/", "ask/copy/", "ask/deletion/", "done/sent/"])
def test_no_address_below_the_link_shows_or_does_anything_without_the_code(client, inquiry, below):
    address = address_of(inquiry) + below

    answers = [client.get(address), client.post(address, {"message": "Hello", "submission_key": uuid.uuid4()})]

    assert not [answer for answer in answers if inquiry.reference in answer.content.decode()]
    assert inquiry.messages.count() == 0


def test_a_scanner_that_follows_and_sends_everything_it_finds_changes_nothing_a_patient_needs(client, inquiry, nurse):
    message = answered(inquiry, nurse)
    before = Inquiry.objects.values().get(pk=inquiry.pk)
    address, scanner = address_of(inquiry), Client()
    seen: set[tuple[str, str]] = set()

    to_do = [("get", address), ("head", address), ("post", address)]
    while to_do:
        method, path = to_do.pop()
        if (method, path) in seen or not path.startswith("/m/") or len(seen) > 30:
            continue
        seen.add((method, path))
        answer = getattr(scanner, method)(path, {"code": "scan", "message": "scan", "reference": "x", "email": "x"})
        to_do += [(found, answer.headers["Location"]) for found in ("get", "post") if "Location" in answer.headers]
        page = markup.read(answer.content)
        to_do += [("get", link.attributes["href"]) for link in page.all("a")]
        to_do += [("post", form.attributes["action"]) for form in page.all("form")]

    assert any("/code/" in path for _, path in seen)
    assert Inquiry.objects.values().get(pk=inquiry.pk) == before
    assert inquiry.messages.get() == message
    assert message.opened_at is None
    come_in(client, inquiry)
    assert "We can see you on Tuesday." in main_words(client.get(address))


@pytest.mark.parametrize("state, status, said", [
    ("unknown", 404, "gone_unknown"), ("expired", 410, "gone_expired"), ("replaced", 410, "gone_replaced"),
])  # fmt: skip
def test_a_link_that_does_not_work_says_why_and_what_to_do(client, inquiry, state, status, said):
    address = come_in(client, inquiry)
    if state == "unknown":
        address = f"/m/{'x' * 43}/"
    elif state == "expired":
        Link.objects.update(expires_at=timezone.now())
    else:
        links.replace(inquiry)

    answers = [client.get(address), client.post(f"{address}code/"), client.post(f"{address}write/", {"message": "Hm"})]

    assert [answer.status_code for answer in answers] == [status] * 3
    for answer in answers:
        main = markup.read(answer.content).one("main")
        assert EN[said] in main.words()
        assert main.all("a", href="/m/")
        assert main.all("a", href="tel:+1-212-555-0123")
    assert "Hm" in main_words(answers[2])


# --- The code ---------------------------------------------------------------------------------------------------------


def test_the_code_opens_the_messages_in_the_browser_that_asked_and_in_no_other(client, inquiry):
    other = Client()

    address = come_in(client, inquiry)

    assert inquiry.reference in main_words(client.get(address))
    assert inquiry.reference not in main_words(other.get(address))


def test_two_browsers_each_get_in_with_their_own_code(inquiry):
    one, two = Client(), Client()
    address = address_of(inquiry)
    pages = [ask_for_code(browser, address) for browser in (one, two)]

    for browser, page in zip((two, one), reversed(pages), strict=True):
        browser.post(page, {"code": digits_for(page)})

    assert all(inquiry.reference in main_words(browser.get(address)) for browser in (one, two))


@pytest.mark.parametrize("typed", [" {0} {1}\n", "{0}-{1}", "{0}\u2009{1}", "Code: {0}{1}"])
def test_a_pasted_code_works_as_it_stands_in_the_email(client, inquiry, typed):
    page = ask_for_code(client, address_of(inquiry))
    digits = digits_for(page)

    answer = client.post(page, {"code": typed.format(digits[:3], digits[3:])})

    assert (answer.status_code, answer.headers["Location"]) == (303, address_of(inquiry))


def test_a_wrong_code_says_how_many_tries_are_left(client, inquiry):
    page = ask_for_code(client, address_of(inquiry))

    said = [main_words(client.post(page, {"code": wrong_for(page)})) for _ in range(4)]

    assert [EN["code_wrong"].format(left=left) in each for left, each in zip((4, 3, 2), said, strict=False)] == [
        True
    ] * 3
    assert EN["code_wrong_last"] in said[3]


def test_the_fifth_wrong_code_locks_and_the_right_one_opens_nothing_after_it(client, inquiry):
    page = ask_for_code(client, address_of(inquiry))
    answers = [client.post(page, {"code": wrong_for(page)}) for _ in range(5)]

    after = client.post(page, {"code": digits_for(page)})

    assert EN["code_locked"] in main_words(answers[4])
    assert EN["code_locked"] in main_words(after)
    assert links.COOKIE not in client.cookies
    assert markup.read(after.content).one("main").all("form", action=f"{address_of(inquiry)}code/")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abc"])
def test_a_slip_costs_no_try(client, inquiry, typed):
    page = ask_for_code(client, address_of(inquiry))

    answer = client.post(page, {"code": typed})

    assert "<title>Error: Enter your code" in answer.content.decode()
    assert Code.objects.get().wrong_tries == 0


def test_an_old_code_says_that_it_is_too_old(client, inquiry):
    page = ask_for_code(client, address_of(inquiry))
    Code.objects.update(expires_at=timezone.now())

    answer = client.post(page, {"code": digits_for(page)})

    assert EN["code_expired"] in main_words(answer)


def test_a_used_code_says_so_to_somebody_else(client, inquiry):
    page = ask_for_code(client, address_of(inquiry))
    client.post(page, {"code": digits_for(page)})

    answer = Client().post(page, {"code": digits_for(page)})

    assert EN["code_used"] in main_words(answer)


def test_pressing_the_button_twice_goes_on_to_the_messages(client, inquiry):
    page = ask_for_code(client, address_of(inquiry))

    answers = [client.post(page, {"code": digits_for(page)}) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [address_of(inquiry)] * 2


def test_too_many_codes_says_from_when_there_is_another_and_the_last_one_still_works(client, inquiry):
    address = address_of(inquiry)
    pages = [ask_for_code(client, address) for _ in range(links.MOST_CODES_AN_HOUR)]

    refused = client.post(f"{address}code/")
    client.post(pages[-1], {"code": digits_for(pages[-1])})

    assert refused.status_code == 429
    assert 3500 < int(refused.headers["Retry-After"]) <= 3601
    assert "You can ask for a new one from:" in main_words(refused)
    assert inquiry.reference in main_words(client.get(address))


def test_the_code_goes_to_the_address_on_file_and_no_page_says_which(client, inquiry, mail_server):
    page = ask_for_code(client, address_of(inquiry))

    shown = client.get(page).content.decode()

    assert Notice.objects.get(kind=Notice.Kind.CODE).email.to == [inquiry.email]
    assert inquiry.email not in shown
    assert digits_for(page) not in shown


# --- The messages -----------------------------------------------------------------------------------------------------


def test_the_messages_stand_in_order_with_who_wrote_and_when(client, inquiry, nurse):
    answered(inquiry, nurse)
    services.patient_writes(inquiry.pk, text="Tuesday is fine.", submission_key=uuid.uuid4())

    page = markup.read(client.get(come_in(client, inquiry)).content)

    entries = page.one("ol", class_="entries").all("li")
    assert [entry.one("h2").words().split()[0] for entry in entries] == ["You", "Clinic", "You"]
    texts = [entry.one(class_="entry-text").text() for entry in entries]
    assert texts == [inquiry.message, "We can see you on Tuesday.", "Tuesday is fine."]
    assert all(entry.one("time").attributes["datetime"] for entry in entries)
    assert "Nora" not in page.words()


def test_what_staff_write_is_not_there_before_it_has_left(client, inquiry, nurse):
    services.reply(inquiry.pk, text="We can see you on Tuesday.", by=nurse)

    assert "Tuesday" not in main_words(client.get(come_in(client, inquiry)))


def test_a_message_counts_as_opened_when_it_was_on_the_screen_and_not_before(client, inquiry, nurse):
    message = answered(inquiry, nurse)
    address = come_in(client, inquiry)
    client.head(address)
    client.get(address, headers={"Sec-Purpose": "prefetch"})
    before = Message.objects.get(pk=message.pk).opened_at

    client.get(address)

    assert (before, Message.objects.get(pk=message.pk).opened_at is not None) == (None, True)


@pytest.mark.parametrize(
    "then, said", [("keep", "answered_more"), ("wait", "answered"), ("answered", "answered_closed")]
)
def test_the_page_says_where_the_inquiry_stands(client, inquiry, nurse, then, said):
    answered(inquiry, nurse, then=then, wait_until=timezone.localdate() + timedelta(days=7))

    page = markup.read(client.get(come_in(client, inquiry)).content)

    assert page.one(id="standing").words() == EN[said]


def test_the_promised_time_is_the_one_that_is_kept(client, inquiry):
    page = markup.read(client.get(come_in(client, inquiry)).content)

    standing = page.one(id="standing")
    assert standing.words().startswith("We answer by ")
    assert standing.one("time").attributes["datetime"] == inquiry.due_at.isoformat()


def test_a_late_answer_is_called_late(client, inquiry, monkeypatch):
    address = come_in(client, inquiry)
    due = inquiry.due_at + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: due)
    Link.objects.update(expires_at=due + timedelta(days=1))

    assert "Our answer is late" in main_words(client.get(address))


@pytest.mark.parametrize("message, first", [("I want to end my life.", True), ("When are you open?", False)])
def test_help_is_always_there_and_first_when_it_is_urgent(client, message, first):
    inquiry = factories.inquiry(message=message)

    main = markup.read(client.get(come_in(client, inquiry)).content).one("main")

    words_shown = main.words()
    assert main.all("a", href="tel:988")
    assert main.all("a", href="tel:911")
    assert (words_shown.index("988") < words_shown.index("We answer by")) == first
    assert not [word for word in ("crisis", "urgent", "detected", "screen") if word in words_shown.lower()]


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_what_the_patient_writes_is_kept_once_and_the_page_says_so(client, inquiry):
    address = come_in(client, inquiry)
    form = typed_in(client.get(address)) | {"message": WORDS_TYPED}

    answers = [client.post(f"{address}write/", form) for _ in range(2)]

    page = markup.read(client.get(answers[1].headers["Location"]).content)
    assert plain(inquiry.messages.get().text) == WORDS_TYPED
    assert page.one(id="notice").words().startswith("We have your message. We answer by ")


def test_the_address_alone_does_not_make_the_page_say_that_we_have_something(client, inquiry):
    address = come_in(client, inquiry)

    pages = [markup.read(client.get(f"{address}done/{what}/").content) for what in ("sent", "copy", "nonsense")]

    assert not [page for page in pages if page.all(id="notice")]


@pytest.mark.parametrize("text", ["", "a" * 5_001])
def test_what_is_wrong_with_a_message_is_said_first_and_the_text_stays(client, inquiry, text):
    address = come_in(client, inquiry)

    answer = client.post(f"{address}write/", {"message": text, "submission_key": uuid.uuid4()})

    assert "<title>Error: " in answer.content.decode()
    assert markup.read(answer.content).one(id="error-summary").one("a").attributes["href"] == "#id_message"
    assert typed_in(answer)["message"] == text
    assert inquiry.messages.count() == 0


@pytest.mark.parametrize("kind", ["copy", "deletion", "no_answer"])
def test_a_wish_is_explained_first_and_then_kept(client, inquiry, kind):
    address = come_in(client, inquiry)

    shown = client.get(f"{address}ask/{kind}/")
    before = inquiry.messages.count()
    answer = client.post(f"{address}ask/{kind}/")

    assert EN[f"{kind}_how"] in main_words(shown)
    assert (before, inquiry.messages.get().kind) == (0, kind)
    assert EN[f"{kind}_done"] in main_words(client.get(answer.headers["Location"]))


def test_a_message_makes_a_closed_inquiry_due_again(client, inquiry, nurse):
    answered(inquiry, nurse, then="answered")
    address = come_in(client, inquiry)

    client.post(f"{address}write/", {"message": "One more thing", "submission_key": uuid.uuid4()})

    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.due_at > timezone.now()) == (Status.OPEN, True)


def test_after_leaving_the_link_shows_nothing_again(client, inquiry):
    address = come_in(client, inquiry)

    answer = client.post(f"{address}leave/")

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert inquiry.reference not in main_words(client.get(address))


# --- Nothing typed is lost --------------------------------------------------------------------------------------------


def test_what_was_typed_when_the_half_hour_ended_travels_through_the_code_into_the_box(client, inquiry, monkeypatch):
    address = come_in(client, inquiry)
    typed = typed_in(client.get(address)) | {"message": WORDS_TYPED}
    client.cookies.pop(links.COOKIE)

    gate = client.post(f"{address}write/", typed)
    sent = client.post(f"{address}code/", typed_in(gate))
    page = sent.headers["Location"]
    asks = client.post(page, typed_in(gate))  # as a browser follows a 307: the same form again
    wrong = client.post(page, typed_in(asks) | {"code": wrong_for(page)})
    inside = client.post(page, typed_in(wrong) | {"code": digits_for(page)})
    client.post(f"{address}write/", typed_in(inside))

    assert (gate.status_code, sent.status_code) == (403, 307)
    assert EN["ended"] in main_words(gate)
    assert EN["carried"] in main_words(asks)
    assert EN["not_sent_yet"] in main_words(inside)
    kept = inquiry.messages.get()
    assert (plain(kept.text), str(kept.submission_key)) == (WORDS_TYPED, typed["submission_key"])


@pytest.mark.parametrize("let_in", [True, False])
def test_a_message_without_a_token_comes_back_with_every_word(inquiry, let_in):
    patient = Client(enforce_csrf_checks=True)
    link = links.current(inquiry)
    if let_in:
        patient.cookies[links.COOKIE] = links._browser.sign(str(link.pk))
    typed = {"message": WORDS_TYPED, "submission_key": str(uuid.uuid4())}

    answer = patient.post(f"{address_of(inquiry)}write/", typed)

    assert answer.status_code == 403
    assert EN["stale_form"] in main_words(answer)
    again = typed_in(answer)
    assert (plain(again["message"]), again["submission_key"]) == (WORDS_TYPED, typed["submission_key"])


ELSEWHERE = "https://elsewhere.example"


@pytest.mark.parametrize("https", [False, True])
@pytest.mark.parametrize(
    "headers, taken",
    [
        ({"Origin": "null"}, 303),
        ({}, 303),
        ({"Origin": ELSEWHERE}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_form_of_ours_is_taken_although_our_pages_do_not_say_where_they_are(inquiry, headers, taken, https):
    patient = Client(enforce_csrf_checks=True)
    patient.cookies[links.COOKIE] = links._browser.sign(str(links.current(inquiry).pk))
    address = address_of(inquiry)
    form = typed_in(patient.get(address, secure=https)) | {"message": "Hello"}

    answer = patient.post(f"{address}write/", form, secure=https, headers=headers)

    assert answer.status_code == taken


def away(*args, **kwargs):
    raise OperationalError("could not connect to server")


@pytest.mark.parametrize("language", ["en", "es"])
def test_when_the_database_is_away_the_words_come_back_with_the_same_key(client, inquiry, monkeypatch, language):
    address = come_in(client, inquiry)
    typed = {"message": WORDS_TYPED, "submission_key": str(uuid.uuid4()), "language": language}
    client.raise_request_exception = False
    with monkeypatch.context() as down:
        down.setattr(connection, "ensure_connection", away)
        down.setattr(connection, "cursor", away)
        answer = client.post(f"{address}write/", typed)

    main = markup.read(answer.content).one("main")
    again = typed_in(answer)
    assert answer.status_code == 503
    assert words(language)["unavailable_typed"] in main.words()
    assert (plain(again["message"]), again["submission_key"]) == (WORDS_TYPED, typed["submission_key"])
    assert main.all("a", href="tel:+1-212-555-0123")
    assert main.all("a", href="tel:988")
    client.post(main.one("form").attributes["action"], again)
    assert plain(inquiry.messages.get().text) == WORDS_TYPED


def test_an_odd_body_brings_the_text_back_instead_of_an_error_page(client, inquiry):
    address = come_in(client, inquiry)

    answer = client.post(f"{address}write/", WORDS_TYPED.encode(), content_type="text/plain")

    assert plain(typed_in(answer)["message"]) == WORDS_TYPED


@pytest.mark.parametrize("below", ["write/", "ask/copy/"])
def test_whoever_writes_in_the_instant_of_an_erasure_gets_their_words_back(client, inquiry, nurse, monkeypatch, below):
    address = come_in(client, inquiry)
    found = links.find(address.strip("/").rpartition("/")[2])
    services.close(inquiry.pk, outcome="answered", by=nurse)
    services.erase(inquiry.pk, reason="They asked us to", by=nurse)
    monkeypatch.setattr(links, "find", lambda token: found)

    answer = client.post(f"{address}{below}", {"message": WORDS_TYPED, "submission_key": str(uuid.uuid4())})

    page = markup.read(answer.content).one("main")
    assert answer.status_code == 404
    assert plain(page.one("textarea", id="typed").text()) == WORDS_TYPED


def test_whoever_asks_for_a_code_in_the_instant_of_an_erasure_learns_that_the_link_is_gone(
    client, inquiry, nurse, monkeypatch
):
    address = address_of(inquiry)
    found = links.find(address.strip("/").rpartition("/")[2])
    services.close(inquiry.pk, outcome="answered", by=nurse)
    services.erase(inquiry.pk, reason="They asked us to", by=nurse)
    monkeypatch.setattr(links, "find", lambda token: found)

    answer = client.post(f"{address}code/")

    assert (answer.status_code, EN["gone_unknown"] in main_words(answer)) == (404, True)


# --- A lost link ------------------------------------------------------------------------------------------------------


def test_asking_for_a_lost_link_looks_the_same_whether_or_not_there_is_one(client, inquiry):
    seen = []
    for email in (inquiry.email, "nobody@example.org"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.post("/m/", {"reference": inquiry.reference.lower(), "email": email})
        page = client.get(answer.headers["Location"])
        statements = [re.sub(r"'[^']*'", "?", query["sql"]) for query in asked]
        seen.append(
            (answer.status_code, answer.headers["Location"], page.content, [s.split("VALUES")[0] for s in statements])
        )

    assert seen[0] == seen[1]
    assert LostLink.objects.count() == 2


@pytest.mark.parametrize("reference, email, errors", [
    ("", "", ["reference_missing", "email_missing"]),
    ("K7Q", "ada@", ["reference_shape", "email_shape"]),
])  # fmt: skip
def test_only_the_shape_of_what_is_typed_can_be_wrong(client, reference, email, errors):
    answer = client.post("/m/", {"reference": reference, "email": email})

    summary = markup.read(answer.content).one(id="error-summary")
    assert [error.words() for error in summary.all("a")] == [EN[error] for error in errors]
    assert LostLink.objects.count() == 0


def test_a_reference_with_dashes_and_small_letters_is_understood(client, inquiry):
    typed = f"{inquiry.reference[:4].lower()} - {inquiry.reference[4:]}"

    client.post("/m/", {"reference": typed, "email": inquiry.email})

    assert LostLink.objects.get().reference == inquiry.reference


# --- All of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "code/", "ask/copy/", "nowhere/", "leave/"])
def test_no_page_is_kept_listed_or_named_to_other_sites(client, inquiry, below):
    address = come_in(client, inquiry)

    answers = [client.get(address + below), client.post(address + below), Client().get(address + below)]

    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("below, status", [("done/message/", 200), ("done/nothing/", 200), ("ask/nothing/", 404)])
def test_an_address_that_somebody_made_up_is_no_fault_and_as_bare_as_the_others(client, inquiry, below, status):
    loader.load()
    services.patient_writes(inquiry.pk, text="Thank you.", submission_key=uuid.uuid4())

    page = client.get(come_in(client, inquiry) + below)

    assert page.status_code == status
    assert not markup.read(page.content).all("footer")


def test_the_cookie_opens_for_half_an_hour_and_no_script_can_read_it(client, inquiry):
    come_in(client, inquiry)

    cookie = client.cookies[links.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 1800, "/")


def test_with_https_the_cookie_is_bound_to_this_host(client, inquiry, settings, monkeypatch):
    settings.HTTPS = True
    monkeypatch.setattr(links, "COOKIE", "__Host-reader")

    come_in(client, inquiry)

    cookie = client.cookies["__Host-reader"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_each_visit_gives_another_half_hour_and_then_it_ends(client, inquiry, monkeypatch):
    import time

    address = come_in(client, inquiry)
    started = time.time()
    shown = []
    for minutes in (25, 50, 81):
        monkeypatch.setattr(time, "time", lambda passed=minutes: started + passed * 60)
        shown.append(inquiry.reference in main_words(client.get(address)))

    assert shown == [True, True, False]


def test_the_pages_speak_spanish_to_whom_asked_for_it(client):
    inquiry = factories.inquiry(language="es")
    spanish = words("es")

    gate = client.get(address_of(inquiry)).content.decode()
    inside = client.get(come_in(client, inquiry)).content.decode()

    for shown, expected in ((gate, spanish["send_code"]), (inside, spanish["write"])):
        assert '<html lang="es">' in shown
        assert expected in shown
    assert "a. m." in inside or "p. m." in inside


def test_both_languages_leave_the_same_gaps():
    gaps = re.compile(r"\{[^}]*\}")

    assert [
        name for name, both in WORDS.items() if sorted(gaps.findall(both[0])) != sorted(gaps.findall(both[1]))
    ] == []


@pytest.mark.parametrize("path", ["/m/{token}/", "/m/{token}/code/", "/m/{token}/write/"])
def test_no_line_of_the_log_holds_a_link(inquiry, path, caplog, monkeypatch):
    import io
    import logging

    stream = io.StringIO()
    monkeypatch.setattr(logging.getLogger("django").handlers[0], "stream", stream)
    links.replace(inquiry)
    token = "K7" + "x" * 41
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for answer in (strict.get, strict.post, strict.delete):
        answer(path.format(token=token))
    monkeypatch.setattr(links, "find", away)
    strict.get(path.format(token=token))

    lines = stream.getvalue()

    assert lines.count("/m/…") >= 3
    assert token not in lines
