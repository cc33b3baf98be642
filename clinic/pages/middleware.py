"""Answers for published pages from memory: no query, no template, no cookie.

Right after Django's SecurityMiddleware, so that what is kept carries the headers of everything further in.
docs/decisions/0006 says why not a cache in front or Django's own cache middleware.
"""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, has_vary_header, patch_vary_headers

from clinic.pages import codings
from clinic.pages.shelf import PAGE_PATH, Finished, Kept, Shelf

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=600"


class PublishedPagesMiddleware:
    """Keeps each published page after its first reader, and throws all away when a new edition appears."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.shelf = Shelf()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        if not PAGE_PATH.fullmatch(path) or path not in (stock := self.shelf.stock()).paths:
            return self.get_response(request)
        request.get_host()  # raises for a host that is not ours, as CommonMiddleware would have done
        kept = stock.fresh.get(path)
        if kept is None:
            # No page reads its query. Other sites add words to links to us; none may get into what is kept.
            request.META["QUERY_STRING"] = ""
            response = self.get_response(request)
            if isinstance(response, HttpResponse) and _may_be_kept(response):
                kept = stock.fresh[path] = _keep(response)
            elif response.status_code >= 500 and path in stock.older:
                kept = stock.older[path]
            else:
                return response
        return _reply(request, kept.coded(codings.wanted(request.META.get("HTTP_ACCEPT_ENCODING", ""))))


def _may_be_kept(response: HttpResponse) -> bool:
    """Only what is the same for everyone."""
    return response.status_code == 200 and not response.cookies and not has_vary_header(response, "Cookie")


def _keep(response: HttpResponse) -> Kept:
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ["Accept-Encoding"])
    stamp = hashlib.sha256(response.content).hexdigest()[:32]
    return Kept({**response.headers}, response.content, stamp)


def _reply(request: HttpRequest, page: Finished) -> HttpResponse:
    response = HttpResponse(page.body, headers=page.headers)  # servers leave out the body for HEAD
    if "HTTP_IF_NONE_MATCH" in request.META:
        return get_conditional_response(request, etag=page.headers["ETag"], response=response) or response
    return response
