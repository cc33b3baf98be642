"""Sending what the outbox holds: lock one email, send it, mark it, next.

Not post_office's own sender: it marks a whole batch at the end, so a crash would send up to a batch twice, it keeps a
broken connection for the next email, and its log lines carry the addresses of those whose mail failed.

A crash after the mail server took an email and before we marked it sends it again: at least once, never never. Both
copies carry the same Message-ID, by which mail programs know them for one.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from post_office.models import PRIORITY, STATUS, Email, Log
from post_office.settings import get_backend

from inquiries import mailboxes
from inquiries.conversation import links
from inquiries.models import Notice

logger = logging.getLogger(__name__)

WAITING = [STATUS.queued, STATUS.requeued]
# Not sent and no longer wanted: a page that somebody has answered, a failure that staff have put aside, a receipt for
# a mailbox that had enough of them, what went to an address that is on file no more.
WITHDRAWN = None
# Every state in the desk's words.
STATES = {
    STATUS.sent: "Sent",
    STATUS.failed: "Failed",
    STATUS.queued: "Queued",
    STATUS.requeued: "Waiting to be tried again",
    WITHDRAWN: "Put aside",
}

# An email takes seconds. One that waits this long is not slow, it is stuck.
STUCK = timedelta(minutes=15)

LONGEST_PAUSE = timedelta(minutes=15)
# Somebody's life may hang on a page, so it is tried again every minute.
PAUSE_OF_A_PAGE = timedelta(minutes=1)
# With pauses of 1, 2, 4, 8 and then 15 minutes: three days without a mail server.
MOST_TRIES = 300


def due(now: datetime | None = None) -> "QuerySet[Email]":
    """Emails whose time has come: pages first, and those never tried before those that keep failing."""
    timely = Q(scheduled_time=None) | Q(scheduled_time__lte=now or timezone.now())
    emails: QuerySet[Email] = Email.objects.filter(timely, status__in=WAITING)
    return emails.order_by("-priority", Coalesce("number_of_retries", Value(0)), "id")


def undelivered(now: datetime | None = None) -> "QuerySet[Email]":
    """Emails that the mail server refused, or has not taken for longer than is normal."""
    stuck = Q(status__in=WAITING, created__lt=(now or timezone.now()) - STUCK)
    emails: QuerySet[Email] = Email.objects.filter(Q(status=STATUS.failed) | stuck)
    return emails


def send_due(go_on: Callable[[], bool] = lambda: True) -> int:
    """Try every email that is due while `go_on`, asked before each one, says so; the number tried.

    The order is decided anew before each email: a page that comes in waits for the one on its way, no longer.
    """
    tried = 0
    while go_on() and send_next():
        tried += 1
    return tried


@transaction.atomic
def send_next(now: datetime | None = None) -> bool:
    """Try the most urgent email; False when none is due. It stays in the outbox until the mail server has taken it."""
    email = due(now).select_for_update(skip_locked=True).first()
    if email is None:
        return False
    if mailboxes.has_enough(email.pk, now) or links.is_for_another(email):
        email.status = WITHDRAWN
    else:
        _try(email, now or timezone.now())
    _save(email)
    return True


def _try(email: Email, now: datetime) -> None:
    try:
        _deliver(email)
    except Exception as error:  # whatever the mail library raises, the email must stay in sight
        _failed(email, error, now)
    else:
        email.status = STATUS.sent


def _deliver(email: Email) -> None:
    # A connection for each email: a broken one cannot spoil the next.
    server = get_connection(get_backend())
    try:
        links.fill_in(email)
        server.open()
        email.dispatch(commit=False, disconnect_after_delivery=False, connection=server)
    finally:
        with suppress(Exception):  # the server has the email, or not; a bad good-bye changes neither
            server.close()


def _failed(email: Email, error: Exception, now: datetime) -> None:
    email.number_of_retries = (email.number_of_retries or 0) + 1
    final = _is_refused_for_good(error) or email.number_of_retries >= MOST_TRIES
    email.status = STATUS.failed if final else STATUS.requeued
    longest = PAUSE_OF_A_PAGE if email.priority == PRIORITY.high else LONGEST_PAUSE
    email.scheduled_time = now + min(timedelta(minutes=2 ** min(email.number_of_retries - 1, 10)), longest)
    # Only the kind of fault and the server's code: its words often repeat the person's address.
    reason = f"{type(error).__name__} {_code(error) or ''}".strip()
    Log.objects.create(email=email, status=STATUS.failed, exception_type=type(error).__name__, message=reason)
    logger.warning("Email %s could not be sent (%s), try %s", email.pk, reason, email.number_of_retries)


def _code(error: Exception) -> int | None:
    if isinstance(error, SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=None)
    return int(error.smtp_code) if isinstance(error, SMTPResponseException) else None


def _is_refused_for_good(error: Exception) -> bool:
    """True when the server will never take this email (5xx for its address or its text).

    A 4xx or a lost connection may pass; a refused password or sender is our mistake, and is put right for all at once.
    """
    if isinstance(error, UnicodeError):
        return True  # an address that no server can be told
    return isinstance(error, SMTPRecipientsRefused | SMTPDataError) and (_code(error) or 0) >= 500


def _save(email: Email) -> None:
    # Through the queryset: Email.save() validates the whole row again and would refuse an old one.
    Email.objects.filter(pk=email.pk).update(
        status=email.status,
        scheduled_time=email.scheduled_time,
        number_of_retries=email.number_of_retries,
        last_updated=timezone.now(),
    )


# --- What staff and services may do -----------------------------------------------------------------------------------


@transaction.atomic
def send_again(emails: "QuerySet[Email]") -> int:
    """Put emails back into the queue, to be tried within seconds, whatever became of them; the number of them.

    Not those about samples, which only look as if they had been tried.
    """
    real = emails.exclude(notice__inquiry__sample=True)
    again = list(real.values_list("pk", flat=True))
    # When one fails once more, staff are told once more.
    Notice.objects.filter(email__in=again).update(told_at=None)
    return _change(
        Email.objects.filter(pk__in=again), status=STATUS.queued, scheduled_time=None, number_of_retries=None
    )


def withdraw(emails: "QuerySet[Email]") -> int:
    """Give up on emails that were not sent; the number of them."""
    return _change(emails.filter(status__in=[*WAITING, STATUS.failed]), status=WITHDRAWN)


def fail(emails: "QuerySet[Email]") -> int:
    """Take it that emails which had been sent came back; the number of them."""
    return _change(emails.filter(status=STATUS.sent), status=STATUS.failed)


@transaction.atomic
def _change(emails: "QuerySet[Email]", **fields: object) -> int:
    # The sender holds the email that is on its way; whoever waited for it would wait for the mail server.
    free = emails.order_by("pk").select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return int(Email.objects.filter(pk__in=list(free)).update(**fields, last_updated=timezone.now()))
