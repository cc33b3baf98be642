"""The site's settings with Django's own admin, templates and nothing of ours before them."""

from clinic.settings import *  # noqa: F403 - everything else must stay the same, also what is added later
from clinic.settings import INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [
    # Without registering our own screens, which are made for Unfold.
    "django.contrib.admin.apps.SimpleAdminConfig" if name == "clinic.apps.ClinicAdminConfig" else name
    for name in INSTALLED_APPS
    if not name.startswith("unfold")
]
TEMPLATES = [{**TEMPLATES[0], "DIRS": []}]
ROOT_URLCONF = "benchmarks.stock.site"
