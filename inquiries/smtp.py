"""Talking to the mail server, with one deadline for the whole conversation."""

import smtplib
import time
from typing import Any

from django.core.mail.backends import smtp


class _Punctual:
    """smtplib waits for each answer as long as for the first; a dozen slow ones would hold up a page for minutes."""

    timeout: float
    sock: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.ends_at = time.monotonic() + 2 * kwargs["timeout"]
        super().__init__(*args, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib's, but never past the end."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            self.close()  # type: ignore[attr-defined]  # smtplib's
            raise smtplib.SMTPServerDisconnected("The conversation took too long")
        self.sock.settimeout(min(left, self.timeout))
        return super().getreply()  # type: ignore[misc,no-any-return]  # smtplib's


class _Plain(_Punctual, smtplib.SMTP):
    pass


class _Encrypted(_Punctual, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, except that a conversation ends after twice EMAIL_TIMEOUT, however slowly it goes."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What connects: in the clear (and perhaps STARTTLS), or encrypted from the start."""
        return _Encrypted if self.use_ssl else _Plain
