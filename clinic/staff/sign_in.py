"""Signing in: as Unfold's, but whoever guesses passwords must soon wait."""

import uuid
from time import time
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from unfold.forms import AuthenticationForm

from clinic.network import network_of
from inquiries.models import Tally

PERIOD = 5 * 60  # seconds
MOST = 10  # failures in a period, for one account from one network
SLOTS = 3 << 16  # of the tallies; those below belong to inquiries/spam.py
TOO_MANY = (
    "There were too many tries to sign in with this email address from your network. Wait five minutes, then try "
    "again. If you have forgotten your password, ask whoever manages the accounts for a new one."
)
# The same for an account that is not there, one that was deactivated and one that may not come in here.
WRONG = (
    "This email address and password do not belong together. Look for a typing mistake in both; capitals count in the "
    "password. If you have forgotten it, ask whoever manages the accounts for a new one."
)


class SignInForm(AuthenticationForm):
    """Address and password. Somebody who guesses keeps nobody out who signs in from another network."""

    error_messages: ClassVar = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["username"].error_messages["required"] = "Enter your email address"
        self.fields["password"].error_messages["required"] = "Enter your password"

    def clean(self) -> dict[str, Any] | None:
        """Raises ValidationError for a wrong password, and without looking at it after too many of them."""
        # By capitals, as the database compares: "ı" without its dot leads to the account with an "i", too.
        account = str(self.cleaned_data.get("username", "")).upper().casefold()
        # Counted before the password is looked at: many tries at the same moment must not outrun the count.
        if _count(account, network_of(self.request), 1) > MOST:
            raise ValidationError(TOO_MANY, code="too_many")
        cleaned: dict[str, Any] | None = super().clean()
        _count(account, network_of(self.request), -1)  # the right one was no failure
        return cleaned


def _count(account: str, network: str, amount: int) -> int:
    # The key changes each day and the digest keeps two bytes: a slot leads back to nobody.
    now = int(time())
    digest = salted_hmac(f"clinic.sign_in.{now // 86_400}", f"{account}\n{network}", algorithm="sha256").digest()
    slot = SLOTS + int.from_bytes(digest[:2], "big")
    return Tally.objects.add({slot: amount}, during=now // PERIOD, key=str(uuid.uuid4()))[slot]
