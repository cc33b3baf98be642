"""`make run`'s command as a whole: it starts, it stops all it started, and a kill loses nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clinic.supervisor import Supervisor
from tests.faults.product import Product, used_folder, wait_for

pytestmark = pytest.mark.faults


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """A product in a data folder of its own, ended whatever the test did."""
    made = Product(Path(shutil.copytree(used_folder(), tmp_path / "data")))
    yield made
    made.end()


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
    product.kill()

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
    wait_for(lambda: product.every(victim))
    # A worker that outlived its parent may still answer the first question before it is ended.
    wait_for(lambda: product.get("/contact/") == 200 and product.get("/readyz") == 200)


def test_a_leftover_that_ends_by_itself_at_that_moment_does_not_prevent_a_start(tmp_path, monkeypatch):
    monkeypatch.setattr("clinic.supervisor.signal.signal", lambda *_: None)  # Ctrl-C stays pytest's
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as leftover:
        seen = psutil.Process(leftover.pid)
        leftover.kill()

    Supervisor(tmp_path).end_leftovers(seen)

    assert not seen.is_running()


def test_a_folder_above_the_data_that_was_closed_since_does_not_keep_postgres_down(product):
    product.start()
    product.until_ready()
    killed = product.named("bin/postgres")
    product.data_dir.parent.chmod(0o700)

    killed.kill()

    wait_for(lambda: killed.pid not in [process.pid for process in product.running()])
    product.until_ready()


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
    monkeypatch.setattr("tests.faults.product.OURS", [])
    monkeypatch.setitem(os.environ, "SECRET_KEY", "x" * 50)
    monkeypatch.setitem(os.environ, "ALLOWED_HOSTS", "127.0.0.1")

    status = product.start().wait(timeout=30)

    assert status == 1
    assert "DATABASE_URL cannot be reached" in product.log.read_text()
