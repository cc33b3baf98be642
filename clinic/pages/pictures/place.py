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

    def figure(self, kind: str, title: str, lead: str, drawing: str) -> str:
        """The whole figure: heading and lead first, because they say how to read what follows."""
        return (
            f'<figure class="picture picture--{kind}" aria-labelledby="{self.anchor}">\n'
            f'<figcaption>\n<h{self.level} id="{self.anchor}">{escape(title)}</h{self.level}>\n'
            f"<p>{self.words(lead)}</p>\n</figcaption>\n{drawing}</figure>\n"
        )
