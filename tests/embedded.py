"""A pytest plugin: a throw-away PostgreSQL for the whole run, unless DATABASE_URL names one."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from clinic.embedded_postgres import EmbeddedPostgres

# Nothing of a test run outlives it, so it need not survive a power cut.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


class Server:
    """The run's server, and the folder that goes with it."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="clinic-tests-"))
        os.environ["CLINIC_DATA_DIR"] = str(self.data_dir)
        (self.data_dir / "static").mkdir()  # WhiteNoise warns without it, and a warning fails a test
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make and start the server; the settings will find it through CLINIC_DATA_DIR."""
        from clinic.database import secret_file

        server = EmbeddedPostgres(self.data_dir, secret_file(self.data_dir / "database_password"))
        server.create()
        with server.log.open("ab") as log:
            self.process = subprocess.Popen(
                server.command(*FAST),
                stdout=log,
                stderr=log,
                start_new_session=True,
                **server.popen_options(),
            )
        server.wait_until_ready(self.process)

    def stop(self) -> None:
        """End the server at once and remove its files."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)
        shutil.rmtree(self.data_dir, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start before pytest-django reads the settings; workers of a parallel run inherit the environment."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    server = Server()
    early_config.add_cleanup(server.stop)
    for name in ("DEBUG", "SITE_URL", "EMAIL_URL", "PORT", "SECRET_KEY", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)  # a developer's own settings must not change what is tested
    if "DATABASE_URL" not in os.environ:
        server.start()
    else:
        os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
        os.environ["ALLOWED_HOSTS"] = "127.0.0.1,localhost"


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests that wait for a browser, a process or a mail server leave theirs idle."""
    return (os.cpu_count() or 1) + 1
