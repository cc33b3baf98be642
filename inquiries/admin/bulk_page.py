"""Many at once: choose in the list, look at what would happen, do it, and take it back on the page after."""

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from clinic.staff.models import StaffUser
from inquiries import access, bulk, spam
from inquiries.admin.inquiry_page import READ
from inquiries.admin.rows import FIELDS, Row, with_what_a_row_needs
from inquiries.changes import ACT
from inquiries.models import Access, Inquiry

if TYPE_CHECKING:
    from inquiries.admin.triage import InquiryAdmin

KEPT = "bulk_undo"  # in the session: what was done last, until the page after next
STANDING = {"quarantined": "quarantine", "done": "done"}


def urls(desk: "InquiryAdmin") -> list[URLPattern]:
    """All by POST: what is chosen does not belong into an address."""
    return [
        path(
            f"many/{address}",
            desk.admin_site.admin_view(require_POST(partial(view, desk))),
            name=f"inquiries_inquiry_many_{name}",
        )
        for address, view, name in (
            ("preview/", preview, "preview"),
            ("undo/", undo, "undo"),
            ("<str:word>/", do, "do"),
        )
    ]


def preview(desk: "InquiryAdmin", request: HttpRequest) -> HttpResponse:
    """How many, and which; nothing has happened yet."""
    _check(request)
    word = request.POST.get("deed", "")
    deed = _deed(word)
    chosen = _chosen(request)
    back = _list(deed)
    if not chosen:
        messages.warning(request, "Tick the inquiries first, then choose what to do with them.")
        return redirect(back)
    access.record(request, Access.Deed.LISTED)
    versions = dict(chosen)
    found = with_what_a_row_needs(Inquiry.objects.filter(pk__in=versions)).only("suspicions", *FIELDS).in_order()
    rows = [
        (Row(inquiry), versions[inquiry.pk], [spam.in_words(name) for name in inquiry.suspicions])
        for inquiry in found
        if inquiry.status == deed.status
    ]
    context = {
        **desk.admin_site.each_context(request),
        "title": deed.label, "opts": desk.opts, "deed": deed, "word": word, "rows": rows, "back": back,
        "changed": len(chosen) - len(rows),
    }  # fmt: skip
    return TemplateResponse(request, "admin/inquiries/inquiry/many.html", context)


def do(desk: "InquiryAdmin", request: HttpRequest, word: str) -> HttpResponse:
    """Do what was looked at, and say what became of it."""
    person = _check(request)
    deed = _deed(word)
    result = bulk.do(word, _chosen(request), by=person)
    request.session[KEPT] = {"word": word, "changed": result.changed, "shown": False}
    _say(request, result, deed.done)
    return redirect(_list(deed))


def undo(desk: "InquiryAdmin", request: HttpRequest) -> HttpResponse:
    """Take the last one back."""
    person = _check(request)
    kept = request.session.pop(KEPT, None)
    if kept is None:
        messages.warning(request, "There is nothing to undo any more. Open the inquiry to change it.")
        return redirect("admin:inquiries_inquiry_changelist")
    result = bulk.undo([(pk, version) for pk, version in kept["changed"]], by=person)
    _say(request, result, "put back as before")
    return redirect(_list(_deed(kept["word"])))


def to_undo(request: HttpRequest) -> str:
    """For the page after a change to many: what the button would take back. Empty on every other page."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is None or not kept["changed"]:
        return ""
    if kept["shown"]:
        del request.session[KEPT]
        return ""
    request.session[KEPT] = {**kept, "shown": True}
    return f"{_number(len(kept['changed']))} {_deed(kept['word']).done}."


def _check(request: HttpRequest) -> StaffUser:
    # As to open each of them: nobody judges what they may not read.
    person = cast(StaffUser, request.user)
    if not person.has_perms([*READ, ACT]):
        raise PermissionDenied
    return person


def _deed(word: str) -> bulk.Deed:
    if word not in bulk.DEEDS:
        raise Http404("There is no such action for many at once")
    return bulk.DEEDS[word]


def _chosen(request: HttpRequest) -> list[tuple[int, int]]:
    """Key and version of each, as the list wrote them; what else was sent is left out."""
    pairs = [value.split("-") for value in request.POST.getlist("chosen")]
    numbers = {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2 and all(map(_is_number, pair))}
    return list(numbers.items())[: bulk.MOST]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _list(deed: bulk.Deed) -> str:
    return f"{reverse('admin:inquiries_inquiry_changelist')}?standing={STANDING[deed.status]}"


def _say(request: HttpRequest, result: bulk.Result, done: str) -> None:
    if result.changed:
        messages.success(request, f"{_number(len(result.changed))} {done}.")
    for refused in result.refused[:5]:
        messages.warning(request, refused)
    if len(result.refused) > 5:
        messages.warning(request, f"{_number(len(result.refused) - 5)} more were left alone for the same reason.")


def _number(count: int) -> str:
    return "1 inquiry" if count == 1 else f"{count} inquiries"
