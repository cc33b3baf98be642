"""Reads one word the way its writer meant it: accents, signs for letters, stretched letters, slips of the finger.

Corrections only ever lead to words the rules know, and never start from an ordinary word ("giving" is not a slip for
"living"): the lexicons list those look-alikes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

_LONGEST = 32
"""Longer words are only folded: correcting them would cost time and they are no word of ours."""
_CORRECTABLE = 6
"""Shorter keywords are one slip away from too many ordinary words."""

# Letters of other alphabets that look Latin, and signs people write for letters.
_LOOKS = str.maketrans("аеорсухіїјѕԁɡıαεορτυκν", "aeopcyxiijsdgiaeoptukv")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ´`′", "'"))
_MANGLED = {"â€™": "'", "Ã¡": "a", "Ã©": "e", "Ã­": "i", "Ã³": "o", "Ãº": "u", "Ã±": "n"}  # fmt: skip
_SIGNS = str.maketrans("0134578@$!|¡€+", "oieastbasiiiet")
_SIGNS_AS_L = str.maketrans("0134578@$!|¡€+", "oleastbasllet"[:13] + "t")
_SILENT = "'*@$!|¡€™©±_"


def fold(text: str) -> str:
    """Lower case, without accents, invisible characters and look-alikes from other alphabets."""
    if text.isascii():
        return text.lower()
    if "Ã" in text or "â€" in text:
        for mangled, meant in _MANGLED.items():
            text = text.replace(mangled, meant)
    letters = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    return "".join(c for c in letters if unicodedata.category(c) not in ("Mn", "Cf")).translate(_LOOKS)


def single(word: str) -> str:
    """The word with every run of one letter as one: `killl` and `kill` both give `kil`."""
    return "".join(c for i, c in enumerate(word) if i == 0 or c != word[i - 1])


def spanish_sound(word: str) -> str:
    """How a Spanish word sounds, for spellings by ear: `bibir`, `vivir`; `acer`, `hacer`."""
    word = word.replace("qu", "k").replace("ch", "#").replace("h", "").replace("ll", "y").replace("#", "ch")
    for written, heard in (
        ("ce", "se"),
        ("ci", "si"),
        ("ge", "je"),
        ("gi", "ji"),
        ("c", "k"),
        ("v", "b"),
        ("z", "s"),
    ):
        word = word.replace(written, heard)
    return single(word).replace("ksh", "ch")


def consonants(word: str) -> str:
    """The word with its vowels made alike: names of medicines are mostly missed in a vowel ("flexoril")."""
    return single("".join("a" if c in "aeiouy" else c for c in word))


def _shortened(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


class Spelling:
    """Everything known about words: which exist, which are short for others, which may be mistyped."""

    def __init__(self, expansions: Mapping[str, str], keywords: Iterable[str], lookalikes: Iterable[str]):
        """`expansions` are short forms and what they stand for; `keywords` may be corrected to."""
        self._expansions = {fold(short): tuple(fold(full).split()) for short, full in expansions.items()}
        self._keywords = {fold(word) for word in keywords}
        self._known = {fold(word) for word in lookalikes} | self._keywords
        self._prefixes: tuple[str, ...] = ()
        self.spell = lru_cache(8192)(self._spell)

    def expand(self, written: str) -> tuple[str, ...]:
        """The words an author wrote in a phrase, in full, without any guess."""
        word = fold(written)
        return self._expansions.get(word) or (word,)

    def learn(self, words: Iterable[str], prefixes: Iterable[str], by_ear: Iterable[str]) -> None:
        """Take note of all words that rules use, and of those (Spanish) that people spell by ear.

        Call once, before the first message is read.
        """
        self._known.update(words)
        self._prefixes = tuple(prefixes)
        self._singles = {single(word): word for word in sorted(self._known) if len(word) > 2}
        self._sounds = {spanish_sound(word): word for word in sorted(by_ear) if len(word) > 3}
        self._masked: dict[tuple[str, int], list[str]] = {}
        self._slips: dict[str, str] = {}
        self._by_consonants = {consonants(word): word for word in sorted(self._keywords) if len(word) >= _CORRECTABLE}
        for word in sorted(self._keywords):
            self._masked.setdefault((word[0], len(word)), []).append(word)
            if len(word) >= _CORRECTABLE:
                self._slips.update(dict.fromkeys([word, *_shortened(word)], word))

    def join(self, first: str, second: str) -> str | None:
        """The keyword that was written as two words ("over dose"), if it was."""
        whole = first + second
        return whole if len(whole) >= _CORRECTABLE and whole in self._keywords and second != whole else None

    def _known_as(self, word: str) -> tuple[str, ...] | None:
        if word in self._expansions:
            return self._expansions[word]
        if word in self._known:
            return (word,)
        if word.endswith("'s"):
            return self._known_as(word[:-2]) or (word[:-2],)
        return None

    def _spell(self, raw: str) -> tuple[str, ...]:
        word = fold(raw)
        if len(word) > _LONGEST:
            return (word,)
        known = self._known_as(word) or self._known_as(word.strip("*@$!|")) or self._known_as(word.replace("'", ""))
        known = known or self._with_number(word) or self._guess(word)
        return known or ((word,) if word.startswith(self._prefixes) else self._apart(word))

    def _with_number(self, word: str) -> tuple[str, ...] | None:
        letters = word.lstrip("0123456789")
        if len(letters) == len(word):
            return None
        digits = word[: len(word) - len(letters)]
        if not letters:
            return (digits,)
        rest = self._known_as(letters)
        return (digits, *rest) if rest else None

    def _guess(self, word: str) -> tuple[str, ...] | None:
        plain = "".join(c for c in word if c not in _SILENT)
        for guess in (word.translate(_SIGNS), word.translate(_SIGNS_AS_L), plain):
            if guess != word and (known := self._known_as(guess)):
                return known
        if "*" in word:
            return self._unmasked(word)
        guess = plain.translate(_SIGNS)
        if not guess.isalpha() or len(guess) < 3:
            return None
        found = (
            self._slip(guess) or self._singles.get(single(guess)) if len(guess) > 3 or guess != single(guess) else None
        )
        if found and found[0] == guess[0]:
            return self._known_as(found)
        found = self._sounds.get(spanish_sound(guess)) if len(guess) > 4 else None
        return (found,) if found else self._segmented(guess)

    def _unmasked(self, word: str) -> tuple[str, ...] | None:
        for keyword in self._masked.get((word[0], len(word)), ()):
            if all(c in ("*", k) for c, k in zip(word, keyword, strict=True)):
                return (keyword,)
        return None

    def _slip(self, word: str) -> str | None:
        """The keyword one letter added, left out, changed or swapped away."""
        if len(word) < _CORRECTABLE - 1:
            return None
        for form in (word, *_shortened(word)):
            keyword = self._slips.get(form)
            if keyword and _one_slip(word, keyword):
                return keyword
        return None

    def _segmented(self, word: str) -> tuple[str, ...] | None:
        """Words run together ("wanttodie"): known words that fill it, one of them a keyword."""
        best: dict[int, tuple[str, ...]] = {0: ()}
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 12), end):
                part = word[start:end]
                if start in best and part in self._known and (len(part) > 1 or part in "iay"):
                    best[end] = min(best.get(end, (*best[start], part)), (*best[start], part), key=len)
        words = best.get(len(word))
        if words is None or len(words) > len(word) / 2.5:
            return None
        if (len(words) > 2 or word.endswith("self")) and any(part in self._keywords for part in words):
            return tuple(full for part in words for full in self._expansions.get(part, (part,)))
        return None

    def _apart(self, word: str) -> tuple[str, ...]:
        parts = "".join(" " if c in "*@$!|¡" else c for c in word).split()
        return tuple(full for part in parts for full in self._known_as(part) or (part,)) or (word,)


def _one_slip(word: str, keyword: str) -> bool:
    """Is one letter added, left out, changed or swapped? Both share all but one letter already."""
    if abs(len(word) - len(keyword)) > 1:
        return False
    if len(word) != len(keyword):
        longer, shorter = sorted((word, keyword), key=len, reverse=True)
        return any(form == shorter for form in _shortened(longer))
    differing = [i for i, (a, b) in enumerate(zip(word, keyword, strict=True)) if a != b]
    if len(differing) == 1:
        return True
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and word[differing[0]] == keyword[differing[1]]
        and word[differing[1]] == keyword[differing[0]]
    )
