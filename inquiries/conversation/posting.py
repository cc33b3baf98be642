"""How the forms of the patient's page are taken: read so that no character is lost, then checked to be ours."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from inquiries import reading

View = Callable[..., HttpResponseBase]

FIELDS = ["message", "submission_key", "code", "reference", "email", "language", "csrfmiddlewaretoken"]


class _TokenCheck(CsrfViewMiddleware):
    """Django's check, for pages that do not say where they are.

    Under `Referrer-Policy: no-referrer` a browser names the page a form came from as "null", or not at all, which
    Django takes for a foreign page. Newer browsers say in another header whether it was ours; with older ones the token
    alone must tell. It can: over https its cookie is bound to this host, so nobody on the way can have put it there.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META["HTTP_ORIGIN"] == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        return bool(super()._origin_verified(request))  # type: ignore[misc]  # Django's own hook, without public types

    def _check_referer(self, request: HttpRequest) -> None:
        if "HTTP_REFERER" in request.META:
            super()._check_referer(request)  # type: ignore[misc]  # as above


_check_token = decorator_from_middleware(_TokenCheck)


def takes_forms(view: View) -> View:
    """For a view that shows a page and takes its form, as `inquiries.views.contact` does."""
    checked = _check_token(view)

    # Exempt from the middleware's check: it would read the body before `reading` does.
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def _view(request: HttpRequest, **named: Any) -> HttpResponseBase:
        if request.method == "POST":
            request.POST = reading.read(request, FIELDS)  # type: ignore[assignment]  # ours is mutable; nobody changes it
        return checked(request, **named)

    return _view
