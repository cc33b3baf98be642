"""The worker: one in charge, another when it dies, and staff who see when nobody is."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as site
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from inquiries import outbox, paging
from inquiries.alarms import alarms
from inquiries.management.commands import worker
from inquiries.models import Notice, WorkerHeartbeat
from tests import markup
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

CRISIS = "I do not want to be alive anymore."
ROOT = Path(__file__).resolve().parents[2]
LIST = "/admin/inquiries/inquiry/"
OUTBOX = "/admin/post_office/email/"


@pytest.fixture
def start_worker(transactional_db, mail_server) -> "Iterator[Callable[[], subprocess.Popen[bytes]]]":
    """Starts real workers on the test's database and mail server; kills them in the end."""
    database = connection.settings_dict
    credentials = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    server = urlencode({"host": database["HOST"], "port": database["PORT"] or 5432})
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{credentials}@/{database['NAME']}?{server}",
        "SECRET_KEY": site.SECRET_KEY,
        "ALLOWED_HOSTS": "testserver",
        "SITE_URL": "http://testserver",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
    }
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "worker"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def _session_as_before(db):
    """A worker gives its session time limits that tests must not inherit."""
    yield
    with connection.cursor() as cursor:
        for name in worker.SESSION:
            cursor.execute(f"RESET {name}")


# --- One in charge ---------------------------------------------------------------------------------------------------


def test_a_round_sends_pages_resumes_and_gives_a_sign_of_life(mail_server):
    kept = inquiry(message=CRISIS, received_at=timezone.now() - timedelta(minutes=20))

    worker.work_one_round()

    kept.refresh_from_db()
    assert kept.pages_repeated == 1
    assert sorted(mail_server.to()) == ["ada@example.org", "front-desk@example.org", "on-call@example.org"]
    assert WorkerHeartbeat.is_heard()


@pytest.mark.django_db(transaction=True)
def test_only_one_worker_is_in_charge_and_the_next_when_its_session_ends(other_session):
    other_session.execute("SELECT pg_try_advisory_lock(%s)", [worker.LOCK])

    with worker.in_charge() as meanwhile:
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [other_session.connection.get_backend_pid()])
    with worker.in_charge() as afterwards:
        pass

    assert (meanwhile, afterwards) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_a_round_that_is_over_leaves_the_next_to_any_worker(other_session):
    with worker.in_charge():
        other_session.execute("SELECT pg_try_advisory_lock(%s)", [worker.LOCK])
        (during,) = other_session.fetchone()

    other_session.execute("SELECT pg_try_advisory_lock(%s)", [worker.LOCK])
    (afterwards,) = other_session.fetchone()

    assert (during, afterwards) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_postgres_ends_the_session_of_a_worker_that_hangs():
    with worker.in_charge(), connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        in_an_email = cursor.fetchone()
        cursor.execute("SHOW idle_session_timeout")
        between = cursor.fetchone()

    assert (in_an_email, between) == (("90s",), ("90s",))


def test_a_fault_in_one_part_of_a_round_does_not_keep_pages_from_going_out(mail_server, monkeypatch):
    def broken(**arguments):
        raise RuntimeError("a bug")

    monkeypatch.setattr("inquiries.paging.page_again", broken)
    monkeypatch.setattr("inquiries.services.resume_waiting", broken)
    inquiry(message=CRISIS)

    worker.work_one_round()

    assert "on-call@example.org" in mail_server.to()


def test_a_long_queue_does_not_keep_repeats_and_the_heartbeat_waiting(mail_server, monkeypatch):
    for number in range(5):
        inquiry(email=f"ada{number}@example.org")
    monkeypatch.setattr(worker, "SENDING", 0)

    worker.work_one_round()

    assert mail_server.arrived == []
    assert WorkerHeartbeat.is_heard()


def test_a_worker_that_is_told_to_stop_starts_no_other_email(mail_server):
    inquiry()

    worker.work_one_round(stopped=lambda: True)

    assert mail_server.asked == []


@pytest.mark.django_db(transaction=True)
def test_when_the_worker_in_charge_is_killed_in_an_email_another_one_sends_it(start_worker, mail_server):
    kept = inquiry(message=CRISIS)
    Email.objects.exclude(notice__kind=Notice.Kind.PAGE).delete()
    mail_server.behaviour = "hang"
    first = start_worker()
    assert mail_server.busy.wait(30)
    mail_server.behaviour = "take"
    second = start_worker()

    first.kill()
    first.wait()

    assert mail_server.took_one.wait(30), "nobody took over"
    second.terminate()
    _, said = second.communicate(timeout=30)
    assert (second.returncode, said) == (0, b"")
    assert mail_server.to() == ["on-call@example.org"]
    assert kept.notices.get().email.status == STATUS.sent


# --- In sight --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds, status, ready", [(5, 200, True), (59, 200, True), (61, 503, False)])
def test_the_site_is_not_ready_when_no_worker_has_been_heard_for_a_minute(client, seconds, status, ready):
    WorkerHeartbeat.objects.create(beat_at=timezone.now() - timedelta(seconds=seconds))

    response = client.get("/readyz")

    assert (response.status_code, response.json()["worker"]) == (status, ready)


def test_the_longest_round_is_shorter_than_the_silence_that_raises_the_alarm():
    one_email = 2 * site.EMAIL_TIMEOUT

    assert worker.PAUSE + worker.SENDING + one_email < 60
    assert one_email < 90


def test_the_list_is_quiet_while_all_is_well(desk):
    WorkerHeartbeat.objects.create(beat_at=timezone.now())
    inquiry()

    page = markup.read(desk.get(LIST).content)

    assert not page.all(class_="desk-alarms")


def test_the_list_says_when_no_worker_is_at_work(desk):
    page = markup.read(desk.get(LIST).content)

    assert "the worker has stopped" in page.one(class_="desk-alarms").words()


def test_the_list_says_when_emails_failed_and_leads_to_them(desk, mail_server):
    WorkerHeartbeat.objects.create(beat_at=timezone.now())
    kept = inquiry()
    mail_server.refusals["ada@example.org"] = "550 no such user"
    outbox.send_due()

    alarm = markup.read(desk.get(LIST).content).one(class_="desk-alarms")
    listed = markup.read(desk.get(alarm.one("a").attributes["href"]).content).one("table", id="result_list").words()

    assert "1 email has failed" in alarm.words()
    assert kept.reference in listed
    assert "Failed" in listed
    assert "New question" not in listed


def test_the_list_says_when_the_mail_server_takes_nothing(desk):
    WorkerHeartbeat.objects.create(beat_at=timezone.now())
    inquiry()
    Email.objects.update(created=timezone.now() - timedelta(minutes=16))

    alarm = markup.read(desk.get(LIST).content).one(class_="desk-alarms")

    assert "2 emails have waited for more than 15 minutes" in alarm.words()


def test_a_failed_email_is_sent_again_from_its_page(desk, mail_server):
    email = inquiry().notices.get(kind="receipt").email
    mail_server.refusals["ada@example.org"] = "550 no such user"
    outbox.send_due()
    mail_server.refusals.clear()

    page = markup.read(desk.get(f"{OUTBOX}{email.pk}/change/").content)
    forms = {form.words(): form.attributes["action"] for form in page.all("form") if form.all(class_="desk-button")}
    desk.post(forms["Send again now"])
    outbox.send_due()

    assert "ada@example.org" in mail_server.to()


def test_failed_emails_are_sent_again_or_put_aside_from_the_list(desk):
    first, second = (inquiry().notices.get(kind="receipt").email for _ in range(2))
    Email.objects.update(status=STATUS.failed)

    for email, action in ((first, "send_again"), (second, "put_aside")):
        desk.post(OUTBOX, {"action": action, "_selected_action": [email.pk]})

    assert list(Email.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk").values_list("status", flat=True)) == [
        STATUS.queued,
        outbox.WITHDRAWN,
    ]


def test_an_email_that_was_put_aside_raises_no_alarm():
    WorkerHeartbeat.objects.create(beat_at=timezone.now())
    inquiry()
    Email.objects.update(status=STATUS.failed)

    outbox.withdraw(Email.objects.all())

    assert alarms() == []


@pytest.mark.parametrize("action", ["send-again", "put-aside"])
def test_what_becomes_of_an_email_is_changed_by_post_and_with_permission_only(desk, client, nurse, action):
    email = inquiry().notices.get(kind="receipt").email
    Email.objects.update(status=STATUS.failed)
    door = reverse("admin:post_office_email_action", args=[email.pk, action])

    by_link = desk.get(door).status_code
    nurse.is_superuser = False
    nurse.save()
    without = desk.post(door).status_code

    email.refresh_from_db()
    assert (by_link, without, email.status) == (405, 403, STATUS.failed)


def test_each_state_of_the_outbox_lists_its_own(desk):
    emails = [kept.notices.get(kind="receipt").email for kept in (inquiry(email=f"a{n}@example.org") for n in range(5))]
    Email.objects.exclude(pk__in=[email.pk for email in emails]).delete()
    stands = [STATUS.failed, STATUS.queued, STATUS.requeued, STATUS.sent, outbox.WITHDRAWN]
    for email, status in zip(emails, stands, strict=True):
        Email.objects.filter(pk=email.pk).update(status=status)

    shown = {
        state: len(markup.read(desk.get(OUTBOX, {"state": state}).content).all(class_="field-shown_status"))
        for state in ("failed", "waiting", "sent", "aside")
    }

    assert shown == {"failed": 1, "waiting": 2, "sent": 1, "aside": 1}


def test_no_address_is_in_the_list_of_emails(desk):
    inquiry(email="quill@example.org")

    assert "quill" not in desk.get(OUTBOX).content.decode()


def test_a_page_repeated_by_the_worker_is_in_sight_on_the_inquiry(desk):
    kept = inquiry(message=CRISIS, received_at=timezone.now() - timedelta(minutes=20))
    Email.objects.update(status=STATUS.sent)

    paging.page_again()

    page = markup.read(desk.get(reverse("admin:inquiries_inquiry_change", args=[kept.pk])).content)
    titles = [title.words() for title in page.all("p", class_="desk-item-title")]
    assert sum(title.startswith("Page to the people on call") for title in titles) == 2
