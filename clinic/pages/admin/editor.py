"""One page on the desk: write it, see how it stands, do the next thing."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from clinic.numbers import whole
from clinic.pages import pictures, reviews, services
from clinic.pages.admin import actions
from clinic.pages.admin.actions import person
from clinic.pages.admin.forms import ActionForm, NewPageForm, RestoreForm, TextForm
from clinic.pages.blocks import BLOCKS
from clinic.pages.differences import differences
from clinic.pages.models import Page, Reference, Text, Version
from clinic.pages.standing import Standing, standing
from clinic.practice.models import Practice

if TYPE_CHECKING:
    from clinic.pages.admin.pages import PageAdmin


def add(desk: "PageAdmin", request: HttpRequest) -> HttpResponse:
    """Write a new page: its first draft."""
    if not desk.has_add_permission(request):
        raise PermissionDenied
    form = NewPageForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            version = services.create(
                slug=form.cleaned_data["slug"], text=form.text(), note=form.cleaned_data["note"], by=person(request)
            )
        except ValidationError as error:
            form.add_error(None, [*error.messages])
        else:
            messages.success(request, "Saved as a draft. Readers do not see it before it is approved and published.")
            return _back(version.page_id)
    context = {
        **_context(desk, request, "New page"),
        "form": form,
        "preview_url": reverse("admin:pages_page_preview_new"),
    }
    return _answer(request, context, refused=form.is_bound)


def edit(desk: "PageAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Show one page with all that can be done; a POST saves the text as a draft."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    page = get_object_or_404(Page, pk=whole(object_id))
    if request.method != "POST":
        return _show(desk, request, page)
    form = TextForm(request.POST)
    if not form.is_valid():
        return _show(desk, request, page, text_form=form)
    try:
        version = services.save_draft(
            page.pk,
            text=form.text(),
            note=form.cleaned_data["note"],
            by=person(request),
            seen=form.cleaned_data["seen"],
        )
    except services.Refused as refused:
        return _refuse_text(desk, request, page, form, str(refused))
    messages.success(request, f"Saved as version {version.number}, a draft. Readers do not see it yet.")
    return _back(page.pk)


def act(desk: "PageAdmin", request: HttpRequest, page_id: int, name: str) -> HttpResponse:
    """Make one change through its service, which knows who may; refused ones say why and change nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    page = get_object_or_404(Page, pk=page_id)
    if name not in actions.ACTIONS:
        raise Http404("There is no such action")
    action = actions.ACTIONS[name]
    if not desk.has_view_permission(request):
        raise PermissionDenied
    form = action.form(request.POST, prefix=name)
    if not form.is_valid():
        return _show(desk, request, page, action_form=form)
    try:
        version = action.service(page_id, by=person(request), **form.cleaned_data)
    except Version.DoesNotExist as error:
        raise Http404("There is no such version") from error
    except services.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{action.label}: done. {version} is now “{version.get_state_display()}”.")
    return _back(page_id)


def _back(page_id: int) -> HttpResponse:
    return redirect(reverse("admin:pages_page_change", args=[page_id]))


def _refuse_text(desk: "PageAdmin", request: HttpRequest, page: Page, form: TextForm, reason: str) -> HttpResponse:
    """Show what was typed again, beside what somebody else saved meanwhile; saving once more puts it on top."""
    now = standing(page)
    stale = form.cleaned_data["seen"] != now.token
    form.data = {**form.data.dict(), "seen": now.token}  # type: ignore[attr-defined]  # what a POST gives is a QueryDict
    messages.error(request, f"Not saved. {reason}{' Your text is below, unsaved.' if stale else ''}")
    other = now.open or now.public
    mine = Version(**form.text())
    return _show(desk, request, page, text_form=form, theirs=differences(other, mine) if stale and other else [])


def _show(
    desk: "PageAdmin",
    request: HttpRequest,
    page: Page,
    *,
    text_form: TextForm | None = None,
    action_form: ActionForm | None = None,
    theirs: Any = (),
) -> HttpResponse:
    now = standing(page)
    offered = actions.offered(person(request), page, now, action_form)
    shown = now.open or now.public or page.versions.first() or page
    context = {
        **_context(desk, request, page.title),
        "page": page,
        "original": page,  # Unfold's heading names it
        "standing": now,
        "is_overdue": page.published and reviews.is_overdue(page),
        "review_words": reviews.in_words(page),
        "form": text_form or TextForm(initial=_initial(shown, now)),
        "theirs": theirs,
        "errors": shown.render().errors if now.open else [],
        "actions": offered,
        "has_asides": any(action["aside"] for action in offered),
        "aside_refused": any(action["aside"] and action["form"].errors for action in offered),
        "versions": _versions(request, page, now),
        "preview_url": reverse("admin:pages_page_preview", args=[page.pk]),
        "may_delete": desk.has_delete_permission(request, page),
    }
    return _answer(request, context, refused=bool(text_form or action_form))


def _initial(text: Text, now: Standing) -> dict[str, Any]:
    return {**text.text(), "related": ", ".join(text.related), "seen": now.token}


def _context(desk: "PageAdmin", request: HttpRequest, title: str) -> dict[str, Any]:
    return {
        **desk.admin_site.each_context(request),
        "title": title,
        "opts": desk.opts,
        "media": desk.media,
        "practice": Practice.objects.recent(),
        "may_write": request.user.has_perm("pages.change_page"),
        "blocks": [name for name in BLOCKS if name != "picture"],
        "pictures": pictures.NAMES,
        "references": Reference.objects.only("key", "authors", "year", "title"),
    }


def _answer(request: HttpRequest, context: dict[str, Any], *, refused: bool) -> HttpResponse:
    return TemplateResponse(request, "admin/pages/page/editor.html", context, status=422 if refused else 200)


def _versions(request: HttpRequest, page: Page, now: Standing) -> list[dict[str, Any]]:
    """Every version with what can be done with it, newest first."""
    people = ("author", "approved_by", "published_by", "closed_by")
    may_restore = request.user.has_perm("pages.change_page")
    current = {version.pk for version in (now.open, now.public) if version}
    return [
        {
            "version": version,
            "restore": RestoreForm(
                prefix="restore", auto_id=False, initial={"seen": now.token, "number": version.number}
            )
            if may_restore and version.pk not in current
            else None,
        }
        for version in page.versions.select_related(*people).defer("body")
    ]
