"""Who takes which inquiry next, and what becomes of it when that person is gone."""

from django.db import transaction
from django.db.models import Q

from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.changes import change_all, require_present
from inquiries.models import Inquiry, Status
from inquiries.querysets import InquiryQuerySet

ABSENT = Q(owner__is_active=False) | Q(owner__is_away=True)


def claim_next(*, by: StaffUser) -> Inquiry | None:
    """Take the first unassigned inquiry in the desk's order; None when there is none.

    People who ask at the same moment get different ones: whoever comes second skips what the first holds, and does
    not wait. Raises Refused for a person who is away, who would lose it again at once.
    """
    require_present(by)
    with transaction.atomic():
        first = Inquiry.objects.unassigned().in_order().select_for_update(skip_locked=True).only("pk").first()
        return services.claim(first.pk, by=by) if first else None


def give_back(person: StaffUser, *, by: StaffUser | None = None) -> int:
    """Return the person's open inquiries to everybody; their due times stay. The number of them.

    What waits on a patient stays until its day has come: then it opens, and the worker gives it back.
    """
    return _release(Inquiry.objects.filter(owner=person), by)


def give_back_from_absent() -> int:
    """The same for everybody who is deactivated or away, however they came to be; the number of inquiries.

    The owners of samples are accounts that nobody can use.
    """
    return _release(Inquiry.objects.filter(ABSENT, sample=False), None)


@transaction.atomic
def _release(inquiries: InquiryQuerySet, by: StaffUser | None) -> int:
    # What somebody is changing this moment is skipped; the worker asks again within seconds.
    held = inquiries.filter(status=Status.OPEN).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    return change_all(held, "give_back", by=by, status=Status.NEW, owner=None)
