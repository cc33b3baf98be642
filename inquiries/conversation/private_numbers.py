"""Numbers that belong into no message: of cards, and social security numbers."""

import re

# Digits as people write them, in groups; a date or a phone number may stand right before or behind a card's.
GROUPS = re.compile(r"\d+(?:[ -]\d+)*")
CARD_LENGTHS = range(13, 20)  # digits
SOCIAL_SECURITY = re.compile(r"(?<!\d)(?!000|666|9\d\d)\d{3}[ -](?!00)\d{2}[ -](?!0000)\d{4}(?!\d)")


def looks_private(text: str) -> bool:
    """True for what has the shape of a US social security number, or of a card number with a right check digit."""
    return bool(SOCIAL_SECURITY.search(text)) or any(_holds_card(found[0]) for found in GROUPS.finditer(text))


def _holds_card(text: str) -> bool:
    groups = re.split("[ -]", text)
    for first in range(len(groups)):
        number = ""
        for group in groups[first:]:
            number += group
            if len(number) >= CARD_LENGTHS.stop:
                break
            if len(number) in CARD_LENGTHS and _is_card(number):
                return True
    return False


def _is_card(number: str) -> bool:
    # ISO/IEC 7812-1, annex B: every second digit from the right counts double, less nine above nine.
    digits = [int(sign) for sign in reversed(number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1
