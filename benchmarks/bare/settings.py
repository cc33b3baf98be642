"""The site's settings with two views in place of the site, and no middleware at all: the hardest comparison."""

from clinic.settings import *  # noqa: F403 - everything else must stay the same, also what is added later

ROOT_URLCONF = "benchmarks.bare.views"
MIDDLEWARE = []
