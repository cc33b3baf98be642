"""Where a picture stands on a page, and the frame that all pictures share."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import escape


@dataclass(frozen=True)
class Place:
    """The id and the level of the picture's heading, and the page's way to turn a line of text into HTML.

    `words` understands what authors write in a paragraph, so `[@key]` becomes a numbered reference of the page.
    """

    anchor: str
    level: int
    words: Callable[[str], str]

    def head(self, title: str, lead: str) -> str:
        """Heading and lead come first, because they say how to read what follows."""
        heading = f'<h{self.level} id="{self.anchor}">{escape(title)}</h{self.level}>'
        return f"<figcaption>\n{heading}\n<p>{self.words(lead)}</p>\n</figcaption>\n"

    def cite(self, key: str) -> str:
        """The number of one reference."""
        return self.words(f"[@{key}]")

    def items(self, lines: list[str]) -> str:
        """List items, one a line."""
        return "".join(f"<li>{self.words(line)}</li>\n" for line in lines)

    def notes(self, lines: list[str]) -> str:
        """What a reader must know besides: limits, and what the marks mean."""
        return f'<ul class="picture__notes">\n{self.items(lines)}</ul>\n' if lines else ""

    def figure(self, kind: str, content: str) -> str:
        """The whole figure, named by its heading."""
        return f'<figure class="picture picture--{kind}" aria-labelledby="{self.anchor}">\n{content}</figure>\n'
