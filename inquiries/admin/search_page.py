"""The search box and what it found.

The words come by POST and are kept in the person's session, which ends with their shift; the address of the findings
holds a number only. So names are in no history of a browser and no log of a proxy, and "back" still leads here.
"""

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from inquiries import access
from inquiries.admin.inquiry_page import READ
from inquiries.admin.rows import Row, with_what_a_row_needs
from inquiries.models import Access, Inquiry
from inquiries.search import Found, Order, Search
from inquiries.search_terms import cleaned

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

PAGE = "admin:inquiries_inquiry_search"
KEPT = "searches"
MOST_KEPT = 20  # of one person; a tab left open with an older one asks for the words again
ON_A_PAGE = 25


class FoundRow(Row):
    """A line of the list, with where it has what was looked for."""

    def __init__(self, inquiry: Inquiry, why: list[str]) -> None:
        super().__init__(inquiry)
        self.why = ", ".join(why).capitalize()


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """One address: the words go there by POST, the findings are looked at by GET."""
    view = require_http_methods(["GET", "POST"])(partial(show, desk))
    return [path("search/", desk.admin_site.admin_view(view), name="inquiries_inquiry_search")]


def show(desk: "InquiryAdmin", request: HttpRequest) -> HttpResponse:
    """Keep the words, then show what they find. Only to those who may read messages: a hit says what is in one."""
    if not request.user.has_perms(READ):
        raise PermissionDenied
    if request.method == "POST":
        number = _keep(request, cleaned(request.POST.get("q", "")))
        return redirect(_address(number, _order(request.POST.get("order"))))
    access.record(request, Access.Deed.SEARCHED)
    number, order = request.GET.get("search", ""), _order(request.GET.get("order"))
    text = request.session.get(KEPT, {}).get(number, "")
    search = Search(text)
    found = search.find(order)
    page = Paginator(found.ids, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = _rows(list(page.object_list), search)
    context = {
        **desk.admin_site.each_context(request),
        "title": "Search", "opts": desk.opts, "search_text": text, "search_order": order,
        "forgotten": bool(number) and not text,
        "orders": [(word, label, _address(number, word)) for word, label in Order.choices],
        "found": found, "count": in_words(found), "page": page, "cl": {"rows": rows, "result_list": rows},
        "before": page.has_previous() and _address(number, order, page.number - 1),
        "after": page.has_next() and _address(number, order, page.number + 1),
    }  # fmt: skip
    return TemplateResponse(request, "admin/inquiries/inquiry/search.html", context)


def in_words(found: Found) -> str:
    """How many, counted no further than searching goes."""
    return f"{len(found.ids):,}{'+' if found.more else ''}"


def _rows(ids: list[int], search: Search) -> list[FoundRow]:
    kept = with_what_a_row_needs(Inquiry.objects.all()).in_bulk(ids)
    why = search.why(ids) if ids else {}
    return [FoundRow(kept[pk], why[pk]) for pk in ids if pk in kept]


def _keep(request: HttpRequest, text: str) -> str:
    """The number under which this session has the text."""
    kept: dict[str, str] = request.session.get(KEPT, {})
    number = str(max(map(int, kept), default=0) + 1)
    request.session[KEPT] = dict([*kept.items(), (number, text)][-MOST_KEPT:])
    return number


def _order(word: str | None) -> str:
    return word if word in Order.values else Order.BEST.value


def _address(number: str, order: str, page: int = 1) -> str:
    query = {"search": number, "order": order} | ({"page": page} if page > 1 else {})
    return f"{reverse(PAGE)}?{urlencode(query)}"
