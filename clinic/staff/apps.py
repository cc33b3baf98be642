"""The staff accounts' app."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Staff accounts."""

    name = "clinic.staff"
    verbose_name = "Staff"
