"""Where staff write, approve and publish pages, and keep the list of references."""

from clinic.pages.admin.pages import PageAdmin
from clinic.pages.admin.references import ReferenceAdmin

__all__ = ["PageAdmin", "ReferenceAdmin"]
