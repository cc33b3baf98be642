"""The app's name, nothing else."""

from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    """Patients' questions."""

    name = "inquiries"
    verbose_name = "Questions"
