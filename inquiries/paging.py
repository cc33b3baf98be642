"""Paging again: about every urgent inquiry, every 15 minutes, until a person says that they are dealing with it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries import notices
from inquiries.models import Inquiry

PAGE_EVERY = timedelta(minutes=15)
# A flood of crisis messages must not bury the mailboxes of those who are to help: every inquiry is paged about once,
# but repeats are rationed, those that waited longest first.
MOST_REPEATS = 20


def page_again(*, now: datetime | None = None) -> int:
    """Repeat the pages about urgent inquiries that nobody has acknowledged for 15 minutes; the number of inquiries.

    Everything is read from the rows and written with the emails, so it does not matter which worker does it, when it
    was killed, or whether two do it at once.
    """
    now = now or timezone.now()
    unacknowledged = Inquiry.objects.filter(sample=False).unacknowledged()
    left = MOST_REPEATS - unacknowledged.filter(paged_again_at__gt=now - PAGE_EVERY).count()
    late = unacknowledged.alias(paged_at=Coalesce("paged_again_at", "received_at")).filter(
        paged_at__lte=now - PAGE_EVERY
    )
    repeated = 0
    while repeated < left:
        with transaction.atomic():
            inquiry = late.order_by("paged_at", "pk").select_for_update(skip_locked=True).first()
            if inquiry is None:
                break
            inquiry.paged_again_at = now
            inquiry.pages_repeated += 1
            inquiry.save(update_fields=["paged_again_at", "pages_repeated"])
            notices.page_again(inquiry, Practice.objects.current())
        repeated += 1
    return repeated
