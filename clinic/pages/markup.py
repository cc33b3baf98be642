"""The Markdown parser: which syntax is on, and the HTML that our own tokens become."""

import re

from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from clinic.pages.blocks import closing, opening

KEY = r"[a-z0-9][a-z0-9_]*"
CITATION = re.compile(rf"\[@({KEY}(?:;\s*@{KEY})*)\]")
SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:|sms:|/(?!/)|#)", re.IGNORECASE)


def _read_citation(state: StateInline, silent: bool) -> bool:
    """The parser's rule for [@key]; it must run before links, which start with the same bracket."""
    match = CITATION.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("citation", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _write_block(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    meta = tokens[index].meta
    if "picture" in meta:
        return str(meta["picture"]) if tokens[index].nesting == 1 else ""
    if tokens[index].nesting == -1:
        return closing(meta["block"])
    return opening(meta["block"], meta["heading"], meta["level"], meta["anchor"])


def _write_citation(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    links = [
        f'<a href="#ref-{key}" aria-label="Reference {number}">{number}</a>'
        for key, number in tokens[index].meta["numbered"]
    ]
    return f'<sup class="cite">{", ".join(links) or "?"}</sup>'


def _write_table(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    meta = tokens[index].meta
    return f'<table>\n<caption id="{meta["anchor"]}">{escape(meta["heading"])}</caption>\n'


def _write_image(self: object, tokens: list[Token], index: int, options: object, env: object) -> str:
    return escape(tokens[index].content)


def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": True})
    md.enable(["table", "smartquotes"])
    container_plugin(md, "block", validate=lambda params, markup: bool(params.strip()), render=_write_block)
    md.inline.ruler.before("link", "citation", _read_citation)
    md.add_render_rule("citation", _write_citation)
    md.add_render_rule("table_open", _write_table)
    md.add_render_rule("image", _write_image)
    md.validateLink = lambda url: bool(SAFE_LINK.match(url))  # type: ignore[method-assign]  # its way to set it
    return md


PARSER = _parser()
