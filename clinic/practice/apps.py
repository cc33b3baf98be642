"""The practice's app."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """The clinic's own facts."""

    name = "clinic.practice"
    verbose_name = "Practice"
