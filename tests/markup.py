"""Reading a page's HTML in tests: elements, attributes and text as a browser takes them, white space included."""

from collections.abc import Iterator
from html.parser import HTMLParser

# Elements that have no end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    """One element and what is inside it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def __iter__(self) -> "Iterator[Element]":
        """This element and every one inside it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def all(self, tag: str = "", **wanted: str) -> "list[Element]":
        """Every element with this tag and these attributes; `class_` asks for one word among the classes."""
        words = set(wanted.pop("class_", "").split())
        return [
            element
            for element in self
            if (not tag or element.tag == tag)
            and words <= set(element.attributes.get("class", "").split())
            and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", **wanted: str) -> "Element":
        """The only element that fits; fails the test when there is none, or more."""
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements fit {tag} {wanted}"
        return found[0]

    def text(self, without: str = "") -> str:
        """All text inside, character by character, but for elements whose class is `without`."""
        if without and without in self.attributes.get("class", "").split():
            return ""
        parts = (child if isinstance(child, str) else child.text(without) for child in self.children)
        text = "".join(parts)
        # A browser drops the newline right after the tag; what follows it is the person's.
        return text.removeprefix("\n") if self.tag == "textarea" else text

    def words(self) -> str:
        """The text as people see it: runs of white space count as one space."""
        return " ".join(self.text().split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        # A <p> or <li> that the page leaves open ends with its parent.
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str | bytes) -> Element:
    """The page as a tree."""
    builder = _Builder()
    builder.feed(html.decode() if isinstance(html, bytes) else html)
    builder.close()
    return builder.open[0]


def filled(page: Element) -> dict[str, str]:
    """What a browser would post from the page's main form as it stands: every field with its present value."""
    form = page.one("main").one("form")
    values = {}
    for field in form:
        name = field.attributes.get("name", "")
        if field.tag == "textarea":
            values[name] = field.text()
        elif field.tag == "input" and field.attributes.get("type") == "radio":
            if "checked" in field.attributes:
                values[name] = field.attributes["value"]
        elif field.tag == "input" and field.attributes.get("type") != "submit":
            values[name] = field.attributes.get("value", "")
    return values
