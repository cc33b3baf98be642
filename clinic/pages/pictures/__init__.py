"""Pictures that an author puts on a page with `:::picture NAME` and `:::`.

The facts of each are in NAME.toml, the evidence key beside every number; its `kind` says which module draws it. All
is drawn on the server as small SVG, and whatever a drawing shows also stands beside it as text.
"""

import tomllib
from pathlib import Path
from typing import Any

from clinic.pages.pictures.place import Place

__all__ = ["NAMES", "Place", "draw"]

DATA: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.toml"))
}
NAMES = list(DATA)


def draw(name: str, place: Place) -> str:
    """The picture's HTML. Raises KeyError for a name that is not in NAMES."""
    data = DATA[name]
    return place.figure(data["kind"], data["title"], data["lead"], "")
