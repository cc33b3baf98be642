"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from clinic.practice import context  # noqa: E402 - models can be imported only now

# So that the page for a database that is down has the phone number from the first request on.
context.remember()
