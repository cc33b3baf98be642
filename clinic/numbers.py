"""Numbers in addresses and hidden fields, where anybody can write anything."""

MOST_DIGITS = 18  # what the database's keys hold; of a text thousands of digits long Python makes no number at all


def whole(text: str) -> int | None:
    """The whole number that the text writes; None when it writes none, or one that nothing has."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
