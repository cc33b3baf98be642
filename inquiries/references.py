"""References: what a patient may quote on the phone. Eight characters, random, none that looks like another."""

import re
import secrets

# Without 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V, and without vowels, so that no word appears by chance.
ALPHABET = "34679CDFGHJKMNPRTWXY"
LENGTH = 8
PATTERN = rf"^[{ALPHABET}]{{{LENGTH}}}$"


def new() -> str:
    """A fresh reference: one of 25 thousand million, from the system's randomness, so that none can be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_typed(text: str) -> str:
    """What a person meant by `text`: capitals, without the spaces and dashes people add when they copy it."""
    return re.sub(r"[\s\-–—.]+", "", text).upper()
