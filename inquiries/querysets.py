"""Every question we ask about inquiries, named as the front desk says it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, Func, OuterRef
from django.db.models.functions import Right
from django.utils import timezone

if TYPE_CHECKING:
    from post_office.models import Email

    from clinic.staff.models import StaffUser
    from inquiries.models import Inquiry

# Urgent, and in nobody's hands by their own word. What is quarantined is not urgent, what is done is over.
UNACKNOWLEDGED = models.Q(
    urgency__in=["crisis", "emergency"], acknowledged_at__isnull=True, status__in=["new", "open", "waiting"]
)
# Urgent and not over, whoever deals with it.
URGENT = models.Q(urgency__in=["crisis", "emergency"], status__in=["new", "open", "waiting"])
# Whom we turn to next, everywhere: an urgent one that nobody has acknowledged, then what is overdue longest or due
# soonest; of two with one due time, the one that has waited longest.
ORDER = ("-pinned", "due_at", "pk")

# Of a phone number as typed: its last ten digits, however it was grouped and whether the country was typed or not.
PHONE_DIGITS = Right(
    Func(models.F("phone"), models.Value(r"\D"), models.Value(""), models.Value("g"), function="regexp_replace"), 10
)
FEW = 5_000


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """Inquiries, filtered in the desk's words."""

    def waits_for_us(self) -> "InquiryQuerySet":
        """The clinic owes the next step."""
        return self.filter(status__in=["new", "open"])

    def waits_on_patient(self) -> "InquiryQuerySet":
        """Answered or asked back; the patient has the next step."""
        return self.filter(status="waiting")

    def unassigned(self) -> "InquiryQuerySet":
        """Nobody has taken it yet."""
        return self.filter(status="new")

    def ownerless(self) -> "InquiryQuerySet":
        """Not over, and nobody has it: unassigned, or suspected spam."""
        # That none of them is closed is said so that the database need not look through all that are.
        return self.filter(status__in=["new", "quarantined"], closed_at=None)

    def owned_by(self, person: "StaffUser") -> "InquiryQuerySet":
        """What this person has taken and not closed."""
        return self.filter(status__in=["open", "waiting"], owner=person)

    def quarantined(self) -> "InquiryQuerySet":
        """Suspected spam that somebody should look at."""
        return self.filter(status="quarantined")

    def done(self) -> "InquiryQuerySet":
        """Closed, with an outcome."""
        return self.filter(status="done")

    def alike(self, inquiry: "Inquiry") -> "InquiryQuerySet":
        """The same words from the same person, sent with another form within a week before or after."""
        if inquiry.likeness is None:
            return self.none()  # asked for by an empty digest, the database would find every row without one
        week = timedelta(days=7)
        near = self.filter(
            likeness=inquiry.likeness, received_at__range=(inquiry.received_at - week, inquiry.received_at + week)
        )
        return near.filter(sample=inquiry.sample).exclude(pk=inquiry.pk).order_by("received_at", "pk")

    def unacknowledged(self) -> "InquiryQuerySet":
        """Urgent, and nobody has said that they are dealing with it."""
        return self.filter(UNACKNOWLEDGED)

    def urgent(self) -> "InquiryQuerySet":
        """A crisis or an emergency that is not over, whoever deals with it."""
        return self.filter(URGENT)

    def overdue(self, now: datetime | None = None) -> "InquiryQuerySet":
        """The clinic owes the next step, and the promised time has passed."""
        return self.waits_for_us().filter(due_at__lt=now or timezone.now())

    def due_between(self, since: datetime, until: datetime) -> "InquiryQuerySet":
        """The clinic owes the next step at or after `since` and before `until`."""
        return self.waits_for_us().filter(due_at__gte=since, due_at__lt=until)

    def due_soon(self, now: datetime | None = None) -> "InquiryQuerySet":
        """Due within the hour, and not overdue yet."""
        now = now or timezone.now()
        return self.due_between(now, now + timedelta(hours=1))

    def in_order(self) -> "InquiryQuerySet":
        """As the desk works: the first is the next to take."""
        return self.order_by(*ORDER)

    def told_by(self, emails: "models.QuerySet[Email]") -> "InquiryQuerySet":
        """Those that any of the emails is about."""
        return self.filter(pk__in=emails.filter(notice__isnull=False).values("notice__inquiry"))

    def flagged(self, kind: str) -> "InquiryQuerySet":
        """Screening found this kind of thing in what the person wrote."""
        from inquiries.models import Finding  # here, because the models import this file

        found = Finding.objects.filter(kind=kind).order_by()
        few = set(found.values_list("inquiry", flat=True)[: FEW + 1])
        # Few are fetched by their keys: to meet them in the list's order would take a walk through most of it. Of many,
        # the list soon has a page full; to collect them all first would take a second at a million inquiries.
        return self.filter(pk__in=few) if len(few) <= FEW else self.filter(Exists(found.filter(inquiry=OuterRef("pk"))))

    def with_flags(self) -> "InquiryQuerySet":
        """Each with `flags`: the kinds of what screening found in it, once each."""
        from inquiries.models import Finding  # here, because the models import this file

        kinds = Finding.objects.filter(inquiry=OuterRef("pk")).order_by("kind").values("kind").distinct()
        return self.annotate(flags=ArraySubquery(kinds))

    def received_between(self, since: datetime | None, until: datetime | None) -> "InquiryQuerySet":
        """Received at or after `since` and before `until`; either may be left open."""
        found = self
        if since:
            # Nothing is due before it came. Said to the database, it need not walk past older ones in order of due.
            found = found.filter(received_at__gte=since, due_at__gte=since)
        return found.filter(received_at__lt=until) if until else found
