"""The admin site: the triage desk's home, with its own Content-Security-Policy."""

from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite

from clinic.pages import reviews
from clinic.staff.sign_in import SignInForm

# Unfold's menus are Alpine expressions, which need eval; docs/decisions/0004 says what that costs and what we keep.
admin_policy = csp_update(settings.ADMIN_CONTENT_SECURITY_POLICY)


class ClinicAdminSite(UnfoldAdminSite):
    """Every admin view, the login page included, under the admin's policy."""

    login_form = SignInForm
    index_title = "Dashboard"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, with the policy on top, and with a page of the desk for what is not there.

        Only for those whom Django lets in to the desk: a stranger is sent to sign in, whatever the address is.
        """

        @wraps(view)
        def find(request: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                context = {**self.each_context(request), "title": "Page not found"}
                return TemplateResponse(request, "admin/404.html", context, status=404)

        return admin_policy(super().admin_view(find, cacheable))

    @method_decorator(admin_policy)
    def login(self, request: Any, extra_context: Any = None) -> Any:
        """The sign-in page."""
        return super().login(request, extra_context)

    def get_sidebar_list(self, request: Any) -> list[dict[str, Any]]:
        """The menu, without headings that nothing stands under for this person."""
        groups = super().get_sidebar_list(request)
        return [group for group in groups if any(item["has_permission"] for item in group["items"])]

    def index(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        """The first page, with the pages that a clinician should look at."""
        may_see_pages = request.user.has_perm("pages.view_page")
        pages = [(page, reviews.in_words(page)) for page in reviews.overdue()] if may_see_pages else []
        return super().index(request, {**(extra_context or {}), "pages_shown": may_see_pages, "overdue_pages": pages})
