"""The processes `make run` starts: kept alive, stopped together, and cleaned up after a kill."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

# In the environment of every process we start: how the next start finds what a killed one left behind.
MARK = "CLINIC_SUPERVISED_BY"
STOP_SECONDS = 15.0
# A process that dies this often within this many seconds will not come up by itself.
MOST_STARTS, WITHIN = 10, 60.0
PAUSE = 1.0  # seconds between two starts of one process, so that what the first left behind can end
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process we keep alive."""

    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    log: Path | None = None
    before: Callable[[], None] | None = None  # what each start needs first
    options: dict[str, Any] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self, mark: str) -> "subprocess.Popen[bytes]":
        """Start it in a session of its own, so that Ctrl-C reaches only us and we stop it in order."""
        self.starts = [*self.starts[-MOST_STARTS:], time.monotonic()]
        if self.before:
            self.before()
        output = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(
            self.command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, MARK: mark},
            preexec_fn=_end_with_parent(self.stop_signal),
            **self.options,
        )
        if output:
            output.close()
        return self.process

    def keeps_dying(self) -> bool:
        """True when restarting it again is pointless."""
        return len(self.starts) > MOST_STARTS and self.starts[-1] - self.starts[-MOST_STARTS - 1] < WITHIN

    def stop(self) -> None:
        """Ask it to end, wait, then end it and everything it started."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _tell(f"  {self.name} did not stop in {STOP_SECONDS:.0f} seconds; ending it")
        _kill_group(self.process.pid)
        self.process.wait()


class Supervisor:
    """Keeps children alive until told to stop."""

    def __init__(self, data_dir: Path) -> None:
        self.mark = str(data_dir)
        self.children: list[Child] = []
        self.stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self, child: Child) -> "subprocess.Popen[bytes]":
        """Start a child and keep it alive from now on."""
        self.children.append(child)
        return child.start(self.mark)

    def watch(self) -> int:
        """Restart whatever dies, until a signal; the exit status: 0 when asked to stop, 1 when something kept dying."""
        while not self.stopping.wait(0.2):
            for child in self.children:
                if child.process is None or child.process.poll() is None or self.stopping.is_set():
                    continue
                if time.monotonic() - child.starts[-1] < PAUSE:
                    continue
                _kill_group(child.process.pid)  # a killed server's own workers would keep the port
                if child.keeps_dying():
                    _tell(f"{child.name} keeps stopping; see {child.log or 'the lines above'}")
                    return 1
                _tell(f"{child.name} stopped unexpectedly; starting it again")
                child.start(self.mark)
        return 0

    def stop(self) -> None:
        """Stop the children, last started first, so that the database goes last."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()

    def end_leftovers(self, *others: psutil.Process | None) -> None:
        """End what an earlier start of this data folder left behind when it was killed."""
        left = [process for process in others if process]
        for process in psutil.process_iter():
            try:
                if process.pid != os.getpid() and process.environ().get(MARK) == self.mark:
                    left.append(process)
            except (psutil.Error, OSError):
                continue  # somebody else's process
        for process in left:
            # Postgres ends its sessions on SIGINT; the others take it as Ctrl-C.
            _signal(process, signal.SIGINT)
        _, alive = psutil.wait_procs(left, timeout=STOP_SECONDS)
        for process in alive:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=5)


def _end_with_parent(number: signal.Signals) -> Any:
    """Where Linux allows it: a child gets its stop signal when we are killed, instead of staying behind."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)  # loaded here: after a fork only simple calls are safe
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, int(number))


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):  # it was on its way out when we saw it
        process.send_signal(number)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(leader, signal.SIGKILL)


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
