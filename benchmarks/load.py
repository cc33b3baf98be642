"""Sends requests over a few kept connections and counts the answers. One thread and no parsing beyond the length.

It shares the machine with the server it measures, so it must cost little: about a fiftieth of a millisecond a request.
"""

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

HOST = "127.0.0.1"
CONNECTIONS = 16
TIMEOUT = 20.0  # seconds without any answer: then something is broken, and the run ends
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class WrongAnswer(Exception):
    """The server answered something else than the benchmark is about; the text shows the start of it."""


@dataclass(frozen=True)
class Burst:
    """What one uninterrupted stretch of requests gave."""

    answers: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


class Connection:
    """One kept connection with at most one request under way."""

    def __init__(self, port: int, status: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expected = b"HTTP/1.1 %d " % status
        self.received = b""

    def send(self, request: bytes) -> None:
        """Start the next request."""
        self.received = b""
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Read what is there; True once the answer is complete. Raises WrongAnswer for an unexpected one."""
        part = self.socket.recv(1 << 18)
        self.received += part
        head = self.received.find(b"\r\n\r\n")
        if not part or (head >= 0 and not self.received.startswith(self.expected)):
            raise WrongAnswer(f"expected {self.expected!r}, got {self.received[:300]!r}")
        if head < 0:
            return False
        length = LENGTH.search(self.received, 0, head)
        return len(self.received) >= head + 4 + (int(length[1]) if length else 0)


def send(
    port: int,
    make: Callable[[], bytes],
    *,
    status: int,
    seconds: float,
    most: int,
    connections: int = CONNECTIONS,
) -> Burst:
    """Keep every connection busy with what `make` returns, for `seconds` or until `most` requests were sent.

    Every request is answered before this returns. Raises WrongAnswer when one is not answered with `status`.
    """
    selector = selectors.DefaultSelector()
    connected = [Connection(port, status) for _ in range(min(connections, most))]
    sent = answers = 0
    try:
        started = time.perf_counter()
        end = started + seconds
        for connection in connected:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(make())
            sent += 1
        while answers < sent:
            ready = selector.select(TIMEOUT)
            if not ready:
                raise WrongAnswer(f"no answer within {TIMEOUT:.0f} seconds")
            go_on = time.perf_counter() < end
            for key, _ in ready:
                if not key.data.answered():
                    continue
                answers += 1
                if go_on and sent < most:
                    key.data.send(make())
                    sent += 1
        return Burst(answers, time.perf_counter() - started)
    finally:
        selector.close()
        for connection in connected:
            connection.socket.close()
