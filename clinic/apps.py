"""The site as a Django app, so that its commands, checks and static files are found."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ClinicConfig(AppConfig):
    """Registers the checks that must hold before the site may serve patients."""

    name = "clinic"
    verbose_name = "Site"
    default = True

    def ready(self) -> None:
        """Importing the checks registers them."""
        from clinic import checks  # noqa: F401 - the import is the point


class ClinicAdminConfig(admin_apps.AdminConfig):
    """The admin on our own site class, where the desk's security headers live."""

    default_site = "clinic.admin_site.ClinicAdminSite"
    default = False
