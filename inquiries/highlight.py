"""A message cut into plain and marked pieces, so that staff see which words raised it."""

from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter

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
    return [Piece("".join(part for part, _ in same), kinds) for kinds, same in groupby(cut, key=itemgetter(1))]
