"""How many receipts one mailbox may get: the form must not become a way to flood somebody else's.

Asked when a receipt is about to be sent, not when a question is kept: nothing that only emails need may slow down or
stop the keeping.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from post_office.models import STATUS

from inquiries.models import Notice

A_DAY = timedelta(days=1)
MOST_A_DAY = 5


def digest(address: str) -> str:
    """The mailbox behind an address, without storing it: ana+1@ and Ana@ lead to the same one."""
    local, _, domain = address.lower().rpartition("@")
    return salted_hmac("inquiries.mailbox", f"{local.partition('+')[0]}@{domain}", algorithm="sha256").hexdigest()


def has_enough(email_id: int, now: datetime | None = None) -> bool:
    """True for a receipt to a mailbox that got its receipts for now. Holds the mailbox until the transaction ends.

    Otherwise two workers would each count the same few receipts before theirs.
    """
    receipts = Notice.objects.filter(kind=Notice.Kind.RECEIPT).exclude(mailbox="")
    mailbox = receipts.filter(email=email_id).values_list("mailbox", flat=True).first()
    if mailbox is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(mailbox[:15], 16)])
    lately = (now or timezone.now()) - A_DAY
    sent = receipts.filter(mailbox=mailbox, email__status=STATUS.sent, email__last_updated__gt=lately)
    return sent.count() >= MOST_A_DAY
