"""What `manage.py check_pages` looks for on a page, and how plain words are measured. Asks no database."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from markdown_it.token import Token

from clinic.pages.markup import PARSER
from clinic.pages.models import Page
from clinic.pages.rendering import TEMPLATE_IDS, render

# US school grade and words a sentence: what patients read with ease (references nhs_howwewrite, nih_readability).
GRADE = 8
AVERAGE_SENTENCE = 20
LONGEST_SENTENCE = 30

# After the mark that ends a sentence and the quote that may close it, before what can start the next one.
SENTENCE_END = re.compile(r"(?:(?<=[.!?]\s)|(?<=[.!?][”\"]\s))(?=[A-Z“\d])")
THE_TOXIN = re.compile(r"botox|botulinum", re.IGNORECASE)
DEPRESSION = re.compile(r"\bdepress(?:ion|ed|ive)\b", re.IGNORECASE)
NOT_APPROVED = re.compile(r"\bnot\b[^.]*\bapproved\b[^.]*\bdepression\b", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Problem:
    """Something to put right: the line of the page's text (from 1; 0 is the whole page) and what to do."""

    line: int
    message: str


class Sentence(NamedTuple):
    """A sentence as readers see it, and the line where it starts."""

    line: int
    text: str


def check(page: Page, keys: Collection[str], addresses: Mapping[str, Collection[str]]) -> list[Problem]:
    """What is wrong with the page's text. `keys` are the references', `addresses` come from `addresses_of`."""
    problems = [Problem(error.line, error.message) for error in render(page.body, keys).errors]
    problems += _broken_links(page, addresses)
    problems += _off_label(page.body)
    problems += _hard_to_read(page)
    return sorted(problems)


def addresses_of(pages: Iterable[Page], keys: Collection[str]) -> dict[str, set[str]]:
    """Where the text of a page may link to: each page's path, with the #fragments that exist there."""
    found = {}
    for page in pages:
        rendered = render(page.body, keys)
        ids = set(re.findall(r'\bid="([^"]+)"', rendered.html))
        found[page.get_absolute_url()] = ids | TEMPLATE_IDS | {f"ref-{key}" for key in rendered.keys}
    return found


# --- Links -----------------------------------------------------------------------------------------------------------


def _broken_links(page: Page, addresses: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    own = page.get_absolute_url()
    for line, target in _links(page.body):
        path, _, fragment = target.partition("#")
        path = path.partition("?")[0] or own
        if not path.startswith("/"):
            continue  # another site, a phone number
        if path not in addresses:
            yield Problem(line, f"There is no page at {path}.")
        elif fragment and fragment not in addresses[path]:
            yield Problem(line, f"There is no #{fragment} on {path}.")
    paths = {address.strip("/") or "home" for address in addresses}
    yield from (Problem(0, f"The related page {slug} does not exist.") for slug in page.related if slug not in paths)


def _links(markdown: str) -> Iterator[tuple[int, str]]:
    for _, line, children in _texts(markdown):
        for child in children:
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "link_open":
                yield line, str(child.attrs["href"])


# --- The off-label line ----------------------------------------------------------------------------------------------


def _off_label(markdown: str) -> Iterator[Problem]:
    """FDA status stands before the first word about depression, on each page that speaks of the toxin as well."""
    texts = [(line, _words(children)) for _, line, children in _texts(markdown)]
    mentions = [line for line, text in texts if DEPRESSION.search(text)]
    if not mentions or not any(THE_TOXIN.search(text) for _, text in texts):
        return
    inside = {line for block in _blocks(markdown, "off-label") for line in block}
    said = [line for line, text in texts if line in inside and NOT_APPROVED.search(text)]
    if not said:
        yield Problem(mentions[0], "Say here, in an :::off-label block, that it is not FDA-approved for depression.")
    elif mentions[0] < said[0]:
        yield Problem(mentions[0], f"Depression is named before the :::off-label block in line {said[0]}.")


# --- Plain words -----------------------------------------------------------------------------------------------------


def _hard_to_read(page: Page) -> Iterator[Problem]:
    found = sentences(page.body)
    if (level := grade([page.summary, *(sentence.text for sentence in found)])) > GRADE:
        yield Problem(0, f"It reads at grade {level:.1f}; at most {GRADE} is meant. Use shorter words and sentences.")
    if (average := sum(length(text) for _, text in found) / max(1, len(found))) > AVERAGE_SENTENCE:
        yield Problem(0, f"Its sentences have {average:.1f} words on average; at most {AVERAGE_SENTENCE} are meant.")
    for line, text in found:
        if length(text) > LONGEST_SENTENCE:
            start = " ".join(text.split()[:6])
            yield Problem(line, f"This sentence has {length(text)} words; {LONGEST_SENTENCE} at most: “{start} …”")


def sentences(markdown: str) -> list[Sentence]:
    """The sentences of a page: its paragraphs and list items, without headings, tables and citation numbers."""
    found = []
    for kind, line, children in _texts(markdown):
        if kind != "paragraph_open":
            continue
        for part in SENTENCE_END.split(_words(children)):
            if re.search("[a-z]", part):
                found.append(Sentence(line, part.strip()))
            line += part.count("\n")
    return found


def grade(texts: Collection[str]) -> float:
    """Flesch-Kincaid: the US school grade that reads these sentences with ease. Raises ValueError without a word."""
    words = [word for text in texts for word in _split(text)]
    if not words:
        raise ValueError("there is no word to grade")
    per_word = sum(map(_syllables, words)) / len(words)
    return 0.39 * len(words) / len(texts) + 11.8 * per_word - 15.59


def length(text: str) -> int:
    """How many words and numbers it has."""
    return len(_split(text))


def _split(text: str) -> list[str]:
    return re.findall(r"[A-Za-zÀ-ÿ’'-]+|\d[\d.,]*", text)


def _syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; close enough for an average over a page."""
    word = re.sub(r"(?<=[^aeioul])es?$|(?<=[^aeioutd])ed$", "", word.lower())
    return max(1, len(re.findall("[aeiouy]+", word)))


# --- Reading Markdown ------------------------------------------------------------------------------------------------


def _texts(markdown: str) -> Iterator[tuple[str, int, list[Token]]]:
    """Each run of text: what it stands in (paragraph_open, heading_open, td_open …), its line, its parts."""
    line = 1
    for before, token in pairwise(PARSER.parse(markdown)):
        line = token.map[0] + 1 if token.map else line
        if token.type == "inline":
            yield before.type, line, token.children or []


def _blocks(markdown: str, name: str) -> Iterator[range]:
    """The lines of each `:::name` block."""
    for token in PARSER.parse(markdown):
        if token.type == "container_block_open" and token.info.split()[0] == name and token.map:
            yield range(token.map[0] + 1, token.map[1] + 1)


def _words(children: list[Token]) -> str:
    """The text as read: without citations, with line ends where the author put them."""
    seen = [child for child in children if child.type != "citation"]
    text = "".join("\n" if child.type in ("softbreak", "hardbreak") else child.content for child in seen)
    return re.sub(r" +(?=[\s.,;!?])", "", text)
