"""`manage.py worker`: sends the outbox and keeps the promises that need a clock. Any number may run."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import outbox, services
from inquiries.models import WorkerHeartbeat

logger = logging.getLogger(__name__)

# Postgres releases the lock when the connection of the worker in charge ends, however it ended.
LOCK = 0x636C696E  # "clin"
PAUSE = 2.0  # seconds between rounds; a crisis page leaves within this time


class Command(BaseCommand):
    """One worker is in charge; the others wait for it to go."""

    help = "Sends waiting emails and keeps time. Run at least one beside the web server."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop; a lost database is waited for, never a reason to end."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                if self._in_charge():
                    work_one_round()
            except Error:
                logger.warning("The database did not answer; trying again")
                connection.close()
            stop.wait(PAUSE)
        connection.close()

    def _in_charge(self) -> bool:
        with connection.cursor() as cursor:
            # Asked again each round: granted at once to the holder, and lost with a lost connection.
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
                " AND classid = 0 AND objid = %s AND granted) OR pg_try_advisory_lock(%s)",
                [LOCK, LOCK],
            )
            return bool(cursor.fetchone()[0])


def work_one_round() -> None:
    """Everything that is due now, once."""
    WorkerHeartbeat.objects.update_or_create(id=1, defaults={"beat_at": timezone.now()})
    outbox.send_waiting()
    services.resume_waiting(today=timezone.localdate(timezone=Practice.objects.current().zone))
