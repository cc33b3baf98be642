"""Sending what the outbox holds: lock one email, send it, mark it, next.

Not post_office's own sender: it marks a whole batch at the end, so a crash would send up to a batch twice, and its
log lines carry the addresses of those whose mail failed.
"""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from post_office.models import STATUS, Email, Log

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(minutes=15)
# With pauses of 1, 2, 4, 8 and then 15 minutes: three days without a mail server.
MOST_TRIES = 300


def waiting() -> "QuerySet[Email]":
    """Emails whose time has come, the urgent ones first."""
    due = Q(scheduled_time=None) | Q(scheduled_time__lte=timezone.now())
    emails: QuerySet[Email] = Email.objects.filter(due, status__in=[STATUS.queued, STATUS.requeued])
    return emails.order_by("-priority", "id")


def send_waiting() -> int:
    """Try every email that waits; the number tried. Each stays in the outbox until the mail server has taken it."""
    tried = 0
    while send_next():
        tried += 1
    return tried


@transaction.atomic
def send_next() -> bool:
    """Try the most urgent email; False when none waits. A crash in the middle sends it again rather than never."""
    email = waiting().select_for_update(skip_locked=True).first()
    if email is None:
        return False
    try:
        email.dispatch(commit=False)
    except Exception as error:  # whatever the mail library raises, the email must stay in sight
        _failed(email, error)
    else:
        email.status = STATUS.sent
    _save(email)
    return True


def send_again(email: Email) -> None:
    """Put an email back into the queue, to be tried in the next round."""
    email.status, email.scheduled_time, email.number_of_retries = STATUS.queued, None, 0
    _save(email)


def _failed(email: Email, error: Exception) -> None:
    email.number_of_retries = (email.number_of_retries or 0) + 1
    final = _refused_for_good(error) or email.number_of_retries >= MOST_TRIES
    email.status = STATUS.failed if final else STATUS.requeued
    minutes = timedelta(minutes=2 ** min(email.number_of_retries - 1, 10))
    email.scheduled_time = timezone.now() + min(minutes, LONGEST_PAUSE)
    # Only the kind of fault and the server's code: its words often repeat the person's address.
    reason = f"{type(error).__name__} {_code(error) or ''}".strip()
    Log.objects.create(email=email, status=STATUS.failed, exception_type=type(error).__name__, message=reason)
    logger.warning("Email %s could not be sent (%s), try %s", email.pk, reason, email.number_of_retries)


def _code(error: Exception) -> int | None:
    if isinstance(error, SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=None)
    return int(error.smtp_code) if isinstance(error, SMTPResponseException) else None


def _refused_for_good(error: Exception) -> bool:
    """True for an address the server will never take (5xx); a 4xx or a lost connection may pass."""
    return isinstance(error, SMTPRecipientsRefused) and (_code(error) or 0) >= 500


def _save(email: Email) -> None:
    # Through the queryset: Email.save() validates the whole row again and would refuse an old one.
    Email.objects.filter(pk=email.pk).update(
        status=email.status,
        scheduled_time=email.scheduled_time,
        number_of_retries=email.number_of_retries,
        last_updated=timezone.now(),
    )
