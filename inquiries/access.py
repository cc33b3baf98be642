"""The access log: who looked at patients' data, when and from where. docs/decisions/0012 says why."""

from typing import cast

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from clinic.network import address_of
from clinic.numbers import whole
from clinic.staff.models import StaffUser
from inquiries.models import Access, Inquiry

PERIOD = 5 * 60  # seconds; the same deed again within them adds no row
# Each is cut to what its column holds: a row that is too long for the log must not keep somebody from their work.
PLACE_LENGTH, REASON_LENGTH = 80, 300


def record(request: HttpRequest, deed: Access.Deed, inquiry: Inquiry | None = None, reason: str = "") -> None:
    """Write down that the signed-in person does this here. Call it before anything is shown.

    One statement, one row for each person, deed, inquiry, page and reason in five minutes. Nothing of the request's
    words is kept: a query string holds what was searched for. Raises django.db.Error, and then the page must not be
    shown: what cannot be recorded stays closed.
    """
    now, address, place = timezone.now(), address_of(request), request.resolver_match
    row = Access(
        person=cast(StaffUser, request.user),
        deed=deed,
        inquiry=inquiry,
        at=now,
        period=int(now.timestamp()) // PERIOD,
        network=str(address).partition("%")[0] if address else None,  # the database knows no zones of addresses
        place=place.view_name[:PLACE_LENGTH] if place else "",
        reason=reason.strip()[:REASON_LENGTH],
    )
    Access.objects.bulk_create([row], ignore_conflicts=True)


def record_refusal(request: HttpRequest) -> None:
    """The same for a page that refused this person, with the inquiry that its address names, if it names one."""
    place = request.resolver_match
    inquiry = None
    if place and place.view_name.startswith("admin:inquiries_inquiry_"):
        named = str(place.kwargs.get("inquiry_id", place.kwargs.get("object_id", "")))
        inquiry = Inquiry.objects.filter(Q(reference=named) | Q(pk=whole(named))).only("pk").first()
    record(request, Access.Deed.REFUSED, inquiry)
