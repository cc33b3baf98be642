"""What the web server loads: `alone` has no middleware, `dressed` has the site's."""

import os

# Set, not defaulted: the run's own process has the site's settings in its environment.
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"

from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from clinic.settings import MIDDLEWARE as SITE_MIDDLEWARE

alone = get_wsgi_application()
with override_settings(MIDDLEWARE=SITE_MIDDLEWARE):
    dressed = get_wsgi_application()
