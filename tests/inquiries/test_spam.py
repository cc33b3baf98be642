"""Suspected spam goes to quarantine, where staff read it; nobody is refused, and nobody is told a lie."""

import re
import tomllib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from clinic.network import network_of
from inquiries import services, spam
from inquiries.models import Inquiry, Tally
from inquiries.text import alike
from tests import factories, markup
from tests.factories import question

pytestmark = pytest.mark.django_db

CONTACT = "/contact/"
LABELLED = Path(__file__).parents[1] / "screening" / "labelled"
SPAM = "Cheap watches: " + " ".join(f"https://shop{n}.example.org" for n in range(6))
CRISIS = "I do not want to be alive anymore."
MINUTE = timedelta(minutes=1)


def clues(*, after: timedelta = MINUTE, network: str = "192.0.2.0/24", **changes: Any) -> spam.Clues:
    """What comes with a form that somebody filled in within `after`."""
    key = uuid.uuid4()
    stamp = spam.stamp(key, timezone.now() - after)
    return spam.Clues(**{"key": key, "stamp": stamp, "network": network, **changes})


def submit(clues: spam.Clues, **said: Any) -> Inquiry:
    return services.submit(**question(submission_key=clues.key, **said), clues=clues)


def spammy() -> spam.Clues:
    return clues(after=timedelta(), trap="http://x.example.org", network="")


# --- Honest people ---------------------------------------------------------------------------------------------------


def tuning_messages() -> list[tuple[str, str]]:
    """Every routine message that the screening rules are tuned on, like words once; never the held-out ones."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(LABELLED.glob("tune_*.toml"))]
    routine = [message for file in files for message in file["message"] if message["urgency"] == "routine"]
    different = {alike(message["text"]): (message["id"], message["text"]) for message in routine}
    return list(different.values())


ODD: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a browser that fills in everything": {"after": timedelta()},
    "an old copy of the page": {"stamp": ""},
    "a password manager in the trap": {"trap": "Ada"},
    "a hospital's thousand desks": {"network": "198.51.100.0/24"},
    "an old copy in the hospital": {"stamp": "", "network": "198.51.100.0/24"},
}


@pytest.mark.parametrize("odd", ODD)
def test_no_honest_message_is_quarantined_for_one_odd_thing(odd, settings):
    settings.FLOOD = 1_000_000
    messages = tuning_messages()
    assert len(messages) > 100

    verdicts = {}
    for number, (name, text) in enumerate(messages):
        if number % 500 == 0:
            Tally.objects.all().delete()  # in five minutes of thousands, four texts may share a slot by chance
        verdicts[name] = spam.suspicious(question(message=text), clues(**({"network": ""} | ODD[odd])))

    assert {name: verdict.signals for name, verdict in verdicts.items() if verdict.quarantine} == {}


@pytest.mark.parametrize(
    "message",
    [
        "little headache all day after yesterdays shots. tylenol ok??",
        "came off zyprexa two weeks ago, doc knows, sleeping like garbage",
        "Multifocal motor neuropathy, right hand. Immunoglobulin monthly. Cleared?",
    ],
)
def test_a_few_words_without_small_ones_are_no_foreign_language(message):
    verdict = spam.suspicious(question(message=message), clues(trap="Ada"))

    assert verdict.signals == ("trap",)


def test_a_message_in_another_language_is_no_spam_even_from_a_hospital_with_an_old_copy_of_the_page():
    for n in range(11):
        verdict = spam.suspicious(question(message=f"这种治疗对抑郁症有帮助吗？{n}"), clues(stamp=""))

    assert set(verdict.signals) == {"foreign", "no-stamp", "busy-network"}
    assert not verdict.quarantine


def test_no_single_signal_about_one_person_is_enough():
    floods = {"network-flood", "text-flood", "flood"}

    enough = {name for name, signal in spam.SIGNALS.items() if signal.points >= spam.ENOUGH}

    assert enough == floods


@pytest.mark.parametrize("after", [timedelta(seconds=4), timedelta(hours=1), timedelta(days=40), -timedelta(minutes=5)])
def test_thinking_for_long_or_a_wrong_clock_is_no_signal(after):
    assert spam.suspicious(question(), clues(after=after)).signals == ()


@pytest.mark.parametrize("stamp", ["", "x", "0:x", "999:" + "y" * 43, "\x00", "é"])
def test_a_missing_or_strange_stamp_is_a_weak_signal_and_no_error(client, stamp):
    verdict = spam.suspicious(question(), clues(stamp=stamp))
    response = client.post(CONTACT, factories.posted(stamp=stamp))

    assert verdict.signals == ("no-stamp",)
    assert response.status_code == 303
    assert Inquiry.objects.get().status == "new"


def test_a_stamp_is_good_for_its_own_form_only():
    borrowed = clues().stamp

    assert spam.suspicious(question(), clues(stamp=borrowed)).signals == ("no-stamp",)


def test_the_form_that_comes_back_keeps_its_stamp(client):
    page = markup.filled(markup.read(client.get(CONTACT).content))

    again = markup.filled(markup.read(client.post(CONTACT, {**page, "message": "Hello"}).content))

    assert page["stamp"]
    assert again["stamp"] == page["stamp"]


def test_somebody_who_fills_in_the_page_at_once_is_not_refused_for_it(client):
    page = markup.filled(markup.read(client.get(CONTACT).content))

    client.post(CONTACT, {**factories.posted(), **{k: page[k] for k in ("submission_key", "stamp", "remarks")}})

    assert Inquiry.objects.get().status == "new"


@pytest.mark.parametrize(
    "message, signals",
    [
        ("See https://example.org/a and www.example.org/b, please: what do you think of these two?", ()),
        ("这种治疗对抑郁症有帮助吗？我已经试过很多药物了。", ("foreign",)),
        ("Hilft diese Behandlung auch Menschen, denen bisher kein Medikament geholfen hat?", ("foreign",)),
        ("¿Puede ayudarme este tratamiento? Llevo un año sin ganas de nada.", ()),
        ("ok thx", ()),
        ("1 https://a.example.org 2 https://b.example.org 3 https://c.example.org for you", ("links",)),
        (SPAM + " for you", ("many-links",)),
        ("Look at [url=https://a.example.org]this[/url] for your site", ("many-links",)),
    ],
)
def test_the_words_give_these_signals_and_none_alone_is_enough(message, signals):
    verdict = spam.suspicious(question(message=message), clues())

    assert verdict.signals == signals
    assert not verdict.quarantine


# --- What a machine sends --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent, message",
    [
        ({"trap": "x", "after": timedelta()}, "We can help your site to grow."),
        ({"trap": "x", "stamp": ""}, "We can help your site to grow."),
        ({"after": timedelta()}, SPAM),
        ({"stamp": ""}, SPAM),
        ({"trap": "x"}, "Продвижение сайтов недорого, быстро и с гарантией качества работ"),
    ],
)
def test_several_signals_together_are_enough(sent, message):
    kept = submit(clues(**sent), message=message)

    assert kept.status == "quarantined"
    assert set(kept.suspicions) <= set(spam.SIGNALS)


def test_nobody_is_emailed_about_what_is_quarantined():
    kept = submit(spammy())

    assert kept.status == "quarantined"
    assert not Email.objects.exists()


def test_the_sender_of_quarantined_words_gets_the_ordinary_receipt(client):
    page = markup.filled(markup.read(client.get(CONTACT).content))
    hidden = {name: page[name] for name in ("submission_key", "stamp", "remarks")}
    honest = client.post(CONTACT, factories.posted())
    caught = client.post(CONTACT, {**factories.posted(), **hidden, "remarks": "x"})

    assert list(Inquiry.objects.order_by("pk").values_list("status", flat=True)) == ["new", "quarantined"]
    assert (honest.status_code, len(honest.headers["Location"])) == (
        caught.status_code,
        len(caught.headers["Location"]),
    )
    receipts = [client.get(answer.headers["Location"]).content.decode() for answer in (honest, caught)]
    same = [re.sub(r'(id="reference">)\w+|(<time id="due").*?</time>', r"\1\2", receipt) for receipt in receipts]
    assert same[0] == same[1]


def test_a_crisis_is_never_quarantined():
    kept = submit(spammy(), message=f"{CRISIS} {SPAM}")

    assert (kept.status, kept.urgency) == ("new", "crisis")
    assert kept.notices.filter(kind="page").exists()


def test_the_database_itself_keeps_a_crisis_out_of_quarantine():
    quarantined = submit(spammy())

    with pytest.raises(DatabaseError, match="inquiry_in_quarantine_is_routine"):
        Inquiry.objects.filter(pk=quarantined.pk).update(urgency="crisis")


# --- Staff -----------------------------------------------------------------------------------------------------------


def test_staff_see_what_looked_odd_in_words(desk):
    kept = submit(spammy())

    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk])).content)

    said = [line.words() for line in page.one(class_="desk-suspicions").all("li")]
    assert said == [spam.SIGNALS[name].words for name in kept.suspicions]


def test_released_words_keep_their_time_and_their_sender_gets_the_receipt(nurse):
    kept = submit(spammy())

    released = services.accept(kept.pk, by=nurse)

    assert (released.status, released.received_at, released.due_at) == ("new", kept.received_at, kept.due_at)
    assert [notice.kind for notice in released.notices.all()] == ["receipt"]


def test_a_receipt_whose_promise_has_passed_is_not_sent(nurse, monkeypatch):
    kept = submit(spammy())
    monkeypatch.setattr(timezone, "now", lambda: kept.due_at + MINUTE)

    services.accept(kept.pk, by=nurse)

    assert not Email.objects.exists()


# --- Counting --------------------------------------------------------------------------------------------------------


def test_many_from_one_network_are_a_weak_signal_and_a_flood_is_enough(settings):
    settings.FLOOD = 20
    verdicts = [spam.suspicious(question(message=f"Question {n} for you"), clues()) for n in range(22)]

    assert [verdict.signals for verdict in verdicts[:10]] == [()] * 10
    assert [verdict.signals for verdict in verdicts[10:20]] == [("busy-network",)] * 10
    assert [verdict.quarantine for verdict in verdicts[19:]] == [False, True, True]


def test_the_same_words_with_many_keys_are_noticed_wherever_they_come_from(settings):
    settings.FLOOD = 5
    verdicts = [spam.suspicious(question(), clues(network=f"198.51.{n}.0/24")) for n in range(7)]

    assert [verdict.signals for verdict in verdicts] == [
        *[()] * 3, *[("repeated",)] * 2, *[("text-flood",)] * 2,
    ]  # fmt: skip


def test_a_flood_from_everywhere_is_noticed(settings):
    settings.FLOOD = 2
    for n in range(10):
        spam.suspicious(question(message=f"Question {n} for you"), clues(network=f"198.51.{n}.0/24"))

    assert spam.suspicious(question(), clues(network="203.0.113.0/24")).quarantine


def test_pressing_the_button_twenty_times_counts_once():
    clue = clues()

    verdicts = [spam.suspicious(question(), clue) for _ in range(20)]

    assert {verdict.signals for verdict in verdicts} == {()}


def test_five_minutes_later_nothing_is_held_against_a_network():
    now = timezone.now()
    for n in range(12):
        verdict = spam.suspicious(question(message=f"Question {n} for you"), clues(), now=now)
    later = spam.suspicious(question(message="Another one for you"), clues(), now=now + 5 * MINUTE)

    assert (verdict.signals, later.signals) == (("busy-network",), ())


def test_a_fault_in_the_counting_loses_no_message(monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("no such table")

    monkeypatch.setattr(Tally.objects, "add", broken)

    assert submit(clues()).status == "new"


def test_nothing_in_the_database_says_where_a_message_came_from(client):
    client.post(CONTACT, factories.posted(), REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Telling/1.0")

    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608 - the database's own names
            assert not [row for (row,) in cursor.fetchall() if "203.0.113" in row or "Telling" in row], table


def test_the_same_network_has_another_slot_the_next_day():
    now = timezone.now()

    slots = {spam._slot("network", "203.0.113.0/24", now + timedelta(days=day)) for day in range(5)}

    assert len(slots) == 5
    assert all(0 <= slot < 1 << 16 for slot in slots)


def test_the_table_of_counters_cannot_grow():
    morning = timezone.now().replace(hour=9)  # with the next day other counters begin

    for n in range(50):
        spam.suspicious(question(message="The same for you"), clues(network="203.0.113.0/24"), now=morning)
        spam.suspicious(question(message="The same for you"), clues(), now=morning + n * 5 * MINUTE)

    assert Tally.objects.count() <= 4
    assert all(0 <= slot <= spam.QUARANTINED_BYTES for slot in Tally.objects.values_list("slot", flat=True))


@pytest.mark.parametrize(
    "https, remote, forwarded, network",
    [
        (False, "203.0.113.77", "", "203.0.113.0/24"),
        (False, "2001:db8:1:2::5", "", "2001:db8:1::/48"),
        (False, "::ffff:203.0.113.77", "", "203.0.113.0/24"),
        (False, "203.0.113.77", "198.51.100.1", "203.0.113.0/24"),  # nobody may say so
        (True, "127.0.0.1", "198.51.100.1", "198.51.100.0/24"),
        (True, "127.0.0.1", "10.0.0.1, 198.51.100.1", "198.51.100.0/24"),  # the proxy writes to the end
        (True, "127.0.0.1", "nonsense", ""),
        (False, "", "", ""),
    ],
)
def test_the_network_is_the_senders_or_none(settings, https, remote, forwarded, network):
    settings.HTTPS = https
    request = RequestFactory().post(CONTACT, REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})

    assert network_of(request) == network


# --- The storage budget ----------------------------------------------------------------------------------------------


def spam_post(client, **changes):
    page = markup.filled(markup.read(client.get(CONTACT).content))
    hidden = {name: page[name] for name in ("submission_key", "stamp")}
    return client.post(CONTACT, {**factories.posted(), **hidden, "remarks": "x", **changes})


def test_a_flood_ends_in_an_honest_503_with_the_text_and_the_phone_number(client, settings):
    settings.QUARANTINE_BYTES_A_DAY = 7_000

    answers = [spam_post(client) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 503]
    assert Inquiry.objects.count() == 3
    page = markup.read(answers[-1].content)
    assert markup.filled(page)["message"] == factories.posted()["message"]
    assert page.one("main").all("a", href="tel:+1-212-555-0123")
    assert page.one("main").all("a", href="tel:988")


def test_with_no_room_left_honest_and_urgent_messages_are_still_kept(client, settings):
    settings.QUARANTINE_BYTES_A_DAY = 1
    assert spam_post(client).status_code == 503

    answers = [client.post(CONTACT, factories.posted()), spam_post(client, message=CRISIS)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert list(Inquiry.objects.order_by("pk").values_list("urgency", flat=True)) == ["routine", "crisis"]


def test_with_no_room_left_a_lost_receipt_can_still_be_fetched_by_sending_again(client, settings):
    page = markup.filled(markup.read(client.get(CONTACT).content))
    data = {**factories.posted(), **{k: page[k] for k in ("submission_key", "stamp")}, "remarks": "x"}
    first = client.post(CONTACT, data)
    settings.QUARANTINE_BYTES_A_DAY = 1
    assert spam_post(client).status_code == 503

    again = client.post(CONTACT, data)
    changed = client.post(CONTACT, {**data, "message": "Other words with the same form"})

    assert again.headers["Location"] == first.headers["Location"]
    assert changed.status_code == 503


def test_the_next_day_has_room_again(settings):
    settings.QUARANTINE_BYTES_A_DAY = 3_000
    now = timezone.now()

    room = [spam.has_room(question(), clues(), now=now + timedelta(days=day)) for day in (0, 0, 1)]

    assert room == [True, False, True]


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_judging_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        spam.suspicious(question(), clues())


def test_counting_does_not_wait_for_the_disk():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'inquiries_tally'")
        assert cursor.fetchone() == ("u",)


def test_the_trap_is_out_of_sight_and_out_of_the_way_of_the_keyboard(client):
    page = markup.read(client.get(CONTACT).content)

    trap = page.one("input", name="remarks")
    (wrapper,) = page.all(class_="trap")
    css = (Path(__file__).parents[2] / "clinic" / "static" / "clinic" / "site.css").read_text()
    assert trap in list(wrapper)
    assert wrapper.attributes["aria-hidden"] == "true"
    assert (trap.attributes["tabindex"], trap.attributes["autocomplete"]) == ("-1", "off")
    assert re.search(r"\.trap \{\s*display: none;", css)


def test_other_words_with_the_same_form_are_counted_each_time(settings):
    settings.FLOOD = 3
    form = clues()

    verdicts = [spam.suspicious(question(message=f"Question number {n}"), form) for n in range(6)]

    assert verdicts[-1].quarantine
