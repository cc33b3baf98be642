"""Content codings: the finished forms of a body, and which of them a browser wants.

Only for pages that are the same for everyone. A page that holds a secret beside words of the sender's choosing, such
as the form with its token, must not be compressed: from the sizes of many answers the secret can be guessed (BREACH).
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli

PLAIN = "identity"
# The smallest first. Brotli's highest quality, 11, takes three times as long as 10 and gains two hundredths; the first
# reader after an edit waits for it.
MAKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=10),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),  # no time inside: every process makes the same bytes
    PLAIN: bytes,
}


@lru_cache(maxsize=256)
def wanted(accept_encoding: str) -> str:
    """The coding to answer with: the one with the highest weight in Accept-Encoding, of equals the smallest.

    "identity" when no other is acceptable, also for a browser that refuses it: it is better served than not.
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    others = [name for name in MAKERS if name != PLAIN]
    best = max(others, key=lambda name: _given(weights, name))  # the first of equals
    weight = _given(weights, best)
    return best if weight > 0 and weight >= weights.get(PLAIN, 0) else PLAIN


def _given(weights: dict[str, float], name: str) -> float:
    return weights.get(name, weights.get("*", 0))


def _weight(parameter: str) -> float:
    """The number in "q=0.5"; 1 without one, 0 for one that cannot be read."""
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
