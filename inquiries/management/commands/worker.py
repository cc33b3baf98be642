"""`manage.py worker`: sends the outbox and keeps the promises that need a clock. Any number may run."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import figures, outbox, paging, queue, retention, search, services
from inquiries.conversation import arrivals, replies
from inquiries.models import WorkerHeartbeat

logger = logging.getLogger(__name__)

LOCK = 0x636C696E  # "clin"
PAUSE = 2.0  # seconds between rounds; a crisis page leaves within this time
READING = 2.0  # seconds of a round for making inquiries findable, so many at once
READ_AT_ONCE, LOOK_BACK = 500, 5_000
SENDING = 5.0  # seconds of sending in a round: a long queue must not keep repeats and the heartbeat waiting

# Postgres ends the session of a worker that hangs or whose machine is gone, and with it the lock. One email takes
# 40 seconds at most, a dead machine is noticed after about 30.
HANGS = "90s"
SESSION = {
    "idle_session_timeout": HANGS,
    "idle_in_transaction_session_timeout": HANGS,
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}


class Command(BaseCommand):
    """One worker is in charge of each round; when it is gone, the next round is another's."""

    help = "Sends waiting emails and keeps time. Run at least one beside the web server."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop; a lost database is waited for, never a reason to end."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                with in_charge() as ours:
                    if ours:
                        work_one_round(stop.is_set)
            except Exception:  # whatever it was, somebody must go on sending pages
                logger.exception("This round of work was cut short; trying again")
                connection.close()
            stop.wait(PAUSE)
        connection.close()


@contextmanager
def in_charge() -> Iterator[bool]:
    """True for one worker at a time. Postgres gives the lock back when the holder's session ends, however it ended."""
    settings = ", ".join("set_config(%s, %s, false)" for _ in SESSION)
    values = [text for setting in SESSION.items() for text in setting]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {settings}, pg_try_advisory_lock(%s)", [*values, LOCK])
        ours = cursor.fetchone()[-1]
    yield ours
    if ours:  # not after a fault: then the session is closed, and the lock goes with it
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def work_one_round(stopped: Callable[[], bool] = lambda: False) -> None:
    """Everything that is due now, once. A fault in one part must not keep the others from being done."""
    ends = time.monotonic() + SENDING
    talking = (replies.let_leave, replies.undelivered, arrivals.send_lost_links)
    parts = (_beat, paging.page_again, _resume, queue.give_back_from_absent, *talking, _read_in, _forget)
    # These come last: they may take seconds, and nobody's life hangs on them. What is erased was counted before.
    last = (figures.keep, retention.keep_to_periods)
    for part in (*parts, lambda: _send(lambda: not stopped() and time.monotonic() < ends), *last):
        try:
            part()
        except Exception:
            if not connection.is_usable():
                raise  # the lock went with it
            logger.exception("A part of the worker's round failed")


def _beat() -> None:
    WorkerHeartbeat.objects.update_or_create(id=1, defaults={"beat_at": timezone.now()})


def _resume() -> None:
    services.resume_waiting(today=Practice.objects.current().today())


def _read_in() -> None:
    """Make new inquiries findable. After an upgrade there may be a million: some in each round."""
    ends = time.monotonic() + READING
    while search.read_in(READ_AT_ONCE, back=LOOK_BACK) == READ_AT_ONCE and time.monotonic() < ends:
        pass


def _forget() -> None:
    """Sessions that are over, which hold what was searched for."""
    SessionStore.clear_expired()


def _send(go_on: Callable[[], bool]) -> None:
    outbox.send_due(go_on)
