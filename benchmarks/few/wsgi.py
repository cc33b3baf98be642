"""What the web server loads."""

import os

# Set, not defaulted: the run's own process has the site's settings in its environment.
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.few.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
