"""The whole run: start, measure, print one table, clean up."""

import argparse
import os
import platform
import signal
import sys

import django

from benchmarks import rounds, table, throwaway
from benchmarks.effort import FULL, SMOKE, say


def main() -> int:
    """Exit status 0 when every request was answered as it should be; the verdicts are for people to read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print the benchmark table.")
    parser.add_argument("--smoke", action="store_true", help="try every step with a handful of requests")
    smoke = parser.parse_args().smoke
    effort = SMOKE if smoke else FULL
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: what was started is stopped
    with throwaway.data_folder() as folder:
        django.setup()
        from benchmarks import desk

        say("Starting a database and four web servers of its own ...")
        with throwaway.servers(folder) as servers:
            lines = [*rounds.measure(servers, effort), *desk.measure(servers, effort, folder)]
    print(f"{_machine()}\n\n{table.text(lines)}")
    if smoke:
        say("A smoke run: it shows that every step works. Its figures mean nothing.")
    return 0


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, shared with the load generator · Python {platform.python_version()} · "
        f"Django {django.get_version()} · loopback, one run"
    )


if __name__ == "__main__":
    sys.exit(main())
