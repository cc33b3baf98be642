"""Cuts a message into words and stops, each with its place in the original text.

Only single character classes repeat here, so reading takes time that grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .markup import Plain, plain
from .patterns import COMMA, END

# Letters, digits, combining accents, and the invisible characters that break words apart.
_INVISIBLE = r"\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff"
_LETTER = rf"(?:[^\W_]|[\u0300-\u036f{_INVISIBLE}])"
# What may stand inside a word: apostrophes, signs used as letters, and quotes mangled by a wrong encoding.
_INSIDE = r"(?:[’'‘ʼ´`′*@$!|¡€™©±]{1,4})"
_TOKEN = re.compile(
    rf"(?P<word>[$@*]{{0,2}}{_LETTER}+(?:{_INSIDE}{_LETTER}+)*\*{{0,6}})"
    r"|(?P<pause>\.\.+|[…,:()\[\]—–\"“”«»]+| - )"
    r"|(?P<end>\n[ \t\r]*\n\s*|[!?;]+|\.(?!\d))"
    r"|(?P<line>\n)"
)
_LETTERS_APART = 3
"""As many single letters in a row, each one character from the next, are one word spelled out."""
_LONGEST_SPELLED_OUT = 40


class Token(NamedTuple):
    """A word as rules know it (or `,` or `$`), and the span of the text that it was read from."""

    word: str
    start: int
    end: int


class _Raw(NamedTuple):
    text: str
    start: int
    end: int


Spell = Callable[[str], tuple[str, ...]]


def read(text: str, spell: Spell, join: Callable[[str, str], str | None]) -> list[Token]:
    """The words of `text` in order. `spell` corrects one, `join` tells whether two are one word pulled apart."""
    if "<" in text or "&" in text:
        marked = plain(text)
        tokens = _read(marked.text, spell, join)
        return [_placed(token, marked, len(text)) for token in tokens]
    return _read(text, spell, join)


def _placed(token: Token, marked: Plain, length: int) -> Token:
    """The token where it stands in the text with markup."""
    if token.start == token.end:
        return Token(token.word, length, length)
    return Token(token.word, marked.starts[token.start], marked.ends[token.end - 1])


def _read(text: str, spell: Spell, join: Callable[[str, str], str | None]) -> list[Token]:
    tokens: list[Token] = []
    for raw in _gather(text):
        if raw.text in (COMMA, END):
            _stop(tokens, raw, text)
            continue
        for word in spell(raw.text):
            whole = join(tokens[-1].word, word) if tokens else None
            if whole:
                tokens[-1] = Token(whole, tokens[-1].start, raw.end)
            else:
                tokens.append(Token(word, raw.start, raw.end))
    if tokens and tokens[-1].word != END:
        tokens.append(Token(END, len(text), len(text)))
    return tokens


def _stop(tokens: list[Token], raw: _Raw, text: str) -> None:
    """Keep one mark where several meet. A stop after one word is emphasis ("I. Want. To. Die."), not an end, unless a
    comma stands before that word ("Six years ago, roughly. I want to die.")."""
    if not tokens:
        return
    mark = raw.text
    if tokens[-1].word in (COMMA, END):
        if tokens[-1].word == COMMA and mark == END:
            tokens[-1] = Token(END, raw.start, raw.end)
        return
    before = tokens[-2] if len(tokens) > 1 else None
    alone = before is None or before.word == END or (before.word == COMMA and text[before.start] in ".!?;\n")
    tokens.append(Token(COMMA if alone and raw.end - raw.start == 1 else mark, raw.start, raw.end))


def _gather(text: str) -> list[_Raw]:
    """Raw words and stops, with words that were spelled out letter by letter put together again."""
    found: list[_Raw] = []
    letters: list[_Raw] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        is_word = kind == "word"
        raw = _Raw(match[0] if is_word else END if kind == "end" else COMMA, match.start(), match.end())
        if letters:
            if _next_letter(letters, raw) if is_word else _dot_between(letters[-1], raw, text):
                letters += [raw] * is_word
                continue
            found += _together(letters)
            letters = []
        (letters if is_word and raw.end - raw.start == 1 else found).append(raw)
    return found + _together(letters)


def _next_letter(letters: list[_Raw], raw: _Raw) -> bool:
    """Does a single letter follow the letters so far, one character on?"""
    alone = raw.end - raw.start == 1 and raw.start - letters[-1].end == 1
    return alone and len(letters) < _LONGEST_SPELLED_OUT


def _dot_between(letter: _Raw, stop: _Raw, text: str) -> bool:
    """Is this the dot of "k.i.l.l", with one letter on either side?"""
    after = text[stop.end : stop.end + 2]
    return stop.start == letter.end and stop.end - stop.start == 1 and after[:1].isalnum() and not after[1:].isalnum()


def _together(letters: list[_Raw]) -> list[_Raw]:
    if len(letters) < _LETTERS_APART:
        return letters
    return [_Raw("".join(letter.text for letter in letters), letters[0].start, letters[-1].end)]
