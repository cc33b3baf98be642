"""The list's tabs, filters and order, the button that claims the next, and changes to many at once."""

from datetime import datetime, timedelta

import pgtrigger
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from inquiries import querysets, services
from inquiries.admin import standing
from inquiries.models import Access, Finding, Inquiry
from tests import markup
from tests.factories import inquiry, many
from tests.inquiries.test_queue import CRISIS, quarantined

pytestmark = pytest.mark.django_db

LIST = "/admin/inquiries/inquiry/"
CLAIM = f"{LIST}claim-next/"
PREVIEW = f"{LIST}many/preview/"


def listed(client, **query):
    """The references in the list, from top to bottom."""
    cells = markup.read(client.get(LIST, query).content).all(class_="field-reference")
    return ["".join(cell.words().split()) for cell in cells]


def numbers(client, **query):
    """What the tabs say."""
    tabs = markup.read(client.get(LIST, query).content).one("nav", **{"aria-label": "Standing"}).all("a")
    return {tab.attributes["href"].split("standing=")[1].split("&")[0]: tab.words().split()[-1] for tab in tabs}


def ticked(*inquiries):
    return [f"{kept.pk}-{kept.version}" for kept in inquiries]


# --- Tabs and filters -------------------------------------------------------------------------------------------------


def test_each_tab_says_how_many_it_holds(desk, nurse):
    inquiry(message=CRISIS)
    services.claim(inquiry().pk, by=nurse)
    quarantined()
    services.close(inquiry().pk, outcome="answered", by=nurse)

    shown = numbers(desk)

    assert shown == {
        "waits": "2", "crisis": "1", "unassigned": "1", "mine": "1", "patient": "0", "undelivered": "0",
        "quarantine": "1", "done": "1", "all": "4",
    }  # fmt: skip


def test_a_tab_with_more_than_its_bound_says_so_and_so_does_the_foot(desk, monkeypatch):
    monkeypatch.setattr(standing, "MOST", 3)
    monkeypatch.setattr(standing.BoundedPaginator, "MOST", 3)
    for _ in range(4):
        inquiry()

    page = markup.read(desk.get(LIST).content)

    assert numbers(desk)["waits"] == "3+"
    assert "3+ inquiries" in page.one(class_="desk-pages").words()


def test_not_delivered_shows_what_an_email_failed_for_or_waits_too_long(desk):
    failed, stuck, slow, fine = (inquiry() for _ in range(4))
    long_ago = timezone.now() - timedelta(minutes=16)
    Email.objects.update(status=STATUS.sent)
    Email.objects.filter(notice__inquiry=failed).update(status=STATUS.failed)
    Email.objects.filter(notice__inquiry=stuck).update(status=STATUS.requeued, created=long_ago)
    Email.objects.filter(notice__inquiry=slow).update(status=STATUS.queued)
    Email.objects.filter(notice__inquiry=fine).update(created=long_ago)

    shown = listed(desk, standing="undelivered")

    assert set(shown) == {failed.reference, stuck.reference}


@pytest.mark.parametrize(
    "query, fits",
    [
        ({"topic": "billing"}, {"topic": "billing"}),
        ({"language": "es"}, {"language": "es"}),
        ({"flag": "anticoagulant"}, {"message": "I take warfarin. Is that a problem?"}),
        ({"until": "2026-01-31"}, {"received_at": "2026-02-01T04:59:00+00:00"}),
        ({"since": "2026-02-02"}, {"received_at": "2026-02-02T05:00:00+00:00"}),
        ({"since": "2026-01-01", "until": "2026-01-01"}, {"received_at": "2026-01-01T05:00:00+00:00"}),
    ],
)
def test_a_filter_leaves_what_fits_in_any_tab(desk, query, fits):
    if "received_at" in fits:
        fits = {"received_at": datetime.fromisoformat(fits["received_at"])}
    wanted = inquiry(**fits)
    inquiry(received_at=datetime.fromisoformat("2026-02-01T05:00:00+00:00"))

    shown = [listed(desk, standing=tab, **query) for tab in ("waits", "unassigned", "all")]

    assert shown == [[wanted.reference]] * 3


def test_the_list_narrows_to_one_owner_or_to_nobody(desk, nurse, colleague):
    hers, nobodys = inquiry(), inquiry()
    services.claim(hers.pk, by=colleague)

    shown = [listed(desk, owner=owner) for owner in (colleague.pk, nurse.pk, "nobody")]

    assert shown == [[hers.reference], [], [nobodys.reference]]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_calendar_holds_is_named_and_hides_nothing(desk, day):
    kept = inquiry()

    page = desk.get(LIST, {"since": day, "until": day})

    assert kept.reference[4:] in page.content.decode()
    assert len(markup.read(page.content).all(class_="desk-error")) == 2


def test_a_filter_that_makes_no_sense_is_named_and_hides_nothing(desk):
    kept = inquiry()

    page = desk.get(LIST, {"since": "yesterday", "topic": "'; --", "owner": "0"})

    assert kept.reference[4:] in page.content.decode()
    assert len(markup.read(page.content).all(class_="desk-error")) == 3


@pytest.mark.parametrize("tab", ["waits", "unassigned", "all"])
@pytest.mark.parametrize("query", [{"sort": "received"}, {"o": "1"}, {"o": "-1"}, {"sort": "nonsense"}])
def test_a_crisis_is_on_top_whatever_the_order(desk, tab, query):
    crisis = inquiry(message=CRISIS, received_at=timezone.now() - timedelta(days=2))
    inquiry(received_at=timezone.now() - timedelta(days=9))
    inquiry()

    assert listed(desk, standing=tab, **query)[0] == crisis.reference


def test_newest_first_turns_the_rest_around(desk):
    older, newer = (inquiry(received_at=timezone.now() - timedelta(days=days)) for days in (2, 1))

    assert listed(desk, sort="received") == [newer.reference, older.reference]


def test_what_was_closed_last_is_the_first_that_is_done(desk, nurse):
    first, last = inquiry(), inquiry(received_at=timezone.now() - timedelta(days=9))
    for kept in (first, last):
        services.close(kept.pk, outcome="answered", by=nurse)

    assert listed(desk, standing="done") == [last.reference, first.reference]


def test_the_list_shows_flags_and_who_did_what_last_in_words(desk, nurse):
    services.claim(inquiry(message="I take warfarin. Is that a problem?").pk, by=nurse)

    row = markup.read(desk.get(LIST).content).one("table", id="result_list").one("tbody").words()

    for words in (
        "Routine",
        "Blood thinner",
        "Due in",
        "Ada Example",
        "Treatment",
        "Myself",
        "Email",
        "Nora",
        "Claimed",
    ):
        assert words in row


def test_no_message_and_no_address_is_asked_of_the_database_for_the_list(desk):
    inquiry(message="Marmalade.", email="quill@example.org")

    with CaptureQueriesContext(connection) as queries:
        for tab in standing.STANDINGS:
            desk.get(LIST, {"standing": tab, "topic": "treatment", "sort": "received"})

    asked = " ".join(
        query["sql"] for query in queries if "SELECT" in query["sql"] and "inquiries_inquiry" in query["sql"]
    )
    private = ["message", "email", "phone", "contact_times"]
    assert asked.count('"inquiries_inquiry"."name"') == len(standing.STANDINGS)
    assert [name for name in private if f'"inquiries_inquiry"."{name}"' in asked] == []


def test_looking_at_the_list_is_written_down(desk, nurse):
    desk.get(LIST)

    assert list(Access.objects.values_list("person", "deed")) == [(nurse.pk, "listed")]


# --- Claim next -------------------------------------------------------------------------------------------------------


def test_claim_next_opens_what_it_claimed(desk, nurse):
    kept = inquiry()

    answer = desk.post(CLAIM)

    kept.refresh_from_db()
    assert (kept.owner, answer.url) == (nurse, f"{LIST}{kept.pk}/change/")


def test_claim_next_says_calmly_that_nothing_is_left(desk):
    page = desk.post(CLAIM, follow=True).content.decode()

    assert "Nothing is left to take" in page


def test_looking_at_the_address_of_claim_next_claims_nothing(desk):
    kept = inquiry()

    answer = desk.get(CLAIM)

    kept.refresh_from_db()
    assert (answer.status_code, kept.status) == (405, "new")


# --- Many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab, boxes", [("waits", 0), ("unassigned", 0), ("all", 0), ("quarantine", 1), ("done", 1)])
def test_many_can_be_chosen_only_in_quarantine_and_done(desk, nurse, tab, boxes):
    inquiry()
    quarantined()
    services.close(inquiry().pk, outcome="answered", by=nurse)

    page = markup.read(desk.get(LIST, {"standing": tab}).content)

    assert len(page.all("input", name="chosen")) == boxes


def test_the_preview_names_each_one_and_changes_nothing(desk):
    first, second, other = quarantined(), quarantined(), quarantined()

    page = markup.read(desk.post(PREVIEW, {"deed": "accept", "chosen": ticked(first, second)}).content)

    shown = page.one("ul", class_="desk-many").words().replace(" ", "")
    assert "2 inquiries will be moved to the desk" in page.one("main").words()
    assert [kept.reference in shown for kept in (first, second, other)] == [True, True, False]
    assert set(Inquiry.objects.values_list("status", flat=True)) == {"quarantined"}


def test_the_preview_leaves_out_what_stands_elsewhere_by_now(desk):
    elsewhere = inquiry()

    page = markup.read(desk.post(PREVIEW, {"deed": "accept", "chosen": ticked(elsewhere)}).content)

    assert page.all("input", name="chosen") == []


@pytest.mark.parametrize("deed, becomes", [("accept", "new"), ("spam", "done")])
def test_many_are_changed_and_one_press_takes_it_back(desk, deed, becomes):
    kept = [quarantined(), quarantined()]

    page = desk.post(f"{LIST}many/{deed}/", {"chosen": ticked(*kept)}, follow=True)
    changed = set(Inquiry.objects.values_list("status", flat=True))
    offered = markup.read(page.content).all("form", class_="desk-undo")
    desk.post(f"{LIST}many/undo/")

    assert (changed, len(offered)) == ({becomes}, 1)
    assert set(Inquiry.objects.values_list("status", flat=True)) == {"quarantined"}


def test_undo_is_offered_on_the_next_page_only(desk):
    desk.post(f"{LIST}many/spam/", {"chosen": ticked(quarantined())}, follow=True)

    page = markup.read(desk.get(LIST).content)
    answer = desk.post(f"{LIST}many/undo/", follow=True).content.decode()

    assert page.all("form", class_="desk-undo") == []
    assert "nothing to undo" in answer
    assert Inquiry.objects.get().status == "done"


def test_undo_says_what_somebody_has_changed_since_and_leaves_it(desk, colleague):
    kept = quarantined()
    desk.post(f"{LIST}many/accept/", {"chosen": ticked(kept)}, follow=True)
    services.claim(kept.pk, by=colleague)

    page = desk.post(f"{LIST}many/undo/", follow=True).content.decode()

    kept.refresh_from_db()
    assert (kept.status, kept.owner) == ("open", colleague)
    assert kept.reference in page


@pytest.mark.parametrize("chosen", [[], ["1"], ["x-y"], ["9" * 30 + "-1"], ["-1"], ["٣-1"]])
def test_a_choice_that_makes_no_sense_chooses_nothing(desk, chosen):
    answer = desk.post(PREVIEW, {"deed": "accept", "chosen": chosen}, follow=True)

    assert "Tick the inquiries first" in answer.content.decode()


def only(person, *permissions):
    """The person, with these permissions and no others."""
    person.is_superuser = False
    person.save()
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))


@pytest.mark.parametrize("path", [CLAIM, PREVIEW, f"{LIST}many/accept/", f"{LIST}many/undo/"])
@pytest.mark.parametrize("allowed", [["view_inquiry"], ["view_inquiry", "change_inquiry"]], ids=["look", "not open"])
def test_somebody_who_may_not_open_inquiries_or_not_change_them_is_refused_and_written_down(
    client, nurse, path, allowed
):
    only(nurse, *allowed)
    kept = quarantined()
    client.force_login(nurse)

    answer = client.post(path, {"deed": "accept", "chosen": ticked(kept)})

    kept.refresh_from_db()
    assert (answer.status_code, kept.status) == (403, "quarantined")
    assert Access.objects.values_list("person", "deed").get() == (nurse.pk, "refused")


def test_somebody_who_may_not_open_inquiries_is_offered_no_change_in_the_list(client, nurse):
    only(nurse, "view_inquiry", "change_inquiry")
    quarantined()
    client.force_login(nurse)

    page = markup.read(client.get(LIST, {"standing": "quarantine"}).content)

    assert page.all("input", name="chosen") == []
    assert [form for form in page.all("form") if form.attributes.get("action") == CLAIM] == []


# --- How far the database reads ---------------------------------------------------------------------------------------


def nodes(plan):
    """Every step of a plan, from the top."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def plan_of_the_rows(desk, **query):
    """The steps by which the database finds the rows of a list, with how much each has read."""
    with CaptureQueriesContext(connection) as asked:
        desk.get(LIST, query)
    (sql,) = [each["sql"] for each in asked.captured_queries if "ORDER BY" in each["sql"] and '"flags"' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        return list(nodes(cursor.fetchone()[0][0]["Plan"]))


def test_a_frequent_flag_is_looked_for_until_the_page_is_full_and_no_further(desk, monkeypatch):
    monkeypatch.setattr(querysets, "FEW", 100)
    many(2_000)
    flagged = Inquiry.objects.order_by("pk").values_list("pk", flat=True)[::2]
    Finding.objects.bulk_create(Finding(inquiry_id=pk, kind="anticoagulant", start=0, end=1) for pk in flagged)
    connection.cursor().execute("ANALYZE inquiries_finding")

    steps = plan_of_the_rows(desk, standing="all", flag="anticoagulant")

    read = [step["Actual Rows"] * step["Actual Loops"] for step in steps if "finding" in step.get("Relation Name", "")]
    assert 0 < sum(read) < 300


@pytest.mark.parametrize("tab", ["waits", "unassigned", "patient", "quarantine", "done", "all"])
def test_newest_first_is_read_from_an_index_in_a_tab_that_may_be_large(desk, nurse, tab):
    many(2_000)
    states = {
        "patient": {"status": "waiting", "owner": nurse, "waiting_until": timezone.localdate() + timedelta(days=7)},
        "quarantine": {"status": "quarantined"},
        "done": {"status": "done", "outcome": "answered", "closed_at": timezone.now(), "closed_by": nurse},
    }
    with pgtrigger.ignore("inquiries.Inquiry:inquiry_takes_only_known_steps"):
        Inquiry.objects.update(**states.get(tab, {"status": "new"}))
    connection.cursor().execute("ANALYZE inquiries_inquiry")

    steps = plan_of_the_rows(desk, standing=tab, sort="received")

    sorted_rows = [step["Plan Rows"] for step in steps if "Sort" in step["Node Type"] and step["Plan Rows"] > 50]
    assert sorted_rows == []


# --- What is shown, in words ------------------------------------------------------------------------------------------


def said(client, **query: str) -> list[str]:
    """What the list's status region says."""
    main = markup.read(client.get(LIST, query).content).one("main")
    return [region.words() for region in main.all("p", role="status")]


def test_a_filtered_list_says_by_what_and_how_many_it_found(desk, colleague):
    for language in ("es", "en", "es"):
        services.claim(inquiry(topic="billing", language=language).pk, by=colleague)
    inquiry(topic="billing", language="es")

    words = said(desk, topic="billing", owner=str(colleague.pk), language="es", since="2026-01-02")

    assert words == [
        "2 inquiries, filtered by topic Billing, owner Carlos, language Spanish, received from January 2, 2026. "
        "Clear filters"
    ]


def test_a_list_says_that_nothing_fits_its_filters(desk):
    inquiry(topic="billing")

    assert said(desk, topic="referral") == ["0 inquiries, filtered by topic Referral. Clear filters"]


def test_clearing_the_filters_leads_back_to_the_whole_tab(desk):
    inquiry(topic="billing")
    page = markup.read(desk.get(LIST, {"standing": "unassigned", "topic": "referral"}).content)

    (link,) = [link for link in page.one("main").all("a") if link.words() == "Clear filters"]

    assert link.attributes["href"] == "?standing=unassigned"


@pytest.mark.parametrize("query", [{}, {"standing": "all"}, {"sort": "received"}])
def test_a_whole_tab_speaks_of_no_filters(desk, query):
    inquiry()

    assert said(desk, **query) == []
