"""Pictures that an author puts on a page with `:::picture NAME` and `:::`.

The facts of each are in NAME.toml, the evidence key beside every number; its `kind` says which module draws it. All
is drawn on the server as small SVG without a word of text in it that is not also beside it in HTML: that text grows
with the reader's setting, and a screen reader gets it without the drawing.
"""

import tomllib
from pathlib import Path
from typing import Any

from clinic.pages.pictures.forest import Forest
from clinic.pages.pictures.muscles import Muscles
from clinic.pages.pictures.out_of_100 import OutOf100
from clinic.pages.pictures.place import Place
from clinic.pages.pictures.timeline import Timeline

__all__ = ["NAMES", "PICTURES", "Place", "draw"]

Picture = Forest | Muscles | OutOf100 | Timeline
KINDS: dict[str, type[Picture]] = {"forest": Forest, "muscles": Muscles, "out-of-100": OutOf100, "timeline": Timeline}


def read(data: dict[str, Any]) -> Picture:
    """A picture from its data file. Raises TypeError for a name that its kind does not know, or that is missing."""
    values = dict(data)
    return KINDS[values.pop("kind")].from_data(values)


PICTURES = {
    path.stem: read(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted(Path(__file__).parent.glob("*.toml"))
}
NAMES = list(PICTURES)


def draw(name: str, place: Place) -> str:
    """The picture's HTML. Raises KeyError for a name that is not in NAMES."""
    return PICTURES[name].draw(place)
