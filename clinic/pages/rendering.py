"""Markdown to HTML, with raw HTML switched off, so that no author can put a script or a tracker on a page.

On top of plain Markdown: blocks (`:::emergency Call 911 if:` … `:::`, see blocks.py), pictures (`:::picture NAME`
and `:::` with nothing between them, see pictures/) and citations (`[@key]` or `[@first; @second]`), which become
numbered links to the page's list of references. A picture's citations are numbered with those of the text.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.text import slugify
from markdown_it.token import Token

from clinic.pages import pictures
from clinic.pages.blocks import BLOCKS
from clinic.pages.markup import KEY, PARSER

TABLE_TOKENS = {"table_open", "thead_open", "thead_close", "tr_open", "th_open", "td_open", "td_close"}
# Ids that the templates use; a heading called "Main" must not move the skip link.
TEMPLATE_IDS = {"top", "main", "ways-in", "references", "about-this-page"}


@dataclass(frozen=True)
class Error:
    """Something the author must put right: the line (from 1) and what to do. `key` is set for a citation."""

    line: int
    message: str
    key: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


@dataclass(frozen=True)
class Rendered:
    """HTML, the contents as (id, title, level), the keys cited in order, and what is wrong with the text."""

    html: str
    contents: list[tuple[str, str, int]]
    keys: list[str]
    errors: list[Error]


def render(markdown: str, known_keys: Collection[str]) -> Rendered:
    """Turn an author's Markdown into HTML. Never raises: what is wrong comes back as errors, by line."""
    tokens = PARSER.parse(markdown)
    page = _Page(lines=markdown.split("\n"), known_keys=known_keys)
    for index, token in enumerate(tokens):
        page.visit(token, tokens[index + 1 : index + 2])
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return Rendered(html, page.contents, page.keys, sorted(page.errors, key=lambda error: error.line))


@dataclass
class _Page:
    """One walk over a page's tokens: gives headings ids and citations numbers, and collects errors."""

    lines: list[str]
    known_keys: Collection[str]
    contents: list[tuple[str, str, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)
    _ids: set[str] = field(default_factory=lambda: set(TEMPLATE_IDS))
    _open: list[Token] = field(default_factory=list)
    _in_section: bool = False
    _in_head: bool = False
    _first_cell: bool = False

    def visit(self, token: Token, following: list[Token]) -> None:
        """Look at one token; `following` holds the next one, if any."""
        if token.type == "heading_open":
            self._heading(token, following[0])
        elif token.type == "container_block_open":
            self._block(token, following[0])
        elif token.type == "container_block_close":
            token.meta = self._open.pop().meta
        elif token.type == "inline":
            self._inline(token)
        elif token.type in TABLE_TOKENS:
            self._table(token)

    def _error(self, line: int, message: str, key: str = "") -> None:
        self.errors.append(Error(line, message, key))

    def _anchor(self, title: str) -> str:
        """An id for a heading, used once on the page."""
        stem = slugify(title) or "section"
        anchor, count = stem, 1
        while anchor in self._ids:
            count += 1
            anchor = f"{stem}-{count}"
        self._ids.add(anchor)
        return anchor

    def _heading(self, token: Token, inline: Token) -> None:
        level = int(token.tag[1])
        # The template prints the page's title as the only h1; skipped levels confuse screen readers.
        if level not in (2, 3) or (level == 3 and not self._in_section):
            self._error(_line(token), "Start a section with ## and a part of it with ###.")
        self._in_section = True
        words = (child.content for child in inline.children or [] if child.type in ("text", "code_inline"))
        title = "".join(words).strip()
        token.attrSet("id", anchor := self._anchor(title))
        self.contents.append((anchor, title, level))

    def _block(self, token: Token, following: Token) -> None:
        name, _, heading = token.info.strip().partition(" ")
        line, block = _line(token), BLOCKS.get(name)
        level = 3 if self._in_section else 2
        self._open.append(token)
        end = token.map[1] if token.map else len(self.lines)
        if end >= len(self.lines) or not self.lines[end].strip().startswith(":::"):
            self._error(line, f"The block {name} is not closed: end it with ::: on a line of its own.")
        if name == "picture":
            self._picture(token, following, heading.strip(), level)
            return
        if block is None:
            self._error(line, f"There is no block called {name}. There are: {', '.join(BLOCKS)}.")
            token.meta = {"block": BLOCKS["off-label"], "heading": "", "level": level, "anchor": ""}
            return
        heading = heading.strip() or block.default_heading
        if not heading and name != "off-label":
            self._error(line, f"Give the block a heading: :::{name} Heading.")
        anchor = self._anchor(heading or name)
        token.meta = {"block": block, "heading": heading, "level": level, "anchor": anchor}
        if block.listed:
            self.contents.append((anchor, heading, level))

    def _picture(self, token: Token, following: Token, name: str, level: int) -> None:
        """Drawn here and not by the parser, so that its citations are numbered in the order of reading."""
        line = _line(token)
        token.meta = {"block": BLOCKS["picture"], "picture": ""}
        if following.type != "container_block_close":
            self._error(_line(following), "A picture brings its own words. Leave nothing between its two lines.")
        if name in pictures.NAMES:
            place = pictures.Place(self._anchor(name), level, lambda text: self._words(text, line))
            token.meta["picture"] = pictures.draw(name, place)
        else:
            known = ", ".join(pictures.NAMES)
            self._error(line, f"There is no picture called {name or '(nothing)'}. There are: {known}.")

    def _words(self, text: str, line: int) -> str:
        """A line of a picture's text as HTML, with citations like the page's own."""
        tokens = PARSER.parseInline(text)
        tokens[0].map = [line - 1, line]
        self._inline(tokens[0])
        return str(PARSER.renderer.render(tokens, PARSER.options, {}))

    def _table(self, token: Token) -> None:
        if token.type == "table_open":
            box = self._open[-1].meta if self._open else None
            if box is None or box["block"] is not BLOCKS["table"]:
                self._error(_line(token), "Put the table between :::table Caption and :::.")
            token.meta = box or {"heading": "", "anchor": ""}
        elif token.type in ("thead_open", "thead_close"):
            self._in_head = token.type == "thead_open"
        elif token.type == "tr_open":
            self._first_cell = True
        else:
            self._cell(token)

    def _cell(self, token: Token) -> None:
        """Header cells say what they head; alignment is a class, because the CSP refuses style attributes."""
        style = str(token.attrs.pop("style", ""))
        if style and not style.endswith("left"):
            token.attrSet("class", "align-" + style.rpartition(":")[2])
        if self._in_head:
            token.attrSet("scope", "col")
        elif self._first_cell:
            token.tag = "th"
            if token.nesting == 1:
                token.attrSet("scope", "row")
            self._first_cell = token.nesting == 1

    def _inline(self, token: Token) -> None:
        line = _line(token)
        before: Token | None = None
        for child in token.children or []:
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "citation":
                if before and before.type == "text":
                    before.content = before.content.rstrip()  # or the number could start a new line
                self._citation(child, line)
            elif child.type == "image":
                self._error(line, "Pictures cannot be put into the text.")
            elif child.type == "text":
                self._text(child.content, line)
            before = child

    def _text(self, text: str, line: int) -> None:
        """What was meant as markup but did not become any."""
        if "[@" in text:
            self._error(line, "Write a citation as [@key] or [@first; @second], in small letters.")
        if "](" in text:
            self._error(line, "A link must start with https://, http://, mailto:, tel:, sms:, / or #.")
        if text.startswith(":::"):
            self._error(line, "This ::: closes nothing, or stands inside a list or a quotation.")

    def _citation(self, token: Token, line: int) -> None:
        token.meta = {"numbered": []}
        for key in re.findall(KEY, token.content):
            if key not in self.known_keys:
                self._error(line, f"No reference has the key {key}.", key)
                continue
            if key not in self.keys:
                self.keys.append(key)
            token.meta["numbered"].append((key, self.keys.index(key) + 1))


def _line(token: Token) -> int:
    """The line (from 1) where a block token starts."""
    return token.map[0] + 1 if token.map else 1
