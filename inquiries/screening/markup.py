"""Reads through HTML: tags and entities in a message must not hide a word ("<b>kill</b>", "&#107;ill").

Only what is plainly markup goes: a tag of a known name with nothing but attributes, an empty comment. Words that
somebody put between angle brackets stay. The work grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z]{2,8};)")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd", "mark", "q", "s"}
    | {"small", "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr"}
)
_BLOCK = frozenset(
    {"article", "blockquote", "body", "br", "center", "div", "form", "h1", "h2", "h3", "h4", "head", "hr", "html", "li"}
    | {"ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul"}
)
_TIMES_ESCAPED = 3
"""Forms and mail programs escape what others have escaped already: "&amp;#107;"."""
_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:]{0,11})(?=[\s/]|$)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class Plain(NamedTuple):
    """A text without its markup, and for each character where in the original it begins and ends."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def plain(text: str) -> Plain:
    """The text as its writer sees it on a page."""
    found = Plain(text, range(len(text)), range(1, len(text) + 1))
    for _ in range(_TIMES_ESCAPED):
        if "&" not in found.text:
            break
        found = _replace(found, ((hit.start(), hit.end(), unescape(hit[0])) for hit in _ENTITY.finditer(found.text)))
    return _replace(found, _tags(found.text)) if "<" in found.text else found


def _replace(old: Plain, pieces: Iterable[tuple[int, int, str]]) -> Plain:
    """`pieces` are stretches of the text, in order, and what stands there instead."""
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for first, last, instead in (*pieces, (len(old.text), len(old.text), "")):
        kept += (old.text[done:first], instead)
        starts += (*old.starts[done:first], *[old.starts[first]] * len(instead)) if instead else old.starts[done:first]
        ends += (*old.ends[done:first], *[old.ends[last - 1]] * len(instead)) if instead else old.ends[done:first]
        done = last
    return Plain("".join(kept), starts, ends)


def _tags(text: str) -> Iterator[tuple[int, int, str]]:
    """Tags that stand for nothing (or, around a block, for the end of a line)."""
    opened = text.find("<")
    while opened >= 0:
        following = text.find("<", opened + 1)
        closed = text.find(">", opened + 1, following if following > 0 else len(text))
        if closed > 0 and (instead := _instead(text[opened + 1 : closed])) is not None:
            yield opened, closed + 1, instead
        opened = following


def _instead(inside: str) -> str | None:
    """What a tag stands for, or None when this is no tag but words between angle brackets."""
    if inside.startswith("!--"):
        return None if any(map(str.isalnum, inside)) else ""
    name = _NAME.match(inside)
    if name is None:
        return None
    attributes = _QUOTED.sub("=", inside[name.end() :]).strip("/ ").split()
    if not all("=" in attribute for attribute in attributes):
        return None
    if name[1].lower() in _INLINE:
        return ""
    return "\n" if name[1].lower() in _BLOCK else None
