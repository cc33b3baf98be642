"""Every question we ask about inquiries, named as the front desk says it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Func
from django.db.models.functions import Right

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
        return self.filter(status__in=["new", "quarantined"])

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

    def in_order(self) -> "InquiryQuerySet":
        """As the desk works: the first is the next to take."""
        return self.order_by(*ORDER)

    def told_by(self, emails: "models.QuerySet[Email]") -> "InquiryQuerySet":
        """Those that any of the emails is about."""
        return self.filter(pk__in=emails.filter(notice__isnull=False).values("notice__inquiry"))

    def flagged(self, kind: str) -> "InquiryQuerySet":
        """Screening found this kind of thing in what the person wrote."""
        found = self.model._meta.get_field("findings").related_model
        return self.filter(pk__in=found.objects.filter(kind=kind).values("inquiry"))

    def received_between(self, since: datetime | None, until: datetime | None) -> "InquiryQuerySet":
        """Received at or after `since` and before `until`; either may be left open."""
        found = self
        if since:
            # Nothing is due before it came. Said to the database, it need not walk past older ones in order of due.
            found = found.filter(received_at__gte=since, due_at__gte=since)
        return found.filter(received_at__lt=until) if until else found
