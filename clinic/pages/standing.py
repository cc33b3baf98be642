"""How a page stands with its versions."""

from dataclasses import dataclass

from clinic.pages.models import Page, State, Version
from clinic.pages.models.version import OPEN


@dataclass(frozen=True)
class Standing:
    """How a page stands: the version being worked on and the one that readers see, if any."""

    open: Version | None
    public: Version | None

    @property
    def token(self) -> str:
        """What a form carries: another token means that somebody changed the page in the meantime."""
        return "-".join(
            f"{version.number}{version.state}" if version else "none" for version in (self.open, self.public)
        )


def standing(page: Page) -> Standing:
    """How the page stands now. One query."""
    versions = page.versions.filter(state__in=[*OPEN, State.PUBLISHED]).select_related("author", "approved_by")
    by_state = {version.state: version for version in versions}
    return Standing(by_state.get(State.DRAFT) or by_state.get(State.APPROVED), by_state.get(State.PUBLISHED))
