"""How long we keep what patients write, and erasing what is over its time: the worker's part, once a night.

The periods are the practice's (clinic/practice/models.py). Days count in its time zone, so that what goes at midnight
is what the preview of the evening before listed.
"""

import logging
import time
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from clinic.practice.days import begins
from clinic.practice.models import Practice
from inquiries import rights
from inquiries.changes import Refused
from inquiries.models import Inquiry, Status, Urgency, WorkerHeartbeat
from inquiries.querysets import InquiryQuerySet

logger = logging.getLogger(__name__)

MOST_A_ROUND = 5_000  # of each kind, looked up at once; there is no time for as many
SECONDS_A_ROUND = 2.0  # pages about a crisis wait while we erase


def over(day: date, practice: Practice) -> dict[str, InquiryQuerySet]:
    """What is over its time when `day` begins, by kind; what a legal hold keeps is among them.

    Urgent ones are erased only after somebody has closed them: until then somebody may need help.
    """
    kept = Inquiry.objects.filter(erased_at=None)
    ended, closed = kept.filter(status=Status.DONE), practice.keep_closed_months
    waits = kept.filter(status__in=[Status.NEW, Status.OPEN, Status.WAITING], urgency=Urgency.ROUTINE)
    days, unanswered = practice.keep_quarantined_days, practice.keep_unanswered_months
    limits = {
        "Suspected spam": (kept.quarantined(), "received_at", day - timedelta(days) if days else None),
        "Closed": (ended, "closed_at", months_before(day, closed) if closed else None),
        "Never closed": (waits, "last_event_at", months_before(day, unanswered) if unanswered else None),
    }
    # In the order of the index: by number, the database would read every row that was erased before.
    return {
        kind: rows.filter(**{f"{since}__lt": begins(limit, practice)}).order_by(since, "pk") if limit else rows.none()
        for kind, (rows, since, limit) in limits.items()
    }


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def next_night(now: datetime, practice: Practice) -> date:
    """The day whose beginning is the next time that anything is erased: today's, while that is not done."""
    today = now.astimezone(practice.zone).date()
    done = WorkerHeartbeat.objects.values_list("expired_on", flat=True).first()
    return today if done is not None and done < today else today + timedelta(days=1)


def keep_to_periods() -> int:
    """Erase what is over its time, unless that is done for today; the number of those erased.

    Each is a transaction of its own, and the day counts as done when none is left. So a worker that is killed, or has
    no more time in this round, leaves whole ones and goes on in the next. A new site waits for its first midnight, so
    that whoever updates it can look at the preview and set the periods before.
    """
    ends, practice = time.monotonic() + SECONDS_A_ROUND, Practice.objects.current()
    today = timezone.now().astimezone(practice.zone).date()
    done = WorkerHeartbeat.objects.values_list("expired_on", flat=True).first()
    erased = 0
    if done is not None and done < today:
        for number, version in _found(today, practice):
            if time.monotonic() > ends:
                return erased
            erased += _expire(number, version)
    if done != today:
        WorkerHeartbeat.objects.update(expired_on=today)
        rights.forget_mail_files()
    return erased


def _found(today: date, practice: Practice) -> Iterator[tuple[int, int]]:
    for rows in over(today, practice).values():
        yield from list(rows.filter(held_at=None).values_list("pk", "version")[:MOST_A_ROUND])


def _expire(number: int, version: int) -> bool:
    """One that cannot be erased tonight must not keep the others from it; the next night tries again.

    Nor one to which somebody writes at this moment: its time is not over any more.
    """
    try:
        rights.erase(number, by=None, unanswered_too=True, seen=version)
    except Refused as refusal:
        logger.info("Inquiry %s was not erased tonight: %s", number, type(refusal).__name__)
    except Exception:  # a fault in one row would keep every other one for ever
        logger.exception("Inquiry %s could not be erased; the next night tries again", number)
    else:
        return True
    return False
