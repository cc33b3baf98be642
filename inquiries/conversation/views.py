"""The patient's page."""

from django.http import HttpRequest, HttpResponse


def messages(request: HttpRequest, token: str) -> HttpResponse:
    """The messages of one inquiry."""
    raise NotImplementedError
