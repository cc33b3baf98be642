"""`manage.py serve`: what `make run` starts. Sets everything up, serves until Ctrl-C, stops all it started."""

import fcntl
import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, NotSupportedError, connection
from django.db.migrations.executor import MigrationExecutor

from clinic.embedded_postgres import EmbeddedPostgres, PostgresError, SessionsLinger
from clinic.supervisor import Child, Supervisor

HOST = "127.0.0.1"
# Two starts on one outside database must not migrate at the same time.
MIGRATION_LOCK = 0x6D696772  # "migr"


class Command(BaseCommand):
    """Database, tables, pages, first account, worker, web server."""

    help = "Set up what is missing and serve the site until Ctrl-C."
    requires_system_checks = ()  # they need the database, which we may have to start first

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped; what prevents the start is one line that says what to do, and exit status 1."""
        os.umask(0o077)  # emails written to the data folder are nobody else's to read
        try:
            with _only_one(settings.DATA_DIR):
                status = self._run(Supervisor(settings.DATA_DIR))
        except (CommandError, PostgresError) as error:
            self.stderr.write(f"Cannot start: {error}")
            status = 1
        sys.exit(status)

    def _run(self, supervisor: Supervisor) -> int:
        try:
            self._start(supervisor, settings.DATA_DIR)
            return supervisor.watch()
        finally:
            connection.close()
            if supervisor.children:
                self._say("\nStopping ...")
                supervisor.stop()
                self._say("Stopped. The data are kept.")

    def _start(self, supervisor: Supervisor, data_dir: Path) -> None:
        postgres = None
        if settings.EMBEDDED_DATABASE:
            postgres = EmbeddedPostgres(data_dir, settings.DATABASES["default"]["PASSWORD"])
        supervisor.end_leftovers(postgres.leftover() if postgres else None)
        _require_free_port(settings.PORT)
        if postgres:
            self._start_postgres(supervisor, postgres)
        self._say("Checking the database ...")
        _require_database()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        self._set_up()
        connection.close()  # gives the lock back; the processes below have their own connections
        self._say("Starting the worker and the web server ...")
        supervisor.start(Child("The worker", [sys.executable, "manage.py", "worker"], options=_HERE))
        supervisor.start(Child("The web server", _web_command(), options=_HERE))
        if _wait_for_port(supervisor, settings.PORT):
            self._say_where_things_are()

    def _start_postgres(self, supervisor: Supervisor, postgres: EmbeddedPostgres) -> None:
        self._say(
            "Starting PostgreSQL ..." if postgres.files.exists() else "Creating the database (first start only) ..."
        )
        postgres.create()
        child = Child(
            "PostgreSQL",
            postgres.command(),
            stop_signal=signal.SIGINT,  # Postgres' "fast": ends sessions, writes everything, stops
            log=postgres.log,
            before=postgres.clear_the_way,
            options=postgres.popen_options(),
        )
        process = supervisor.start(child)
        for tries_left in reversed(range(10)):
            try:
                postgres.wait_until_ready(process)
                break
            except SessionsLinger:
                if not tries_left:
                    raise
            time.sleep(1)
            process = child.start(supervisor.mark)

    def _set_up(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Bringing the tables up to date ...")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("load_pages", verbosity=0)
        self._collect_static_files()
        self._make_first_account()
        call_command("check", databases=["default"], verbosity=0)

    def _collect_static_files(self) -> None:
        """Fingerprint and compress, unless the last start did it for the same files."""
        if settings.DEBUG:
            return
        stamp = settings.STATIC_ROOT / ".stamp"
        now = _static_sources()
        if stamp.exists() and stamp.read_text() == now:
            return
        self._say("Preparing styles and scripts ...")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(now)

    def _make_first_account(self) -> None:
        from clinic.staff.models import StaffUser

        if StaffUser.objects.exists():
            return
        email = os.environ.get("CLINIC_STAFF_EMAIL") or "staff@example.org"
        password = os.environ.get("CLINIC_STAFF_PASSWORD")
        self.new_account = (
            email,
            "the password in CLINIC_STAFF_PASSWORD" if password else secrets.token_urlsafe(12),
        )
        StaffUser.objects.create_superuser(email, password or self.new_account[1])

    new_account: tuple[str, str] | None = None

    def _say_where_things_are(self) -> None:
        # Our own address answers 400 where ALLOWED_HOSTS names public hosts only.
        site, here = settings.SITE_URL, f"http://{HOST}:{settings.PORT}"
        listens = "" if site == here else f"  Listens     {here}, for the proxy in front of it\n"
        signing_in = "with your staff account"
        if self.new_account:
            signing_in = f"{self.new_account[0]}  /  {self.new_account[1]}"
            if not os.environ.get("CLINIC_STAFF_PASSWORD"):
                signing_in += "   (shown only this once)"
        mail = f"written to {settings.DATA_DIR / 'mail'}" if "EMAIL_URL" not in os.environ else "sent by EMAIL_URL"
        self._say(
            f"\n  Site        {site}/\n"
            f"  Form        {site}/contact/\n"
            f"  Admin       {site}/admin/\n"
            f"{listens}"
            f"  Sign in     {signing_in}\n"
            f"  Emails      {mail}\n"
            f"  Data        {settings.DATA_DIR}\n"
            f"  Samples     make demo   (in a second terminal)\n"
            f"  Stop        Ctrl-C\n"
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


_HERE: dict[str, Any] = {"cwd": settings.BASE_DIR}


def _only_one(data_dir: Path) -> IO[str]:
    """Hold the data folder for this process; the kernel lets go of it however we end."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "serve.lock").open("a")
    except OSError as error:
        raise CommandError(
            f"The data folder {data_dir} cannot be used ({error.strerror}). Choose another CLINIC_DATA_DIR."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CommandError(
            f"Already running on {data_dir}. Stop it with Ctrl-C, or choose another CLINIC_DATA_DIR."
        ) from error
    return lock


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Stop what uses it, or choose another: "
                f"PORT={port + 1} make run"
            ) from error


def _require_database() -> None:
    try:
        connection.ensure_connection()
    except NotSupportedError as error:
        raise CommandError(f"The server at DATABASE_URL is too old: {error} Upgrade it.") from error
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database at DATABASE_URL cannot be reached: {reason}") from error


def _web_command() -> list[str]:
    workers = os.environ.get("WEB_WORKERS") or str(max(2, min(os.cpu_count() or 1, 8)))
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        HOST,
        "--port",
        str(settings.PORT),
    ]
    command += ["--workers", workers, "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws"]
    # No access log: paths of receipts and search words do not belong in a file.
    return [*command, "--log-level", "warning", "--no-access-log", "clinic.wsgi:application"]


def _wait_for_port(supervisor: Supervisor, port: int) -> bool:
    """True once the web server answers; False when we are told to stop before."""
    while not supervisor.stopping.wait(0.05):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
        web = supervisor.children[-1].process
        if web is None or web.poll() is not None:
            raise CommandError("The web server did not start; the lines above say why.")
    return False


def _static_sources() -> str:
    """Changes whenever a static file or a pinned package does."""
    ours = sorted((settings.BASE_DIR / "clinic" / "static").rglob("*"))
    lines = [f"{path}:{path.stat().st_mtime_ns}" for path in ours]
    return "\n".join([*lines, (settings.BASE_DIR / "requirements.txt").read_text()])
