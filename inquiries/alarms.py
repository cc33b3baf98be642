"""What is wrong with our own machinery, in sentences for staff. Shown wherever they look first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from inquiries import outbox
from inquiries.models import WorkerHeartbeat


@dataclass(frozen=True)
class Alarm:
    """One sentence, and where to see more; no address when there is nothing to see."""

    text: str
    url: str = ""


def alarms(now: datetime | None = None) -> list[Alarm]:
    """Everything staff must know, the gravest first; empty when all is well."""
    now = now or timezone.now()
    found = []
    if not WorkerHeartbeat.is_heard(now):
        found.append(
            Alarm(
                "No email goes out, and nobody is paged about a crisis: the worker has stopped. "
                "Read every urgent inquiry below, and tell whoever looks after this site."
            )
        )
    stuck = Q(status__in=outbox.WAITING, created__lt=now - outbox.STUCK)
    counted = Email.objects.filter(status__in=[*outbox.WAITING, STATUS.failed]).aggregate(
        failed=Count("pk", filter=Q(status=STATUS.failed)), stuck=Count("pk", filter=stuck)
    )
    listed = reverse("admin:post_office_email_changelist")
    if counted["stuck"]:
        text = f"{_emails(counted['stuck'])} waited for more than 15 minutes: the mail server does not take them."
        found.append(Alarm(text, f"{listed}?state=waiting"))
    if counted["failed"]:
        text = f"{_emails(counted['failed'])} failed: send again what is needed, put the rest aside."
        found.append(Alarm(text, f"{listed}?state=failed"))
    return found


def _emails(number: int) -> str:
    return "1 email has" if number == 1 else f"{number} emails have"
