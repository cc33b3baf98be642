"""The admin site: the triage desk's home, with its own Content-Security-Policy."""

from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite

# Unfold's menus are Alpine expressions, which need eval; docs/decisions/0004 says what that costs and what we keep.
admin_policy = csp_update(settings.ADMIN_CONTENT_SECURITY_POLICY)


class ClinicAdminSite(UnfoldAdminSite):
    """Every admin view, the login page included, under the admin's policy."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, with the policy on top."""
        return admin_policy(super().admin_view(view, cacheable))

    @method_decorator(admin_policy)
    def login(self, request: Any, extra_context: Any = None) -> Any:
        """The sign-in page."""
        return super().login(request, extra_context)
