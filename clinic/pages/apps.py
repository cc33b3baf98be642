"""The pages' app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Informational pages and the references they cite."""

    name = "clinic.pages"
    verbose_name = "Pages"
