"""Request in, page out. Nothing here talks to a mail server, and nothing here can lose what was typed."""

import logging
from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.core.signing import BadSignature, Signer
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.views import csrf
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from django.views.defaults import bad_request, permission_denied
from django.views.defaults import server_error as plain_server_error

from clinic.network import network_of
from clinic.practice import clock
from clinic.practice.context import remember
from clinic.practice.models import Practice
from inquiries import access, blank_form, reading, services
from inquiries.conversation import views as conversation
from inquiries.conversation.words import words
from inquiries.forms import InquiryForm
from inquiries.models import Inquiry, Language, Urgency

logger = logging.getLogger(__name__)

# The receipt's address is signed: a reference read over somebody's shoulder must not open it.
_receipt = Signer(salt="inquiries.receipt")

EXPIRED = (
    "We have not received your message, because this page had been open for too long or your browser did not keep a "
    "cookie. Everything you wrote is still here. Select “Send my question” again. If this page comes back, allow "
    "cookies for this site, or call us{phone}."
)
UNAVAILABLE = (
    "We could not make sure that your message was saved, so please take it as not received. Everything you wrote is "
    "still here. Wait a minute, then select “Send my question” again, or call us. We keep it once, however often you "
    "send it."
)

RECEIPTS = {Language.ENGLISH: "inquiries/receipt.html", Language.SPANISH: "inquiries/receipt.es.html"}

# A form's fields, and Django's own that shows where it came from.
FIELDS = [*InquiryForm.base_fields, "csrfmiddlewaretoken"]


# The token is not checked here but below, in _take: before the body has been read with care, Django would read it and
# answer an unusual one with an error page.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask the clinic a question."""
    if request.method != "POST":
        return _private(HttpResponse(blank_form.page(request)))
    request.POST = reading.read(request, FIELDS)  # type: ignore[assignment]  # ours is mutable; nobody changes it
    return _take(request)


@csrf_protect
def _take(request: HttpRequest) -> HttpResponse:
    form = InquiryForm(request.POST)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.BAD_REQUEST if form.trouble else HTTPStatus.OK)
    try:
        inquiry = services.submit(**form.said(), clues=form.clues(network_of(request)))
    except services.NoRoom:
        logger.warning("A message came during a flood and was not kept; its sender was told so")
        return _unavailable(request, form)
    except DatabaseError:
        logger.exception("A message could not be saved; its sender was told so")
        return _unavailable(request, form)
    response = HttpResponse(status=HTTPStatus.SEE_OTHER)
    response.headers["Location"] = reverse("inquiries:received", args=[_receipt.sign(inquiry.reference)])
    return _private(response)


@require_safe
def received(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt: what we promised, and help first when the message was urgent. Reloading it changes nothing."""
    try:
        reference = _receipt.unsign(token)
        inquiry = Inquiry.objects.only("reference", "due_at", "urgency", "language").get(reference=reference)
    except (BadSignature, Inquiry.DoesNotExist) as error:
        raise Http404("There is no such receipt") from error
    context = {
        "reference": inquiry.reference,
        "due_at": inquiry.due_at,
        "due_words": clock.in_words(inquiry.due_at, Practice.objects.current(), language=inquiry.language),
        "urgent": inquiry.urgency != Urgency.ROUTINE,
        "w": words(inquiry.language),
    }
    return _private(render(request, RECEIPTS[Language(inquiry.language)], context))


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token was missing or too old: the same form, with every word, and what to do."""
    if request.path.startswith(reverse("conversation:lost")):
        return conversation.expired(request)
    if request.path != reverse("inquiries:contact"):
        return csrf.csrf_failure(request, reason=reason)
    phone = remember().phone
    form = InquiryForm(request.POST)
    form.add_error(None, EXPIRED.format(phone=f" at {phone.as_national}" if phone else ""))
    return _page(request, form, HTTPStatus.FORBIDDEN)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Whatever said no to a person on the desk, a view of ours or Django's admin: it is written down, here only."""
    if request.path.startswith(reverse("admin:index")) and request.user.is_authenticated:
        access.record_refusal(request)
    return permission_denied(request, exception)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What nothing can be made of: a page that says where to go on; to who asks for another host, one line."""
    if isinstance(exception, DisallowedHost):
        return HttpResponseBadRequest("This server does not answer to that name.", content_type="text/plain")
    return bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: where patients write, their words come back; elsewhere a page with the phone number."""
    try:
        if request.method == "POST" and request.path == reverse("inquiries:contact"):
            return _unavailable(request, InquiryForm(request.POST))
        if request.path.startswith(reverse("conversation:lost")):
            return conversation.unavailable(request)
        return _private(render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR))
    except Exception:  # the fault may be in the form or the templates themselves
        logger.exception("The page for a fault failed too")
        return plain_server_error(request)


def _page(request: HttpRequest, form: InquiryForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return _private(render(request, blank_form.TEMPLATE, {"form": form}, status=status))


def _unavailable(request: HttpRequest, form: InquiryForm) -> HttpResponse:
    form.add_error(None, UNAVAILABLE)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return _private(render(request, "inquiries/unavailable.html", {"form": form}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    # On a shared computer the back button must not show what somebody wrote.
    response.headers["Cache-Control"] = "no-store"
    return response
