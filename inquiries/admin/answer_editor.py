"""One prepared answer: write it, see how it reads, approve it, retire it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from clinic.numbers import whole
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import answers
from inquiries.admin.answer_forms import AnswerForm, ChangeForm, NewAnswerForm
from inquiries.changes import Refused, Stale
from inquiries.models import Answer, AnswerVersion, Inquiry, Language

if TYPE_CHECKING:
    from inquiries.admin.answers import AnswerAdmin

INVALID, CONFLICT = 422, 409


class Action(NamedTuple):
    """Something that can be done to an answer: its service, its button, who may do it, and when it is offered."""

    service: Callable[..., Answer]
    label: str
    permission: str
    offered: Callable[[Answer, AnswerVersion], bool]


# In the order of the buttons.
ACTIONS = {
    "approve": Action(
        answers.approve,
        "Approve this text",
        "approve_answer",
        lambda answer, newest: answer.retired_at is None and newest.approved_at is None,
    ),
    "bring-back": Action(
        answers.bring_back, "Bring it back", "change_answer", lambda answer, newest: answer.retired_at is not None
    ),
    "retire": Action(answers.retire, "Retire it", "change_answer", lambda answer, newest: answer.retired_at is None),
}


def add(desk: "AnswerAdmin", request: HttpRequest) -> HttpResponse:
    """Write a new answer: its first draft."""
    if not desk.has_add_permission(request):
        raise PermissionDenied
    form = NewAnswerForm(request.POST or None)
    if request.method != "POST" or "preview" in request.POST:
        return _page(desk, request, None, form)
    if form.is_valid():
        try:
            answer = answers.create(**form.cleaned_data, by=_person(request))
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            messages.success(request, "Saved. It is offered once a clinician has approved it.")
            return _back(answer)
    return _page(desk, request, None, form, status=INVALID)


def edit(desk: "AnswerAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Show one answer with all that can be done; a POST saves what was typed, or shows how it would read."""
    posted = request.method == "POST"
    if not (desk.has_change_permission(request) if posted else desk.has_view_permission(request)):
        raise PermissionDenied
    answer = get_object_or_404(Answer, pk=whole(object_id))
    if not posted:
        return _page(desk, request, answer)
    form = ChangeForm(request.POST)
    if "preview" in request.POST:
        return _page(desk, request, answer, form)
    if not form.is_valid():
        return _page(desk, request, answer, form, status=INVALID)
    try:
        answers.save(answer.pk, **form.cleaned_data, by=_person(request))
    except Stale as refused:
        return _conflict(desk, request, answer, form, str(refused))
    except Refused as refused:
        messages.error(request, f"Not saved. {refused}")
        return _page(desk, request, answer, form, status=INVALID)
    except ValidationError as error:
        form.add_error("name", error.messages)
        return _page(desk, request, answer, form, status=INVALID)
    messages.success(request, "Saved. A new text is offered once a clinician has approved it.")
    return _back(answer)


def act(desk: "AnswerAdmin", request: HttpRequest, answer_id: int, name: str) -> HttpResponse:
    """Make one change through its service, which knows who may; a refused one says why and changes nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    answer = get_object_or_404(Answer, pk=answer_id)
    if name not in ACTIONS:
        raise Http404("There is no such action")
    seen = whole(request.POST.get("seen", "")) or 0
    try:
        ACTIONS[name].service(answer_id, by=_person(request), seen=seen)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{ACTIONS[name].label}: done.")
    return _back(answer)


def _conflict(desk: "AnswerAdmin", request: HttpRequest, answer: Answer, form: ChangeForm, reason: str) -> HttpResponse:
    """What was typed, unsaved, beside what somebody else saved meanwhile; saving once more puts it on top."""
    again = request.POST.copy()
    again["seen"] = str(answer.revision)
    form.data = again
    messages.error(request, f"Not saved. {reason} Your text is below, unsaved.")
    return _page(desk, request, answer, form, status=CONFLICT)


def _page(
    desk: "AnswerAdmin", request: HttpRequest, answer: Answer | None, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    person = _person(request)
    versions = list(answer.versions.select_related("author", "approved_by")) if answer else []
    if answer and form is None:
        kept = {"name": answer.name, "topic": answer.topic, "text": versions[0].text, "seen": answer.revision}
        form = ChangeForm(initial=kept)
    context = {
        **desk.admin_site.each_context(request),
        "title": answer.name if answer else "New prepared answer",
        "opts": desk.opts,
        "media": desk.media,
        "original": answer,  # Unfold's heading names it
        "answer": answer,
        "form": form,
        "practice": Practice.objects.recent(),
        "variables": [(f"{{{name}}}", variable.meaning) for name, variable in answers.VARIABLES.items()],
        "example": _example(form, answer),
        "versions": versions,
        "offered": next((version for version in versions if version.approved_at), None),
        "theirs": status == CONFLICT,
        "may_write": person.has_perm("inquiries.change_answer" if answer else "inquiries.add_answer"),
        "actions": _offered(answer, versions[0], person) if answer else [],
    }
    return TemplateResponse(request, "admin/inquiries/answer/editor.html", context, status=status)


def _offered(answer: Answer, newest: AnswerVersion, person: StaffUser) -> list[dict[str, str]]:
    """The buttons of what this person may do now."""
    return [
        {"label": action.label, "url": reverse("admin:inquiries_answer_action", args=[answer.pk, name])}
        for name, action in ACTIONS.items()
        if person.has_perm(f"inquiries.{action.permission}") and action.offered(answer, newest)
    ]


def _example(form: AnswerForm | None, answer: Answer | None) -> answers.Filled:
    """How the text reads to a made-up person."""
    language = answer.language if answer else form["language"].value() if form else Language.ENGLISH
    due = timezone.now() + timedelta(days=1)
    inquiry = Inquiry(name="Ada Example", reference="EXAMPLE-1", language=language, due_at=due)
    text = answers.clean(str(form["text"].value() or "")) if form else ""
    return answers.fill(AnswerVersion(text=text), inquiry, Practice.objects.recent())


def _back(answer: Answer) -> HttpResponse:
    return redirect(reverse("admin:inquiries_answer_change", args=[answer.pk]))


def _person(request: HttpRequest) -> StaffUser:
    return cast(StaffUser, request.user)
