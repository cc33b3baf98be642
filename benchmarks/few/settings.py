"""The site's settings with another database on the same server."""

from benchmarks.few import DATABASE
from clinic.settings import *  # noqa: F403 - everything else must stay the same, also what is added later
from clinic.settings import DATABASES

DATABASES["default"]["NAME"] = DATABASE
