"""Every question we ask about inquiries, named as the front desk says it."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from clinic.staff.models import StaffUser
    from inquiries.models import Inquiry

# Urgent, and in nobody's hands by their own word. What is quarantined is not urgent, what is done is over.
UNACKNOWLEDGED = models.Q(
    urgency__in=["crisis", "emergency"], acknowledged_at__isnull=True, status__in=["new", "open", "waiting"]
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
