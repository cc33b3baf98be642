"""The product as a whole, for tests that start it, kill parts of it and look at what is left."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from clinic.database import secret_file
from clinic.embedded_postgres import DATABASE, USER, socket_dir
from clinic.supervisor import MARK

ROOT = Path(__file__).resolve().parents[2]
OURS = ["DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DEBUG", "EMAIL_URL"]


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    """Poll until `what` is true; the one place in these tests that lets time pass, and it ends as soon as it can."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def used_folder() -> Path:
    """A data folder that was used before, to be copied: making the tables takes ten times as long as a start.

    Made once in a run, by whichever process needs it first; it goes when the run's own database goes.
    """
    beside = Path(os.environ["CLINIC_DATA_DIR"])
    made = beside / "used"
    with (beside / "used.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            product = Product(beside / "making")
            try:
                product.start()
                product.until_ready()
                assert product.stop() == 0
            finally:
                product.end()
            product.data_dir.rename(made)
    return made


class Product:
    """The product, started the way `make run` starts it, in a data folder of its own."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.settings = {"WEB_WORKERS": "1", **settings}
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
        environment = {**clean, **self.settings, "CLINIC_DATA_DIR": str(self.data_dir), "PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
                )
            )
        return self.process

    def until_ready(self) -> None:
        wait_for(lambda: not self.leftovers())  # what outlived a killed start would answer in place of this one
        wait_for(lambda: self.get("/readyz") == 200)

    def leftovers(self) -> list[psutil.Process]:
        """Processes of an earlier start."""
        began = psutil.Process(self.process.pid).create_time()
        return [process for process in self.running() if created(process) < began]

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

    def every(self, words: str) -> list[psutil.Process]:
        """Our processes whose command line holds `words`, the oldest first."""
        found = [process for process in self.running() if words in command_of(process)]
        return sorted(found, key=created)

    def named(self, words: str) -> psutil.Process:
        """The oldest of them."""
        return self.every(words)[0]

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
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

    def kill(self) -> None:
        """Kill everything at once, the one that starts the others again first."""
        for process in [psutil.Process(self.process.pid), *self.running()]:
            with suppress(psutil.NoSuchProcess):  # it went with the one before it
                process.kill()
        self.process.wait()

    def end(self) -> None:
        """Leave nothing behind, whatever a test did."""
        for started in self.started:
            started.kill()  # first, or it would start the others again
            started.wait()
        for process in self.running():
            with suppress(psutil.NoSuchProcess):  # it was ending anyway
                process.kill()


def created(process: psutil.Process) -> float:
    """When it began, in seconds since 1970; never, for one that has just ended."""
    try:
        return process.create_time()
    except psutil.Error:
        return float("inf")


def command_of(process: psutil.Process) -> str:
    """Its command line; nothing for one that has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
