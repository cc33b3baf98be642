"""Patients write while processes are killed at random moments: no promise breaks. `make faults` is the long form."""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.faults import audit
from tests.faults.audit import Kept
from tests.faults.patients import Patient, Question
from tests.faults.product import Product, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long]

KILLS = int(os.environ.get("KILLS", "6"))
SEED = int(os.environ.get("SEED", "1"))
PATIENTS = 8
# Most kills wait until as many receipts as there are patients were shown since the last one; the others strike
# whatever is still down. Then so many seconds pass.
WAITS_FOR_RECEIPTS = 0.75
PAUSE = (0.3, 2.0)
PATIENCE = 90.0  # seconds that a patient, and the outbox, get once nothing is killed any more


def web_workers(product: Product) -> list[psutil.Process]:
    """The processes that answer requests: all of the web server's but the first, which starts them."""
    return product.every("granian")[1:]


VICTIMS: dict[str, Callable[[Product], list[psutil.Process]]] = {
    "a web worker": web_workers,
    "the web server": lambda product: product.every("granian")[:1],
    "the outbox worker": lambda product: product.every("manage.py worker"),
    "PostgreSQL": lambda product: product.every("bin/postgres"),
    "a database session": lambda product: product.every("postgres: clinic clinic"),
    "the supervisor": lambda product: [psutil.Process(product.process.pid)],
}


class Siege:
    """Eight patients and one killer."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.random = random.Random(SEED)
        self.patients = [Patient(number, product.port, SEED) for number in range(PATIENTS)]
        self.killed: Counter[str] = Counter()
        self.began = time.monotonic()

    def run(self) -> None:
        """Kill at random moments while everybody writes; then let everybody finish."""
        for patient in self.patients:
            patient.start()
        try:
            for name in self._order():
                self._choose_a_moment()
                self._kill(name)
            wait_for(self._is_up)
            for patient in self.patients:
                patient.last.set()
            for patient in self.patients:
                patient.join(PATIENCE)
        finally:
            for patient in self.patients:
                patient.last.set()
                patient.give_up.set()
            for patient in self.patients:
                patient.join()

    def _order(self) -> Iterator[str]:
        """Each kind as often as any other, in an order that the seed decides."""
        names: list[str] = []
        for _ in range(KILLS):
            names = names or self.random.sample(list(VICTIMS), len(VICTIMS))
            yield names.pop()

    def _choose_a_moment(self) -> None:
        if self.random.random() < WAITS_FOR_RECEIPTS:
            enough = self._receipts() + PATIENTS
            wait_for(lambda: self._is_started() and self._receipts() >= enough)
        self.patients[0].give_up.wait(self.random.uniform(*PAUSE))

    def _kill(self, name: str) -> None:
        wait_for(lambda: self._is_started() and self._kill_one(VICTIMS[name](self.product)))
        self.killed[name] += 1
        say(f"{self.killed.total():3}  after {time.monotonic() - self.began:5.1f} s  kill -9  {name}")
        if name == "the supervisor":
            self.product.process.wait()

    def _kill_one(self, victims: list[psutil.Process]) -> bool:
        """True when one of them was alive to be killed."""
        try:
            self.random.choice(victims).kill()
        except (IndexError, psutil.NoSuchProcess):
            return False
        return True

    def _is_started(self) -> bool:
        """True; an ended supervisor is started again, as a service manager would."""
        if not self.product.started or self.product.process.poll() is not None:
            self.product.start()
        return True

    def _is_up(self) -> bool:
        return self._is_started() and self.product.get("/readyz") == 200

    def _receipts(self) -> int:
        return sum(len(question.shown) for question in self.asked)

    @property
    def asked(self) -> list[Question]:
        """Every text anybody sent."""
        return [question for patient in self.patients for question in patient.asked]

    def counts(self, rows: list[Kept], delivered: Counter[str]) -> dict[str, object]:
        """What happened, in numbers."""
        answers = sum((patient.answers for patient in self.patients), Counter[str]())
        kept_at = {row.words: row.received_at for row in rows}
        wrongly_refused = [
            question for question in self.asked if max(question.refused, default=0) > kept_at.get(question.words, 1e12)
        ]
        return {
            "kills": dict(sorted(self.killed.items())),
            "starts of the product": len(self.product.started),
            "answers": dict(sorted(answers.items())),
            "texts sent": len(self.asked),
            "texts with a receipt": sum(bool(question.shown) for question in self.asked),
            "receipts shown": self._receipts(),
            "texts that a page called not saved after they were": len(wrongly_refused),
            "inquiries kept": len(rows),
            "of these urgent": sum(row.urgency != "routine" for row in rows),
            "emails promised": sum(len(row.emails) for row in rows),
            "emails written, each at least once": len(delivered),
            "of these written again after a kill": sum(times > 1 for times in delivered.values()),
        }


@pytest.fixture
def siege(tmp_path: Path) -> Iterator[Siege]:
    """A product with two web workers, to which all patients come from one address without being a flood."""
    product = Product(tmp_path / "data", WEB_WORKERS="2", FLOOD_MESSAGES="1000000")
    product.start()
    try:
        product.until_ready()
        yield Siege(product)
    finally:
        product.end()


def test_no_promise_breaks_while_processes_are_killed_at_random_moments(siege):
    siege.run()
    wait_for(lambda: siege.product.sql(WAITING) == [(0,)], PATIENCE)

    rows, delivered = audit.kept(siege.product), audit.delivered(siege.product.data_dir / "mail")
    for what, number in siege.counts(rows, delivered).items():
        say(f"{what:52} {number}")
    complaints = [
        *(surprise for patient in siege.patients for surprise in patient.surprises),
        *audit.broken(siege.asked, rows, audit.clinic(siege.product)),
        *audit.strays(siege.product),
        *audit.undelivered(rows, delivered),
    ]
    assert not complaints, "\n".join(complaints)


WAITING = "SELECT count(*) FROM post_office_email WHERE status IN (2, 3)"  # queued, and queued again after a fault


def say(line: str) -> None:
    """Seen with `pytest -s`, which `make faults` uses, and beside a failure."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
