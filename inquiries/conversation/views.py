"""The patient's page: read, write back, ask for something, leave. How one gets to it: entrance.py."""

from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import resolve

from inquiries import services
from inquiries.conversation import entrance, links, talk
from inquiries.conversation.entrance import redirect
from inquiries.conversation.forms import CodeForm, LostLinkForm, ReplyForm
from inquiries.conversation.posting import View, takes_forms
from inquiries.conversation.words import words
from inquiries.models import Link, Message

ASKED = [Message.Kind.COPY, Message.Kind.DELETION, Message.Kind.NO_ANSWER]


def inside(view: View) -> View:
    """For a view that only a browser gets to which has typed the code; half an hour more from each visit."""

    @takes_forms
    @wraps(view)
    def _view(request: HttpRequest, token: str, **named: str) -> HttpResponseBase:
        link = links.find(token)
        if link is None or not link.works:
            return entrance.gone(request, link)
        if not links.is_let_in(request, link):
            return _locked(request, link, token)
        try:
            response = view(request, link, token, **named)
        except services.Refused:  # erased since the link was found, and the link with it
            return entrance.gone(request, None)
        links.let_in(response, link)
        return response

    return _view


def _locked(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    if request.POST.get("message"):
        problem = words(link.inquiry.language)["ended"]
        return entrance.gate(request, link, token, problem=problem, status=HTTPStatus.FORBIDDEN)
    return entrance.gate(request, link, token)


@inside
def messages(request: HttpRequest, link: Link, token: str, done: str = "") -> HttpResponse:
    """The messages of one inquiry, and where it stands; after an action, what has been `done`."""
    response = talk.show(request, link.inquiry, done=done)
    # Not for a browser that looks ahead on its own: nobody may have seen that.
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        services.mark_opened(link.inquiry)
    return response


@inside
def write(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Write to the clinic again."""
    if request.method != "POST":
        return redirect("messages", token=token)
    form = ReplyForm(words(link.inquiry.language), request.POST)
    if not form.is_valid():
        status = HTTPStatus.BAD_REQUEST if form.trouble else HTTPStatus.OK
        return talk.show(request, link.inquiry, form, status=status)
    data = form.cleaned_data
    services.patient_writes(link.inquiry_id, text=data["message"], submission_key=data["submission_key"])
    return redirect("done", token=token, done="sent")


@inside
def ask(request: HttpRequest, link: Link, token: str, kind: str) -> HttpResponse:
    """Ask for a copy or for deletion, or say that no answer is needed: first what that means, then the button."""
    if kind not in ASKED:
        return unknown(request, kind)
    if request.method == "POST":
        services.patient_asks(link.inquiry_id, kind)
        return redirect("done", token=token, done=kind)
    said = words(link.inquiry.language)
    context = {
        "w": said, "token": token, "kind": kind,
        "what": said[kind], "how": said[f"{kind}_how"], "yes": said[f"{kind}_yes"],
    }  # fmt: skip
    return render(request, "conversation/ask.html", context)


@takes_forms
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Forget that this browser may read."""
    if request.method != "POST":
        return redirect("messages", token=token)
    link = links.find(token)
    response = render(request, "conversation/left.html", {"w": words(link.inquiry.language if link else "en")})
    links.leave(response)
    # The browser's back button must not show the messages from its memory.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@takes_forms
def lost(request: HttpRequest, language: str = "en") -> HttpResponse:
    """Ask for the link again. Nothing is looked up here, so neither text nor time tells whether there is one."""
    said = words(language)
    form = LostLinkForm(said, request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.ask_for_link(**form.cleaned_data)
        return redirect(f"asked{_ending(language)}")
    return _lost_page(request, form, language)


def asked(request: HttpRequest, language: str = "en") -> HttpResponse:
    """The same answer to everybody who asked for a link."""
    return render(request, "conversation/asked.html", {"w": words(language), "language": language})


def unknown(request: HttpRequest, anything: str) -> HttpResponse:
    """An address below this one that does not exist: as bare as the others."""
    return entrance.gone(request, None)


def _lost_page(
    request: HttpRequest, form: LostLinkForm, language: str, *, problem: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"w": words(language), "language": language, "form": form, "problem": problem}
    return render(request, "conversation/lost.html", context, status=status)


def _ending(language: str) -> str:
    return "_es" if language == "es" else ""


# --- When a form cannot be taken: inquiries/views.py asks these two ---------------------------------------------------


def expired(request: HttpRequest) -> HttpResponse:
    """A form whose token was missing or too old: the same page, with every word, and what to do."""
    match, status = resolve(request.path), HTTPStatus.FORBIDDEN
    if "token" not in match.kwargs:
        language = match.kwargs.get("language", "en")
        said = words(language)
        form = LostLinkForm(said, request.POST)
        return _lost_page(request, form, language, problem=said["stale_form"], status=status)
    token = match.kwargs["token"]
    link = links.find(token)
    if link is None or not link.works:
        return entrance.gone(request, link)
    said = words(link.inquiry.language)
    if links.is_let_in(request, link):
        form_again = ReplyForm(said, request.POST if request.POST.get("message") else None)
        return talk.show(request, link.inquiry, form_again, problem=said["stale_form"], status=status)
    if match.url_name == "code":
        return entrance.code_page(request, link, CodeForm(said), problem=said["stale_form"], status=status)
    return entrance.gate(request, link, token, problem=said["stale_form"], status=status)


def unavailable(request: HttpRequest) -> HttpResponse:
    """A fault of ours. Asks the database for nothing: that may be what is away."""
    match, status = resolve(request.path), HTTPStatus.SERVICE_UNAVAILABLE
    token = match.kwargs.get("token", "")
    said = words(request.POST.get("language", match.kwargs.get("language", "en")))
    if request.method == "POST" and not token:
        form = LostLinkForm(said, request.POST)
        return _lost_page(request, form, said["lang"], problem=said["unavailable_how"], status=status)
    form_again = ReplyForm(said, request.POST) if request.POST.get("message") else None
    context = {"w": said, "token": token, "form": form_again}
    return render(request, "conversation/unavailable.html", context, status=status)
