"""One search box: what it finds, in what order, how it says why, and that its words stay out of every log."""

import logging
import uuid
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.logs import PrivateFormatter
from clinic.staff.models import StaffUser
from inquiries import entries, references, search, services
from inquiries.admin import search_page
from inquiries.management.commands import worker
from inquiries.models import Access, Inquiry, NameWord, Searchable
from inquiries.search import Order, Search
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

LIST = "/admin/inquiries/inquiry/"
PAGE = f"{LIST}search/"


def found(text, order=Order.BEST):
    """The names of those found, in order."""
    names = dict(Inquiry.objects.values_list("pk", "name"))
    return [names[pk] for pk in Search(text).find(order).ids]


def why(text):
    """Where each one found has it."""
    looked = Search(text)
    return sorted(looked.why(looked.find().ids).values())


def pk_of(name):
    return Inquiry.objects.get(name=name).pk


def ask(desk, text, **more):
    """The page that a browser shows after the words were sent."""
    return desk.post(PAGE, {"q": text, **more}, follow=True)


def shown(page):
    """The references on a page of findings, in order."""
    cells = markup.read(page.content).all(class_="field-reference")
    return ["".join(cell.words().split()) for cell in cells]


@pytest.fixture
def people():
    """Four people who wrote, the oldest first."""
    inquiry(name="María José Gonzalez", email="MJ.Gonzalez@example.org", message="The headaches are back.")
    inquiry(name="John Smith", email="ana@example.org", phone="+1 (212) 555-0187", message="I take sertraline.")
    inquiry(name="Ana O’Brien", email="obrien@example.org", phone="646.555.0123 ext. 4", message="A question.")
    inquiry(name="Zoë Müller", email="zoe@example.org", message="Me siento deprimida y dormí mal.", language="es")


# --- What it finds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{0}", "{1}", "{1} {2}", " {1}-{2} ", "{3}"])
def test_a_reference_is_found_by_its_beginning_however_it_is_typed(typed):
    kept, _ = inquiry(), inquiry()
    reference = kept.reference

    text = typed.format(reference, reference[:4], reference[4:], reference.lower())

    assert Search(text).find().ids == [kept.pk]


@pytest.mark.parametrize("typed", ["ana@example.org", "ANA@Example.org", "ana@", "ANA@", "ana@ex"])
def test_an_email_is_found_whole_or_by_its_beginning_in_any_case(people, typed):
    assert found(typed) == ["John Smith"]


@pytest.mark.parametrize(
    "typed",
    [
        "(212) 555-0187",
        "2125550187",
        "+1 212 555 0187",
        "1-212-555-0187",
        "555 0187",
        "50187",
        "0187",
        "212 5",
        "212.555",
    ],
)
def test_a_phone_number_is_found_in_any_format_by_its_beginning_or_its_end(people, typed):
    assert found(typed) == ["John Smith"]


def test_a_phone_number_is_found_without_the_extension_it_was_given_with(people):
    assert found("646-555-0123") == ["Ana O’Brien"]


@pytest.mark.parametrize(
    "typed",
    [
        *["maria gonzalez", "gonzalez maria", "María", "MARIA JOSE", "gonz", "mar gonz"],  # in part, in any order
        *["gonzales", "gonsalez", "maria gonzales", "marai gonzalez", "gonzlez"],  # misspelt
    ],
)
def test_a_name_is_found_without_accents_in_part_or_misspelt(people, typed):
    assert "María José Gonzalez" in found(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *[("jhon smith", "John Smith"), ("jon", "John Smith"), ("smiht", "John Smith"), ("obrien", "Ana O’Brien")],
        *[("o'brien", "Ana O’Brien"), ("brien ana", "Ana O’Brien"), ("zoe muller", "Zoë Müller")],
    ],
)
def test_a_short_or_an_odd_name_is_found_in_spite_of_a_slip(people, typed, name):
    assert name in found(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *[
            ("headache", "María José Gonzalez"),
            ("HEADACHES", "María José Gonzalez"),
            ("taking sertraline", "John Smith"),
        ],
        *[("deprimido", "Zoë Müller"), ("deprimidas", "Zoë Müller"), ("dormi", "Zoë Müller"), ("DORMÍ", "Zoë Müller")],
    ],
)
def test_a_word_is_found_by_its_stem_in_english_and_in_spanish(people, typed, name):
    assert found(typed) == [name]


def test_words_that_a_sign_joins_are_found_each():
    inquiry(name="Ada Slash", message="Is it anxiety/depression.Or <fatigue>?")

    assert [found(text) for text in ("anxiety", "depression", "fatigue", "anxiety/depression")] == [["Ada Slash"]] * 4


def test_all_words_must_be_there_but_anywhere(people, nurse):
    entries.note(pk_of("John Smith"), text="Asked about migraines.", by=nurse)

    answers = [
        found(text)
        for text in ("smith sertraline migraine", "smith 212-555-0187", "ana@example.org sertraline", "smith headache")
    ]

    assert answers == [["John Smith"], ["John Smith"], ["John Smith"], []]


def test_words_that_every_text_has_hide_nothing(people):
    assert found("the headache of Maria") == ["María José Gonzalez"]


def test_notes_and_calls_are_found_at_once(people, nurse):
    kept = pk_of("Ana O’Brien")

    entries.note(kept, text="Wants the morning.", by=nurse)
    entries.log_call(kept, call="reached", text="Prefiere las mañanas.", by=nurse)

    assert [found(text) for text in ("mornings", "manana")] == [["Ana O’Brien"], ["Ana O’Brien"]]


def test_what_was_erased_is_found_no_more(people):
    found("x")

    Inquiry.objects.filter(name="Zoë Müller").update(name="Erased", email="none@example.org", message="Erased")

    assert [found(text) for text in ("muller", "zoe", "zoe@", "deprimida")] == [[], [], [], []]
    assert not NameWord.objects.filter(word__in=["zoe", "muller"]).exists()


def test_intake_leaves_the_words_to_others():
    with CaptureQueriesContext(connection) as queries:
        inquiry()

    assert not Searchable.objects.exists()
    assert not [query for query in queries if "searchable" in query["sql"]]


def test_the_worker_makes_new_inquiries_findable(people):
    worker.work_one_round()

    assert Searchable.objects.count() == 4


# --- In what order, and why ------------------------------------------------------------------------------------------


def test_best_first_a_name_stands_before_a_message_and_before_a_name_that_is_only_alike():
    for name, message in (("Rose Hill", "A question."), ("Rosa Hall", "A question."), ("Bo Hill", "I am Rose.")):
        inquiry(name=name, message=message)

    assert found("rose") == ["Rose Hill", "Bo Hill", "Rosa Hall"]


def test_newest_first_the_last_one_that_came_stands_first():
    for name in ("Rose First", "Rosa Second", "Rose Third"):
        inquiry(name=name)

    assert found("rose", Order.NEWEST) == ["Rose Third", "Rosa Second", "Rose First"]


def test_a_finding_says_where_it_has_the_words(people, nurse):
    entries.note(pk_of("Zoë Müller"), text="Also a headache.", by=nurse)

    answers = {text: why(text) for text in ("gonzalez", "gonsalez", "headache", "ana@", "0187")}

    assert answers == {
        "gonzalez": [["name"]],
        "gonsalez": [["similar name"]],
        "headache": [["message"], ["note"]],
        "ana@": [["email"]],
        "0187": [["phone"]],
    }


@pytest.mark.parametrize("order", Order.values)
def test_counting_stops_and_says_so(order, monkeypatch):
    for number in range(3):
        inquiry(name=f"Rose {number}")
    monkeypatch.setattr(search, "MOST", 2)

    answer = Search("rose").find(order)

    assert (len(answer.ids), answer.more) == (2, True)


def test_what_stands_far_apart_is_found_the_newest_first():
    kept = inquiry(name="Rose")
    first = kept.pk
    for number in (9_000, 140_000, 500_000, 1_000_000):  # shelves and rooms of their own
        kept.pk, kept.reference, kept.submission_key = number, references.new(), uuid.uuid4()
        kept.save(force_insert=True)

    numbers = [1_000_000, 500_000, 140_000, 9_000, first]
    assert Search("rose").find(Order.NEWEST).ids == sorted(numbers, reverse=True)


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_list_s_line_and_no_word_of_the_message(desk, people):
    page = ask(desk, "headache")

    text = markup.read(page.content).one("table", id="result_list").words()
    assert "María José Gonzalez" in text
    assert "Message" in text
    assert "headache" not in text


def test_a_search_looks_on_every_tab(desk, nurse):
    kept = inquiry(name="Ada Done")
    services.close(kept.pk, outcome="answered", by=nurse)

    assert shown(ask(desk, "ada done")) == [kept.reference]


def test_both_orders_are_one_press_away(desk):
    old, new = inquiry(name="Rose"), inquiry(name="Rosa")

    page = ask(desk, "rose")
    other = next(link for link in markup.read(page.content).all("a") if link.words() == "Newest first")

    assert shown(page) == [old.reference, new.reference]
    assert shown(desk.get(other.attributes["href"])) == [new.reference, old.reference]


def test_the_second_page_shows_the_others(desk, monkeypatch):
    monkeypatch.setattr(search_page, "ON_A_PAGE", 2)
    kept = [inquiry(name="Rose").reference for _ in range(3)]

    page = ask(desk, "rose", order="newest")
    after = markup.read(page.content).one("a", rel="next").attributes["href"]

    assert shown(page) + shown(desk.get(after)) == kept[::-1]


def test_a_search_is_written_down_without_its_words(desk, people, nurse):
    ask(desk, "gonzalez headache")

    row = Access.objects.get(deed="searched")
    assert row.person == nurse
    assert "gonzalez" not in f"{row.place} {row.reason}"


def test_whoever_may_not_open_messages_may_not_search_in_them(client, people):
    auditor = StaffUser.objects.create_user("audit@example.org", "a long enough pass phrase", is_staff=True)
    auditor.groups.add(Group.objects.get(name="Auditor"))
    client.force_login(auditor)

    assert client.post(PAGE, {"q": "headache"}).status_code == 403
    assert 'name="q"' not in client.get(LIST).content.decode()


def test_another_person_s_search_is_not_shown(desk, client, people, colleague):
    address = desk.post(PAGE, {"q": "gonzalez"}).url
    client.logout()
    client.force_login(colleague)

    page = client.get(address)

    assert "no longer kept" in page.content.decode()
    assert "onzalez" not in page.content.decode()


def test_the_words_are_in_no_address_and_no_log(desk, people, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    sent = desk.post(PAGE, {"q": "gonzalez headache"})
    fault = OperationalError("refused: gonzalez headache")
    monkeypatch.setattr(Search, "find", mock.Mock(side_effect=fault))
    desk.raise_request_exception = False

    answer = desk.get(sent.url)

    lines = [PrivateFormatter("{message}", style="{").format(record) for record in caplog.records]
    assert answer.status_code == 500
    assert lines
    assert not [line for line in [sent.url, *lines] if "gonzalez" in line or "headache" in line]


def test_the_page_asks_the_database_as_often_for_sixty_findings_as_for_two(desk, long_memory):
    counts = []
    for more in (2, 58):
        for _ in range(more):
            inquiry(name="Rose")
        sent = desk.post(PAGE, {"q": "rose"})
        desk.get(sent.url)
        with CaptureQueriesContext(connection) as queries:
            desk.get(sent.url)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


def test_the_words_of_a_search_do_not_outlive_the_shift(desk):
    ask(desk, "gonzalez")
    Session.objects.update(expire_date=timezone.now())

    worker.work_one_round()

    assert not Session.objects.exists()


# --- What nobody would type ------------------------------------------------------------------------------------------

ODD = [
    "", " ", "'", "\"", "''", "O'Brien'; DROP TABLE x; --", "a & b | !c <-> (d", ":*", "a:*A", "\\", "\\'", "%", "_",
    "\x00", "a\x00b", "\u202egnop\u202c", "\u200f\u05e9\u05dc\u05d5\u05dd", "\ud800", "é" * 300, "x" * 5_000,
    "a " * 2_500, "1" * 5_000, "(" * 500, "@", "@@", "a@b", "a@b.c", "😀", "😀 rose", "中文 字", "-", "+", "..", "1e10",
    "0x1F", "the", "the of", "de la", "NULL", "<script>", "&amp;", "http://example.org/a?b=c", "{}", "$1", "%s",
    "%(word)s", "\t\n\r", "\ufeff", "ﬁ",
]  # fmt: skip


@pytest.mark.parametrize("order", Order.values)
@pytest.mark.parametrize("text", ODD, ids=[ascii(text)[:20] for text in ODD])
def test_nothing_that_is_typed_is_an_error(desk, people, text, order):
    page = desk.post(PAGE, {"q": text.encode("utf-8", "replace").decode(), "order": order}, follow=True)

    assert page.status_code == 200
    assert Search(text).find(order).ids is not None


@pytest.mark.parametrize("address", ["?search=7", "?search=x&order=y&page=z", "?page=99", "?search=1&page=-1", ""])
def test_an_odd_address_shows_the_box(desk, address):
    page = desk.get(PAGE + address)

    assert page.status_code == 200
    assert markup.read(page.content).one("input", id="searchbar")


def test_signs_that_mean_something_in_a_pattern_mean_themselves(people):
    inquiry(name="Ada Sign", email="a_b%c@example.org")

    assert [found(text) for text in ("a_b%c@", "a_b%", "_na@", "%ana@", "ana%@")] == [
        ["Ada Sign"],
        ["Ada Sign"],
        [],
        [],
        [],
    ]


def test_a_mark_of_direction_hides_nothing(people):
    assert found("\u202esmith\u202c") == ["John Smith"]


def test_an_odd_name_is_kept_and_found():
    for name in ("'; --", "\\", "a'b\\c", "שלום", "X Æ A-12"):
        inquiry(name=name)

    assert [found(text) for text in ("שלום", "æ 12", "a'b")] == [["שלום"], ["X Æ A-12"], ["a'b\\c"]]
