"""What the public pages say, where they took it from, and a token that changes whenever either does."""

from clinic.pages.models.edition import ClosureOnPages, Edition, PracticeOnPages
from clinic.pages.models.page import HELP, HOME, TAKEN, Page
from clinic.pages.models.reference import Reference
from clinic.pages.models.text import TEXT_FIELDS, Section, Text
from clinic.pages.models.version import State, Version

__all__ = [
    "HELP", "HOME", "TAKEN", "TEXT_FIELDS", "ClosureOnPages", "Edition", "Page", "PracticeOnPages", "Reference",
    "Section", "State", "Text", "Version",
]  # fmt: skip
