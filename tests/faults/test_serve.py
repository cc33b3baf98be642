"""`make run`'s command as a whole: it starts, it stops all it started, and a kill loses nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from clinic.database import secret_file
from clinic.embedded_postgres import DATABASE, USER, socket_dir
from clinic.supervisor import MARK

ROOT = Path(__file__).resolve().parents[2]
OURS = ["DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DEBUG", "EMAIL_URL"]
pytestmark = pytest.mark.faults


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    """Poll until `what` is true; the one place in these tests that lets time pass, and it ends as soon as it can."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Product:
    """The product, started the way `make run` starts it, in a data folder of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.log = data_dir.with_suffix(".log")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        return self.started[-1]

    def start(self) -> "subprocess.Popen[bytes]":
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        environment = {**clean, "CLINIC_DATA_DIR": str(self.data_dir), "PORT": str(self.port), "WEB_WORKERS": "1"}
        with self.log.open("ab") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
                )
            )
        return self.process

    def until_ready(self) -> None:
        wait_for(lambda: self.get("/readyz") == 200)

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def running(self) -> list[psutil.Process]:
        """Every process that serves this data folder, found without asking the product."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get(MARK) == str(self.data_dir)
                if process.status() != psutil.STATUS_ZOMBIE and (ours or process.cwd().startswith(str(self.data_dir))):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def named(self, words: str) -> psutil.Process:
        """The oldest of our processes whose command line holds `words`."""
        found = [process for process in self.running() if words in " ".join(process.cmdline())]
        return min(found, key=lambda process: process.create_time())

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(
            dbname=DATABASE,
            host=str(socket_dir(self.data_dir)),
            user=USER,
            password=secret_file(self.data_dir / "database_password"),
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """A product in a data folder of its own, ended whatever the test did."""
    made = Product(tmp_path / "data")
    yield made
    for process in made.running():
        process.kill()
    for started in made.started:
        started.kill()
        started.wait()


REMEMBER = "CREATE TABLE IF NOT EXISTS remembered AS SELECT 'kept'::text AS word"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_process_it_started(product, number):
    product.start()
    product.until_ready()

    status = product.stop(number)

    assert status == 0
    assert product.running() == []


def test_after_every_process_was_killed_the_next_start_has_all_data(product):
    product.start()
    product.until_ready()
    product.sql(REMEMBER)
    for process in [psutil.Process(product.process.pid), *product.running()]:
        process.kill()
    product.process.wait()

    product.start()
    product.until_ready()

    assert product.sql("SELECT word FROM remembered") == [("kept",)]


def test_a_killed_parent_leaves_nothing_that_prevents_the_next_start(product):
    product.start()
    product.until_ready()
    product.sql(REMEMBER)
    product.process.kill()
    product.process.wait()

    product.start()
    product.until_ready()

    assert product.sql("SELECT word FROM remembered") == [("kept",)]


@pytest.mark.parametrize("victim", ["granian", "manage.py worker", "bin/postgres"])
def test_a_killed_part_is_started_again(product, victim):
    product.start()
    product.until_ready()
    killed = product.named(victim)

    killed.kill()

    wait_for(lambda: killed.pid not in [process.pid for process in product.running()])
    wait_for(lambda: any(victim in " ".join(process.cmdline()) for process in product.running()))
    product.until_ready()
    assert product.get("/contact/") == 200


def test_a_second_start_on_the_same_data_is_refused_with_one_line(product):
    product.start()
    product.until_ready()
    product.log = product.log.with_name("second.log")

    second = product.start()

    assert second.wait(timeout=30) == 1
    assert "Already running" in product.log.read_text()
    assert len(product.log.read_text().strip().splitlines()) == 1


def test_a_port_that_is_taken_is_refused_with_one_line(product):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", product.port))
        taken.listen()

        status = product.start().wait(timeout=30)

    assert status == 1
    assert f"Port {product.port}" in product.log.read_text()
    assert len(product.log.read_text().strip().splitlines()) == 1


def test_a_database_that_cannot_be_reached_is_refused_with_one_line(product, monkeypatch):
    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgres://clinic:x@127.0.0.1:1/clinic")
    monkeypatch.setattr("tests.faults.test_serve.OURS", [])
    monkeypatch.setitem(os.environ, "SECRET_KEY", "x" * 50)
    monkeypatch.setitem(os.environ, "ALLOWED_HOSTS", "127.0.0.1")

    status = product.start().wait(timeout=30)

    assert status == 1
    assert "DATABASE_URL cannot be reached" in product.log.read_text()
