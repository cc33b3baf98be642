"""What we do to a person's text before it is kept (one newline, one way to write each letter), and to compare it."""

import re
import unicodedata
import uuid

from django.utils.crypto import salted_hmac


def normalised(text: str) -> str:
    """`text` with line ends as \\n and in Unicode's composed form (NFC); spaces, emoji and marks stay as typed.

    Browsers send \\r\\n and phones send letters in parts; without this the same words would not be equal,
    searchable or countable. (NUL, the one character that PostgreSQL cannot hold, is dropped in reading.py.)
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


# White space, and the signs that keyboards and "smart" typing change on their own.
_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~\u2000-\u206f]+")


def alike(text: str) -> str:
    """`text` for comparing only: without case, punctuation and spaces, so that the same words are equal."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold()) or text


def likeness(*, reply_by: str, email: str, phone: str, message: str, **rest: object) -> uuid.UUID:
    """A keyed digest, the same for the same words from the same contact. Without SECRET_KEY it leads back to nobody."""
    contact = email.casefold() if reply_by == "email" else "".join(re.findall(r"\d", phone))[-10:]
    digest = salted_hmac("inquiries.likeness", f"{contact}\n{alike(message)}", algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16])
