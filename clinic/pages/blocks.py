"""The blocks an author may write between `:::name Heading` and `:::`, and the HTML each becomes.

`:::picture NAME` is the one block without words of the author's: the drawing brings its own (see pictures/).
"""

from dataclasses import dataclass

from django.utils.html import escape


@dataclass(frozen=True)
class Block:
    """One kind of block: its HTML class, the words a screen reader hears first, its heading."""

    css: str
    spoken: str = ""
    heading_class: str = ""
    default_heading: str = ""
    listed: bool = False  # its heading belongs in the page's contents


# The three levels of care cards, and why each says its level in words, come from the NHS service manual
# (reference nhs_carecards): colour alone would leave some readers without the level.
BLOCKS = {
    "emergency": Block("care-card care-card--emergency", "Emergency: ", "care-card__heading"),
    "urgent": Block("care-card care-card--urgent", "Urgent: ", "care-card__heading"),
    "advice": Block("care-card care-card--advice", "Advice: ", "care-card__heading"),
    "off-label": Block("off-label"),
    "key-facts": Block("key-facts", "", "key-facts__heading", default_heading="Key facts"),
    "faq": Block("faq", "", "faq__question", listed=True),
    "table": Block("table-wrap"),
    "picture": Block("picture"),
}


def opening(block: Block, heading: str, level: int, anchor: str) -> str:
    """The HTML that starts a block; `level` (2 or 3) is where its heading sits in the page's outline."""
    if block.css == "table-wrap":
        # A wide table scrolls inside this box; without tabindex a keyboard could not reach its right half.
        return f'<div class="table-wrap" role="region" aria-labelledby="{anchor}" tabindex="0">\n'
    if not block.heading_class:
        return f'<div class="{block.css}" role="note">\n'
    spoken = f'<span class="visually-hidden">{block.spoken}</span>' if block.spoken else ""
    return (
        f'<section class="{block.css}" aria-labelledby="{anchor}">\n'
        f'<h{level} class="{block.heading_class}" id="{anchor}">{spoken}{escape(heading)}</h{level}>\n'
    )


def closing(block: Block) -> str:
    """The HTML that ends a block."""
    return "</section>\n" if block.heading_class else "</div>\n"
