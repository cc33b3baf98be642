"""What we do to a person's text before it is kept: one newline, one way to write each letter, nothing else."""

import unicodedata


def normalised(text: str) -> str:
    """`text` with line ends as \\n and in Unicode's composed form (NFC); spaces, emoji and marks stay as typed.

    Browsers send \\r\\n and phones send letters in parts; without this the same words would not be equal,
    searchable or countable. (The form also drops NUL, the one character that PostgreSQL cannot hold.)
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
