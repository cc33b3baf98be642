"""How much a run does: bounded in time and in count."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """The size of a run."""

    rounds: int
    seconds: float  # for each kind of request in each round
    most: int  # requests of one kind in one round
    warm_up: int  # requests of each kind before the first round
    few: int  # inquiries in the smaller table
    many: int  # and in the bigger
    repeats: int  # timed visits of each admin page
    stock_repeats: int  # and of Django's own, which take seconds


FULL = Effort(rounds=5, seconds=2, most=100_000, warm_up=300, few=10_000, many=1_000_000, repeats=25, stock_repeats=3)
SMOKE = Effort(rounds=1, seconds=60, most=50, warm_up=0, few=100, many=200, repeats=3, stock_repeats=1)


def say(text: str) -> None:
    """Progress, apart from the table."""
    print(text, file=sys.stderr, flush=True)
