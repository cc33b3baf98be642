"""A clinic of the run's own: data folder, PostgreSQL and web servers, all gone afterwards.

The database keeps every commit on disk before it answers, as it does for patients (`fsync` and
`synchronous_commit` stay on). The worker does not run: it would send emails in the middle of a measurement.
"""

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.load import HOST

START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time that it and its workers have used so far."""
        times = [process.cpu_times() for process in (self.process, *self.process.children(recursive=True))]
        return sum(used.user + used.system for used in times)


@dataclass(frozen=True)
class Servers:
    """The site, the bare views without and with the site's middleware, and Django's own admin."""

    site: Server
    bare: Server
    dressed: Server
    stock: Server


@contextmanager
def data_folder() -> Iterator[Path]:
    """An empty data folder that the settings will use; an outside DATABASE_URL is not touched, nor needed."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-bench-"))
    try:
        for name in ("DATABASE_URL", "EMAIL_URL", "DEBUG", "SITE_URL", "ALLOWED_HOSTS", "SECRET_KEY"):
            os.environ.pop(name, None)
        os.environ["CLINIC_DATA_DIR"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
        os.environ["FLOOD_MESSAGES"] = "1000000000"  # or we would measure how quickly a flood is quarantined
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Start the database, make the tables and the pages, start the web servers; stop them all in the end."""
    from django.db import connection

    with ExitStack() as stack:
        _start_postgres(folder, stack)
        stack.callback(connection.close)
        _set_up()
        yield Servers(
            site=_start_web("clinic.wsgi:application", folder, stack),
            bare=_start_web("benchmarks.bare.wsgi:alone", folder, stack),
            dressed=_start_web("benchmarks.bare.wsgi:dressed", folder, stack),
            stock=_start_web("benchmarks.stock.wsgi:application", folder, stack),
        )


@contextmanager
def one_more(folder: Path, application: str) -> Iterator[Server]:
    """Another web server, for a while."""
    with ExitStack() as stack:
        yield _start_web(application, folder, stack)


def _start_postgres(folder: Path, stack: ExitStack) -> None:
    from django.conf import settings

    from clinic.embedded_postgres import EmbeddedPostgres
    from clinic.supervisor import Child

    postgres = EmbeddedPostgres(folder, settings.DATABASES["default"]["PASSWORD"])
    postgres.create()
    child = Child("PostgreSQL", postgres.command(), signal.SIGINT, log=postgres.log, options=postgres.popen_options())
    stack.callback(child.stop)
    postgres.wait_until_ready(child.start(str(folder)))


def _set_up() -> None:
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.bare.views import CREATE_TABLE
    from clinic.pages import loader

    call_command("migrate", interactive=False, verbosity=0)
    loader.load()
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(CREATE_TABLE)


def _start_web(application: str, folder: Path, stack: ExitStack) -> Server:
    from clinic.management.commands import serve
    from clinic.supervisor import Child

    port = _free_port()
    # The site's own command line, so that every option and the number of workers are the same.
    command = serve._web_command()
    command[command.index("--port") + 1] = str(port)
    command[-1] = application
    child = Child(application, command, options={"cwd": Path(__file__).parent.parent})
    stack.callback(child.stop)
    process = child.start(str(folder))
    _wait_for(port, application)
    return Server(port, psutil.Process(process.pid))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, application: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"{application} did not start within {START_SECONDS:.0f} seconds")
