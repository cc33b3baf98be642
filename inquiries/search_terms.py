"""What one line of text may mean: which words it holds, and which names somebody may have meant by them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

LONGEST = 200  # characters of a search
MOST_TERMS = 8
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
ADDRESS = re.compile(r"\S*@\S*")  # also the beginning of one, which is no name
PHONE = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")
WHOLE_PHONE = 7  # digits: fewer between words are a year or a dose
LETTERS = "abcdefghijklmnopqrstuvwxyz"

# One row for each word: as a query for English, for Spanish and for names, and the names that may have been meant.
# Those that begin with it, the frequent ones first; those with many of the same three letters in a row; those that
# differ by one slip. A name's words are few, so this takes the same time however many inquiries there are.
TERMS = """
SELECT plainto_tsquery('inquiries_english', word)::text, plainto_tsquery('inquiries_spanish', word)::text,
    plainto_tsquery('inquiries_names', word)::text, ARRAY(
        (SELECT n.word FROM inquiries_nameword n
         WHERE length(plain) > 1 AND n.word LIKE plain || '%%' ORDER BY n.seen DESC LIMIT 12)
        UNION (SELECT n.word FROM inquiries_nameword n
               WHERE length(plain) > 3 AND n.word %% plain ORDER BY similarity(n.word, plain) DESC, n.seen DESC LIMIT 8)
        UNION (SELECT n.word FROM inquiries_nameword n
               WHERE n.word = ANY(string_to_array(slips, ' ')) ORDER BY n.seen DESC LIMIT 8))
FROM unnest(%(words)s::text[], %(slips)s::text[]) WITH ORDINALITY AS said (word, slips, place),
    COALESCE((tsvector_to_array(inquiries_name_words(word)))[1], '') AS plain
ORDER BY place
"""


@dataclass(frozen=True)
class Term:
    """One word of a search, as the database's own search queries."""

    exact: str
    loose: str
    """With the names that somebody may have meant."""
    must: bool = True
    """False for words such as "the", which nothing need contain."""


def cleaned(text: str) -> str:
    """One line of what a person typed, without signs that cannot be seen, such as NUL and marks of direction."""
    composed = unicodedata.normalize("NFC", text[: LONGEST * 5])
    seen = (" " if sign.isspace() else sign for sign in composed if sign.isspace() or sign.isprintable())
    return " ".join("".join(seen).split())[:LONGEST].strip()


def terms(text: str) -> list[Term]:
    """The words of a cleaned text, whole addresses and numbers first. One look into the database."""
    rest = ADDRESS.sub(" ", text)
    rest = PHONE.sub(lambda said: " " if _is_whole(said[0]) else said[0], rest)
    found = [_only(_quoted([said])) for said in emails(text) + phones(text)]
    found += _words(list(dict.fromkeys(re.findall(r"[^\W_]+", rest.lower())))[:MOST_TERMS])
    # Of nothing but words such as "the", each one counts.
    return found if any(term.must for term in found) else [_only(term.exact) for term in found]


def emails(text: str) -> list[str]:
    """The whole addresses in it."""
    return [said.lower() for said in EMAIL.findall(text)][:MOST_TERMS]


def phones(text: str) -> list[str]:
    """The whole numbers in it: the last ten digits, or seven where there are fewer."""
    found = [digits(said) for said in PHONE.findall(EMAIL.sub(" ", text)) if _is_whole(said)]
    return [said[-10:] if len(said) >= 10 else said[-7:] for said in found][:MOST_TERMS]


def _is_whole(said: str) -> bool:
    return len(digits(said)) >= WHOLE_PHONE


def digits(text: str) -> str:
    """The digits in it."""
    return "".join(re.findall("[0-9]", text))


def _words(words: list[str]) -> list[Term]:
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TERMS, {"words": words, "slips": [" ".join(_slips(word)) for word in words]})
        rows = cursor.fetchall()
    found = []
    for word, (english, spanish, name, meant) in zip(words, rows, strict=True):
        spelt = {english, spanish, name} - {""}
        exact = " | ".join(sorted(spelt))
        # Only what adds to it: the same question asked twice would take twice as long.
        loose = " | ".join([exact, *sorted({_quoted([other]) for other in meant} - spelt)])
        # A letter, and what one of the languages leaves out: "de" in a name must not hide those without it.
        found.append(Term(exact, loose, must=bool(english and spanish) and len(word) > 1))
    return [term for term in found if term.exact]


def _only(exact: str) -> Term:
    return Term(exact, exact)


def _quoted(lexemes: Iterable[str]) -> str:
    """Any of these words as they are, in the database's language for searches."""
    escaped = (lexeme.replace("\\", "\\\\").replace("'", "''") for lexeme in lexemes)
    return " | ".join(f"'{lexeme}'" for lexeme in escaped)


def _slips(word: str) -> set[str]:
    """Short words that differ by one letter or by two that changed places; of longer ones, trigrams find enough."""
    if not 3 <= len(word) <= 5:
        return set()
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    fewer = {before + after[1:] for before, after in halves if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in halves if len(after) > 1}
    more = {before + letter + after for before, after in halves for letter in LETTERS}
    other = {before + letter + after[1:] for before, after in halves if after for letter in LETTERS}
    return fewer | swapped | more | other
