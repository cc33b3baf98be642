"""The benchmarks run, tell the truth about failures, and clean up. Nothing here looks at a clock."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from benchmarks.load import HOST, WrongAnswer, send
from benchmarks.table import Line

ASK = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for temporary files with a short name: a Unix socket's path may not be long."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        yield Path(name)


@pytest.fixture
def unavailable() -> Iterator[int]:
    """The port of a server that answers its first connection with 503."""
    with socket.create_server((HOST, 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.long
def test_a_smoke_run_tries_every_step_and_leaves_no_file_and_no_process_behind(folder):
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--smoke"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert run.returncode == 0, run.stderr
    assert "100 questions posted, 100 kept." in run.stderr
    for step in (
        "bare view",
        "content page",
        "form page",
        "bare insert view",
        "form POST",
        "dashboard, 100 inquiries",
        "tab Done, 200 inquiries",
        "one inquiry, 200 inquiries",
        "search by two words, 200 inquiries",
        "Django's own search by two words, 200 inquiries",
    ):
        assert f"| {step}" in run.stdout
    assert list(folder.iterdir()) == []
    assert not [process for process in psutil.process_iter(["cmdline"]) if str(folder) in str(process.info["cmdline"])]


def test_a_wrong_answer_ends_the_run_instead_of_counting(unavailable):
    with pytest.raises(WrongAnswer, match="503"):
        send(unavailable, lambda: ASK, status=200, seconds=5, most=1)


@pytest.mark.parametrize(
    "ratios, verdict", [([0.9, 0.36, 0.1], "pass"), ([0.9, 0.34, 0.1], "below")], ids=["kept", "missed"]
)
def test_the_verdict_is_about_the_median_of_the_pairs(ratios, verdict):
    line = Line("form POST", [1.0], "/s", ratios=ratios, at_least=0.35)

    assert line.cells()[-1] == verdict


def test_a_page_must_keep_its_ratio_and_its_time():
    slow = Line("triage list", [61.0], "ms", ratios=[1.0], at_most=1.5, below_ms=60)

    assert slow.cells()[-1] == "below"
