"""A page's HTML as sentences, each with the keys of the sources that stand behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.markup import Element, read

SENTENCE = re.compile(r".+?(?:[.!?][”\"’)]*(?:\s*\{[^}]*\})*(?=\s|$)|$)")
HEADINGS = ("h2", "h3")
BLOCKS = ("p", "li", "tr", "caption", "figcaption", *HEADINGS)
GROUPS = ("ul", "ol", "table", "figure")
APART = ("br", "td", "th", "span", "div")  # what stands apart on the screen, without a space in the HTML


@dataclass
class Passage:
    """One block of a page: its text with citations as {key}, the list, table or figure and the section it is in."""

    tag: str
    text: str
    group: Element | None
    section: int = 0

    @property
    def keys(self) -> set[str]:
        """The keys cited in it."""
        return set(re.findall(r"\{([^}]*)\}", self.text))


def sentences(html: str) -> list[tuple[str, set[str]]]:
    """Each sentence with its own keys, else those of the next sentence of its block that has some, else of its group.

    A row of a table counts as one sentence. A list item without a key goes by the list's last item; a heading by its
    section; a caption, or a row without a key, by its table or figure.
    """
    page = list(_passages(read(html), None))
    for number, passage in enumerate(page):
        passage.section = number if passage.tag in HEADINGS or not number else page[number - 1].section
    held = []
    for passage in page:
        keys = _keys_around(passage, page)
        whole = passage.tag == "tr"
        for sentence in reversed([passage.text] if whole else SENTENCE.findall(passage.text)):
            keys = set(re.findall(r"\{([^}]*)\}", sentence)) or keys
            held.append((sentence, keys))
    return held


def _passages(element: Element, group: Element | None) -> Iterator[Passage]:
    if element.tag == "svg":
        return  # a drawing; its text stands beside it once more
    if element.tag in BLOCKS:
        yield Passage(element.tag, " ".join(_text(element).split()), group)
    inside = element if element.tag in GROUPS else group
    for child in element.children:
        if isinstance(child, Element):
            yield from _passages(child, inside)


def _text(element: Element) -> str:
    """The text of a block, without blocks inside it, drawings and phone numbers."""
    parts = []
    for child in element.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.attributes.get("href", "").startswith("#ref-"):
            parts.append("{" + child.attributes["href"].removeprefix("#ref-") + "}")
        elif child.tag == "sup":
            parts.append("".join(re.findall(r"\{[^}]*\}", _text(child))))
        elif child.tag in (*BLOCKS, *GROUPS, "svg") or child.attributes.get("href", "").startswith(("tel:", "sms:")):
            parts.append(" ")
        else:
            parts.append((" " if child.tag in APART else "") + _text(child))
    return "".join(parts)


def _keys_around(passage: Passage, page: list[Passage]) -> set[str]:
    """What a sentence goes by when neither it nor a later one of its block cites anything."""
    if passage.tag in HEADINGS:
        others = [other for other in page if other.section == passage.section]
    elif passage.group is None:
        return set()
    else:
        others = [other for other in page if other.group is passage.group]
        if passage.tag in ("p", "li"):
            others = others[-1:]
    return set().union(*(other.keys for other in others))
