"""How many receipts one mailbox may get: the form must not become a way to flood somebody else's."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

A_DAY = timedelta(days=1)
MOST_A_DAY = 5


def digest(address: str) -> str:
    """The mailbox behind an address, without storing it: ana+1@ and Ana@ lead to the same one."""
    local, _, domain = address.lower().rpartition("@")
    return salted_hmac("inquiries.mailbox", f"{local.partition('+')[0]}@{domain}", algorithm="sha256").hexdigest()


def is_full(mailbox: str) -> bool:
    """True when a mailbox, by its digest, has had its receipts for now. Holds it until the transaction ends.

    Otherwise fifty messages sent at the same moment would each count the same few receipts before them. Both
    statements go in one trip, and the count sees what was committed while it waited its turn.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s);"
            " SELECT count(*) FROM inquiries_notice WHERE kind = 'receipt' AND mailbox = %s AND created_at > %s",
            [int(mailbox[:15], 16), mailbox, timezone.now() - A_DAY],
        )
        return bool(cursor.fetchone()[0] >= MOST_A_DAY)
