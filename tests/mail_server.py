"""A real SMTP server on loopback that can be told to misbehave."""

import asyncio
import email
import email.policy
import socket
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class MailServer:
    """Takes emails, or refuses, hangs or breaks off, as `behaviour` says; `arrived` holds what it took."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.behaviour = "take"
        self.refusals: dict[str, str] = {}  # address: the answer to RCPT
        self.asked: list[str] = []  # every RCPT, in order
        self.arrived: list[EmailMessage] = []
        self.busy = threading.Event()  # set once an email hangs
        self.took_one = threading.Event()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Answer from now on, always on the same port."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Be gone: connections are refused."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def to(self) -> list[str]:
        """The addresses that emails arrived at, in order."""
        return [message["To"] for message in self.arrived]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's own name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take any sender."""
        await self._dawdle()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse an address."""
        await self._dawdle()
        self.asked.append(address)
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's own name
        """The whole text has come; now do as told."""
        await self._dawdle()
        if self.behaviour == "hang":
            self.busy.set()
            await asyncio.Event().wait()
        if self.behaviour == "break off":
            _cut(server)
            return "250 OK"
        if self.behaviour.startswith("refuse"):
            return self.behaviour.removeprefix("refuse ")
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        self.took_one.set()
        if self.behaviour == "take and break off":
            _cut(server)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's own name
        """Say good-bye."""
        if self.behaviour == "take and never say good-bye":
            await asyncio.Event().wait()
        return "221 Bye"

    async def _dawdle(self) -> None:
        """When slow: answer each time just within a time limit of half a second."""
        if self.behaviour == "slow":
            await asyncio.sleep(0.45)


def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
