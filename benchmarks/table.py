"""One table: what was measured, what it is compared with, and whether it keeps the target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("", "median", "min – max", "web CPU", "compared with", "ratio", "min – max", "target", "")


@dataclass(frozen=True)
class Line:
    """One measurement, as words ready to print."""

    what: str
    figures: Sequence[float]
    unit: str  # "/s" or "ms"
    cpu: Sequence[float] = ()  # milliseconds of processor time of the web server for each request
    beside: str = ""
    ratios: Sequence[float] = ()
    at_least: float | None = None
    at_most: float | None = None
    below_ms: float | None = None
    most_queries: int | None = None
    queries: int = 0

    @property
    def passed(self) -> bool | None:
        """None without a target."""
        kept = []
        if self.at_least is not None:
            kept.append(median(self.ratios) >= self.at_least)
        if self.at_most is not None:
            kept.append(median(self.ratios) <= self.at_most)
        if self.below_ms is not None:
            kept.append(median(self.figures) < self.below_ms)
        if self.most_queries is not None:
            kept.append(self.queries <= self.most_queries)
        return all(kept) if kept else None

    def cells(self) -> tuple[str, ...]:
        """As printed."""
        shown = rate if self.unit == "/s" else milliseconds
        return (
            self.what,
            f"{shown(median(self.figures))} {self.unit}",
            _span(self.figures, shown),
            f"{median(self.cpu):.2f} ms" if self.cpu else "",
            self.beside,
            f"{median(self.ratios):.2f}" if self.ratios else "",
            _span(self.ratios, lambda ratio: f"{ratio:.2f}") if len(self.ratios) > 1 else "",
            self._target(),
            {None: "", True: "pass", False: "below"}[self.passed],
        )

    def _target(self) -> str:
        targets = [
            f"≥ {self.at_least:g}" if self.at_least is not None else "",
            f"≤ {self.at_most:g}" if self.at_most is not None else "",
            f"< {self.below_ms:g} ms" if self.below_ms is not None else "",
            f"≤ {self.most_queries} queries" if self.most_queries is not None else "",
        ]
        return ", ".join(target for target in targets if target)


def rate(figure: float) -> str:
    """12,345"""
    return f"{figure:,.0f}"


def milliseconds(figure: float) -> str:
    """Two digits after the point where they mean something."""
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"


def _span(figures: Sequence[float], shown: Callable[[float], str]) -> str:
    return f"{shown(min(figures))} – {shown(max(figures))}"


def text(lines: Sequence[Line]) -> str:
    """The table in Markdown, readable in a terminal, too."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    printed = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([printed[0], rule, *printed[1:]])
