"""The way in: the link's bare page, the code, and what is shown when a link leads nowhere."""

from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import notices
from inquiries.conversation import links, talk
from inquiries.conversation.forms import CodeForm, ReplyForm
from inquiries.conversation.posting import takes_forms
from inquiries.conversation.words import words
from inquiries.models import Code, Link
from inquiries.models.link import MOST_TRIES


@takes_forms
def send_code(request: HttpRequest, token: str) -> HttpResponse:
    """Send a code to the address on file, to be typed in the browser that asked for it."""
    link = links.find(token)
    if link is None or not link.works:
        return gone(request, link)
    if request.method != "POST":
        return redirect("messages", token=token)
    if links.is_let_in(request, link):
        return _inside(request, link, token)
    try:
        with transaction.atomic():
            code = links.new_code(link)
            notices.promise_code(code, Practice.objects.current())
    except Link.DoesNotExist:  # erased since it was found
        return gone(request, None)
    except links.TooManyCodes as error:
        until = talk.moment(error.until, link.inquiry.language, Practice.objects.current())
        problem = words(link.inquiry.language)["too_many"].format(until=until)
        response = gate(request, link, token, problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(int((error.until - timezone.now()).total_seconds()) + 1)
        return response
    response = redirect("code", token=token, signed=links.sign_code(code))
    if request.POST.get("message"):
        # The browser sends the form on as it is, so that the text travels without being kept anywhere.
        response.status_code = HTTPStatus.TEMPORARY_REDIRECT
    return response


@takes_forms
def code(request: HttpRequest, token: str, signed: str) -> HttpResponse:
    """Type the code. Only a post with all six digits counts as a try, so a mail scanner uses up nothing."""
    link = links.find(token)
    if link is None or not link.works:
        return gone(request, link)
    if links.is_let_in(request, link):
        return _inside(request, link, token)  # the button was pressed twice
    sent = links.find_code(link, signed)
    if sent is None:
        return gate(request, link, token)
    said = words(link.inquiry.language)
    form = CodeForm(said, request.POST if "code" in request.POST else None)
    if not links.is_alive(sent):
        return code_page(request, link, CodeForm(said), problem=said[f"code_{_why_not(sent)}"], alive=False)
    if not form.is_valid():
        return code_page(request, link, form)
    if links.try_code(sent, form.cleaned_data["code"]):
        return _inside(request, link, token)
    sent.refresh_from_db()
    if not links.is_alive(sent):
        return code_page(request, link, CodeForm(said), problem=said[f"code_{_why_not(sent)}"], alive=False)
    left = MOST_TRIES - sent.wrong_tries
    form.add_error("code", said["code_wrong"].format(left=left) if left > 1 else said["code_wrong_last"])
    return code_page(request, link, form)


def _why_not(sent: Code) -> str:
    if sent.used_at:
        return "used"
    return "locked" if sent.wrong_tries >= MOST_TRIES else "expired"


def _inside(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """On to the messages; with what the person had typed when the half hour ended, in the box."""
    if request.POST.get("message"):
        said = words(link.inquiry.language)
        response = talk.show(request, link.inquiry, ReplyForm(said, request.POST), notice=said["not_sent_yet"])
    else:
        response = redirect("messages", token=token)
    links.let_in(response, link)
    return response


# --- The pages --------------------------------------------------------------------------------------------------------


def gate(
    request: HttpRequest, link: Link, token: str, *, problem: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """The clinic's name and a button; what was typed before travels with it."""
    context = {"w": words(link.inquiry.language), "token": token, "problem": problem}
    return render(request, "conversation/gate.html", context, status=status)


def code_page(
    request: HttpRequest,
    link: Link,
    form: CodeForm,
    *,
    problem: str = "",
    alive: bool = True,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Where the code is typed; when this one is dead, a button for the next."""
    assert request.resolver_match is not None
    context = {
        "w": words(link.inquiry.language),
        "token": request.resolver_match.kwargs["token"],
        "form": form,
        "problem": problem,
        "alive": alive,
    }
    return render(request, "conversation/code.html", context, status=status)


def gone(request: HttpRequest, link: Link | None) -> HttpResponse:
    """A link that leads nowhere, and the ways on. What was typed is shown once more, to be copied."""
    if link is None:
        why, status = "gone_unknown", HTTPStatus.NOT_FOUND
    else:
        why, status = "gone_replaced" if link.replaced_at else "gone_expired", HTTPStatus.GONE
    said = words(link.inquiry.language if link else request.POST.get("language", "en"))
    context = {"w": said, "why": said[why], "typed": request.POST.get("message", "")}
    return render(request, "conversation/gone.html", context, status=status)


def redirect(name: str, **named: str) -> HttpResponse:
    """On to another of these pages, with a GET."""
    return HttpResponseRedirect(reverse(f"conversation:{name}", kwargs=named), status=HTTPStatus.SEE_OTHER)
