"""The access log: who looked at patients' data, when and from where. docs/decisions/0012 says why."""

from datetime import datetime
from typing import TypedDict, cast

from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from clinic.network import address_of
from clinic.staff.models import StaffUser
from inquiries.models import Access, Inquiry

PERIOD = 5 * 60  # seconds; the same deed again within them adds no row
# Each is cut to what its column holds: a row that is too long for the log must not keep somebody from their work.
PLACE_LENGTH, REASON_LENGTH = 80, 300


class Looked(TypedDict):
    """Who opened an inquiry, and when last."""

    person: str
    at: datetime


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


def recent(inquiry: Inquiry, most: int = 10) -> list[Looked]:
    """Who has opened this inquiry, each person once, the last one first."""
    opened = Access.objects.filter(inquiry=inquiry, deed=Access.Deed.OPENED)
    last = opened.order_by().values("person").annotate(last=Max("at")).order_by("-last")[:most]
    times = {row["person"]: row["last"] for row in last}
    people = StaffUser.objects.in_bulk(times)
    return [{"person": str(people[pk]), "at": at} for pk, at in times.items()]
