"""Suspected spam: clues, weighed. A verdict moves an inquiry to quarantine, where staff read it; it refuses nobody.

docs/decisions/0009 says why each weight is what it is, and what happens in a flood.
"""

import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import Error as DatabaseError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from inquiries.models import Tally
from inquiries.text import alike

logger = logging.getLogger(__name__)

# So many points and it is quarantined. No single clue about one person has as many; only a flood does.
ENOUGH = 4


@dataclass(frozen=True)
class Signal:
    """One clue: its weight in points, and what it is in words for staff."""

    points: int
    words: str


SIGNALS = {
    "trap": Signal(3, "A field that people cannot see was filled in"),
    "no-stamp": Signal(1, "It was not sent from the form as our page made it"),
    "quick": Signal(1, "The form was filled in within a few seconds"),
    "links": Signal(2, "Three or four links"),
    "many-links": Signal(3, "Five links or more, or links written as code"),
    "foreign": Signal(1, "Hardly a word of English or Spanish"),
    "busy-network": Signal(1, "Many messages from one network within five minutes"),
    "repeated": Signal(1, "The same words came several times within five minutes"),
    "network-flood": Signal(ENOUGH, "A flood of messages from one network"),
    "text-flood": Signal(ENOUGH, "A flood of messages with the same words"),
    "flood": Signal(ENOUGH, "It came during a flood of messages"),
}


def in_words(name: str) -> str:
    """A signal in words for staff; its name, when an older release knew it and this one does not."""
    return SIGNALS[name].words if name in SIGNALS else name


@dataclass(frozen=True)
class Clues:
    """What is known of a submission besides its words. Nothing of it is stored."""

    key: uuid.UUID
    trap: str = ""
    stamp: str = ""
    network: str = ""


@dataclass(frozen=True)
class Verdict:
    """The signals that were seen."""

    signals: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """Points of all signals together."""
        return sum(SIGNALS[name].points for name in self.signals)

    @property
    def quarantine(self) -> bool:
        """True when staff should look before anybody is told."""
        return self.score >= ENOUGH


def suspicious(said: Mapping[str, Any], clues: Clues, *, now: datetime | None = None) -> Verdict:
    """Weigh what was `said` in the form and how it came. Counts the submission; raises nothing."""
    now = now or timezone.now()
    signals = [*_in_the_form(clues, now), *_in_the_words(said), *_in_the_counts(said, clues, now)]
    return Verdict(tuple(signals))


# --- The form ---------------------------------------------------------------------------------------------------------

QUICK = 3  # seconds; nobody reads the page, writes and fills in eight fields in less
_stamper = Signer(salt="inquiries.stamp")


def stamp(key: uuid.UUID, now: datetime | None = None) -> str:
    """A signed note of when the form with this key was made. It tells seconds, and nothing about the person."""
    seconds = int((now or timezone.now()).timestamp())
    return _stamper.sign(f"{key}.{seconds}").removeprefix(f"{key}.")


def _in_the_form(clues: Clues, now: datetime) -> Iterator[str]:
    if clues.trap.strip():
        yield "trap"
    try:
        made = int(_stamper.unsign(f"{clues.key}.{clues.stamp}").rpartition(".")[2])
    except (BadSignature, ValueError):
        yield "no-stamp"
    else:
        # An old stamp is a page that was open for long: people think. One from the future is another server's clock.
        if 0 <= now.timestamp() - made < QUICK:
            yield "quick"


# --- The words --------------------------------------------------------------------------------------------------------

LINK = re.compile(r"\b(?:https?://|www\.)", re.IGNORECASE)
LINK_AS_CODE = re.compile(r"<a\s|\[(?:url|link)\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
FEW_WORDS = 9  # fewer say nothing about the language: "Multifocal motor neuropathy, right hand. Cleared?"
# One of these stands in nearly every sentence of the two languages.
ENGLISH = """
    a about after ago all am an and are as at be been but by came can could day do does for from get got had has have he
    help her him his how i if in is it just like me my no not of off on one or our she so some that the their them there
    they this to too two was we week weeks what when who will with would you your
"""
SPANISH = """
    al ante como con cuando de del desde el ella en entre era es esta este estoy fue ha hace hasta hay he la las le lo
    los mas me mi muy más nada ni nos o para pero por porque puede pueden que qué quiero se ser si sin sobre su sus
    tengo tiene todo tu un una usted y ya yo
"""
COMMON = set(ENGLISH.split() + SPANISH.split())


def _in_the_words(said: Mapping[str, Any]) -> Iterator[str]:
    text = "\n".join(str(said.get(field, "")) for field in ("message", "name", "contact_times"))
    links = len(LINK.findall(text))
    if links >= 5 or LINK_AS_CODE.search(text):
        yield "many-links"
    elif links >= 3:
        yield "links"
    words = WORD.findall(str(said.get("message", "")).casefold())
    if (len(words) >= FEW_WORDS and COMMON.isdisjoint(words)) or _mostly_other_letters(words):
        yield "foreign"


def _mostly_other_letters(words: list[str]) -> bool:
    letters = "".join(words)
    return sum(letter > "\u024f" for letter in letters) > len(letters) / 2  # where Latin letters end


# --- The counts -------------------------------------------------------------------------------------------------------

PERIOD = 5 * 60  # seconds
BUSY_NETWORK, REPEATED = 10, 3  # messages in a period
# Slots of the tallies: networks and texts share 65,536 each, by the first two bytes of a keyed digest.
NETWORKS, TEXTS, EVERYONE, QUARANTINED_BYTES = 0, 1 << 16, 2 << 16, (2 << 16) + 1


def _one_message(said: Mapping[str, Any], clues: Clues) -> str:
    """Tells a retry of the same words, which counts once, from other words sent with the same form."""
    words = "\n".join(str(said.get(field, "")) for field in ("message", "name", "email", "phone", "contact_times"))
    return str(uuid.uuid5(clues.key, words))


def _in_the_counts(said: Mapping[str, Any], clues: Clues, now: datetime) -> Iterator[str]:
    network = NETWORKS + _slot("network", clues.network, now) if clues.network else None
    text = TEXTS + _slot("text", alike(str(said.get("message", ""))), now)
    slots = [slot for slot in (network, text, EVERYONE) if slot is not None]
    try:
        counted = Tally.objects.add(
            dict.fromkeys(slots, 1), during=int(now.timestamp()) // PERIOD, key=_one_message(said, clues)
        )
    except DatabaseError:
        logger.exception("Messages could not be counted; this one is judged without")
        return
    if network is not None and counted[network] > settings.FLOOD:
        yield "network-flood"
    elif network is not None and counted[network] > BUSY_NETWORK:
        yield "busy-network"
    if counted[text] > settings.FLOOD:
        yield "text-flood"
    elif counted[text] > REPEATED:
        yield "repeated"
    if counted[EVERYONE] > 5 * settings.FLOOD:
        yield "flood"


def _slot(kind: str, what: str, now: datetime) -> int:
    # The key changes each day and the digest keeps two bytes: a slot leads back to nobody.
    digest = salted_hmac(f"inquiries.spam.{kind}.{now:%Y-%m-%d}", what, algorithm="sha256").digest()
    return int.from_bytes(digest[:2])


# --- The storage budget -----------------------------------------------------------------------------------------------


def has_room(said: Mapping[str, Any], clues: Clues, *, now: datetime) -> bool:
    """Count what a suspected message takes; False once today's share of storage for such messages is used up."""
    size = 2_000 + sum(len(str(value).encode()) for value in said.values())  # with its history and indexes
    counted = Tally.objects.add({QUARANTINED_BYTES: size}, during=now.toordinal(), key=_one_message(said, clues))
    return counted[QUARANTINED_BYTES] <= settings.QUARANTINE_BYTES_A_DAY
