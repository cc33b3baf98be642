"""A message cut into plain and marked pieces, so that staff see which words raised it, and why they did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter

from inquiries import screening
from inquiries.models import Finding

WORDS = {
    "crisis": "Crisis",
    "emergency": "Emergency",
    "pregnancy_breastfeeding": "Pregnancy or breastfeeding",
    "neuromuscular": "Nerve or muscle condition",
    "anticoagulant": "Blood thinner",
    "aminoglycoside_or_relaxant": "Aminoglycoside or muscle relaxant",
    "botulinum_allergy_or_reaction": "Allergy or reaction to botulinum toxin",
    "under_18": "Under 18",
    "recent_botox": "Recent botulinum toxin",
    "psychiatric_medication": "Psychiatric medicine",
    "skin_infection": "Skin infection",
}


@dataclass(frozen=True)
class Piece:
    """Some consecutive characters, and the kinds of finding they belong to."""

    text: str
    kinds: list[str] = field(default_factory=list)
    start: int = 0

    @property
    def label(self) -> str:
        """The kinds in the desk's words."""
        return ", ".join(WORDS.get(kind, kind) for kind in self.kinds)


def pieces(text: str, spans: list[tuple[int, int, str]]) -> list[Piece]:
    """`text` cut where the kinds of `spans` (start, end, kind) change; joined again the pieces are `text`."""
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end) if edge <= len(text))})
    cut = [
        (text[left:right], sorted({kind for start, end, kind in spans if start <= left and right <= end}))
        for left, right in pairwise(edges)
    ]
    # Several rules often find parts of the same words; each stretch is marked once.
    found, start = [], 0
    for kinds, same in groupby(cut, key=itemgetter(1)):
        stretch = "".join(part for part, _ in same)
        found.append(Piece(stretch, kinds, start))
        start += len(stretch)
    return found


@dataclass(frozen=True)
class Reason:
    """One finding in words: what it is about, the words it stands on, and what the rule says."""

    kind: str
    words: str
    where: str
    why: str
    mark: int | None = None
    """Where the marked piece of the message begins; None for words in another field."""


LENGTH_SHOWN = 80  # of the words a finding stands on
UNREAD = "The message could not be read by our rules, so it is treated as a crisis."


@dataclass(frozen=True)
class Marked:
    """A message with what screening found in it, and why that matters."""

    key: str
    """Tells the marks of one message on a page from those of another."""
    pieces: list[Piece]
    reasons: list[Reason]


def marked(texts: Mapping[str, str], findings: Iterable[Finding], key: str = "") -> Marked:
    """What a person wrote, by the fields that findings name, with its findings."""
    kept = list(findings)
    in_message = [(each.start, each.end, each.kind) for each in kept if each.field == Finding.Field.MESSAGE]
    cut = pieces(texts[Finding.Field.MESSAGE], in_message)
    return Marked(key, cut, reasons(texts, kept, cut))


def reasons(texts: Mapping[str, str], findings: Iterable[Finding], marked: list[Piece]) -> list[Reason]:
    """Why each finding was raised, in the order of the text; the same rule on the same words is said once."""
    said: dict[tuple[str, str, str], Reason] = {}
    for finding in findings:
        words = texts.get(finding.field, "")[finding.start : finding.end]
        shown = f"{words[:LENGTH_SHOWN]}…" if len(words) > LENGTH_SHOWN else words
        rule = _rule(finding.rule)
        mark = None
        if finding.field == Finding.Field.MESSAGE:
            mark = next((p.start for p in marked if p.kinds and p.start <= finding.start < p.start + len(p.text)), None)
        reason = Reason(
            kind=WORDS.get(finding.kind, finding.kind),
            words=shown,
            where=finding.get_field_display(),
            why=rule.reason if rule else UNREAD if finding.rule == "screening-failed" else "An earlier rule found it.",
            mark=mark,
        )
        said.setdefault((finding.field, finding.rule, words.casefold()), reason)
    return list(said.values())


def flags(findings: Iterable[Finding]) -> list[str]:
    """What the clinician must know first, in words; without the two urgencies, which have a badge of their own."""
    kinds = {finding.kind for finding in findings}
    return [words for kind, words in WORDS.items() if kind in kinds and kind not in ("crisis", "emergency")]


@lru_cache(maxsize=1024)
def _rule(rule_id: str) -> screening.Rule | None:
    try:
        return screening.rule(rule_id)
    except KeyError:
        return None
