"""The other inquiries that an inquiry's page leads to, found in one query however many there are."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Lower

from inquiries.models import Inquiry, Status, Topic
from inquiries.querysets import PHONE_DIGITS, InquiryQuerySet

MOST = 5  # of one person's many messages, the newest say enough
# Fewer digits than this are an extension or a slip, and would tie strangers together.
LEAST_DIGITS = 7
SHOWN = ("why", "pk", "reference", "received_at", "status", "topic")


@dataclass(frozen=True)
class Other:
    """As much of another inquiry as a link to it says."""

    pk: int
    reference: str
    received_at: datetime
    status: Status
    topic: Topic


@dataclass
class Related:
    """What stands beside an inquiry."""

    previous: Other | None = None
    next: Other | None = None
    linked: list[tuple[str, Other]] = field(default_factory=list)
    same_person: list[Other] = field(default_factory=list)
    more_of_same_person: bool = False


def related(inquiry: Inquiry) -> Related:
    """The next and the previous one in the queue, those sent with the same form or the same words, and the person's."""
    found: dict[str, list[Other]] = {}
    first, *rest = [_labelled(name, queryset) for name, queryset in _questions(inquiry)]
    for row in first.union(*rest, all=True):
        other = Other(row["pk"], row["reference"], row["received_at"], Status(row["status"]), Topic(row["topic"]))
        found.setdefault(row["why"], []).append(other)
    linked = [("Sent with the same form, then changed", other) for other in found.get("follows", [])]
    linked += [("Sent after it, with the same form", other) for other in found.get("followed_by", [])]
    linked += [("The same words from the same person", other) for other in found.get("alike", [])]
    known = {other.pk for _, other in linked}
    person = {other.pk: other for why in ("email", "phone") for other in found.get(why, []) if other.pk not in known}
    newest = sorted(person.values(), key=lambda other: other.received_at, reverse=True)
    return Related(
        previous=next(iter(found.get("before", []) + found.get("before_pinned", [])), None),
        next=next(iter(found.get("after", []) + found.get("after_pinned", [])), None),
        linked=linked,
        same_person=newest[:MOST],
        more_of_same_person=len(newest) > MOST,
    )


def of_same_person(inquiry: Inquiry) -> InquiryQuerySet:
    """This inquiry and every other from its email address, from its phone, or sent with the same form; newest first.

    Two people may share a phone, and one may use two addresses: whoever acts on them looks at each.
    """
    every = Inquiry.objects.filter(sample=inquiry.sample)
    ways = [every.filter(followed_by=inquiry), every.filter(follows=inquiry)]
    if inquiry.email:
        ways.append(every.alias(address=Lower("email")).filter(~Q(email=""), address=inquiry.email.lower()))
    digits = _digits(inquiry)
    if len(digits) >= LEAST_DIGITS:
        ways.append(every.alias(digits=PHONE_DIGITS).filter(~Q(phone=""), digits=digits))
    # One after the other, each by its index. All in one condition would read the whole table.
    found = {number for way in ways for number in way.order_by().values_list("pk", flat=True)}
    same: InquiryQuerySet = Inquiry.objects.filter(pk__in=found | {inquiry.pk})
    return same.order_by("-received_at", "-pk")


def _digits(inquiry: Inquiry) -> str:
    """The last ten of the phone number, as PHONE_DIGITS."""
    return "".join(re.findall("[0-9]", inquiry.phone))[-10:]


def _questions(inquiry: Inquiry) -> list[tuple[str, InquiryQuerySet]]:
    """Each with its name, in its order and cut to what is shown; every one reads an index."""
    beside = _beside_in_queue(inquiry)
    others = Inquiry.objects.filter(sample=inquiry.sample).exclude(pk=inquiry.pk)
    newest = others.order_by("-received_at")
    digits = _digits(inquiry)
    asked = [
        ("follows", others.filter(followed_by=inquiry)),
        ("followed_by", others.filter(follows=inquiry)[:MOST]),
        ("alike", Inquiry.objects.alike(inquiry)[:MOST]),
    ]
    # Not equal to an empty text, said once more: only then does the database use the index that leaves those out.
    if inquiry.email:
        mine = newest.alias(address=Lower("email")).filter(~Q(email=""), address=inquiry.email.lower())
        asked.append(("email", mine[: MOST + MOST]))
    if len(digits) >= LEAST_DIGITS:
        asked.append(("phone", newest.alias(digits=PHONE_DIGITS).filter(~Q(phone=""), digits=digits)[: MOST + MOST]))
    return [*beside, *asked]


def _beside_in_queue(inquiry: Inquiry) -> list[tuple[str, InquiryQuerySet]]:
    """The neighbours in the desk's order; of one that is not in the queue, those around its due time."""
    queue = Inquiry.objects.waits_for_us().exclude(pk=inquiry.pk)
    alike = queue.filter(pinned=inquiry.pinned)
    later = alike.filter(due_at__gte=inquiry.due_at).filter(Q(due_at__gt=inquiry.due_at) | Q(pk__gt=inquiry.pk))
    sooner = alike.filter(due_at__lte=inquiry.due_at).filter(Q(due_at__lt=inquiry.due_at) | Q(pk__lt=inquiry.pk))
    beside = [("after", later.in_order()[:1]), ("before", sooner.in_order().reverse()[:1])]
    if inquiry.pinned:
        return [*beside, ("after_pinned", queue.filter(pinned=False).in_order()[:1])]
    return [*beside, ("before_pinned", queue.filter(pinned=True).in_order().reverse()[:1])]


def _labelled(name: str, queryset: InquiryQuerySet) -> "QuerySet[Any, dict[str, Any]]":
    labelled: QuerySet[Any, dict[str, Any]] = queryset.annotate(why=Value(name, CharField())).values(*SHOWN)
    return labelled
