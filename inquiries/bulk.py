"""The same change to many inquiries at once, where that is safe: in Quarantine and in Done. And taking it back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from post_office.models import Email

from clinic.staff.models import StaffUser
from inquiries import outbox, services
from inquiries.changes import CHANGEABLE, Refused, change
from inquiries.models import Inquiry, Notice, Outcome, Status

MOST = 100  # in one request: two full pages of the list, and about a second of work


@dataclass(frozen=True)
class Deed:
    """One thing that can be done to many; its words are for buttons and sentences."""

    status: Status
    label: str
    done: str
    do: Callable[..., Inquiry]


DEEDS = {
    "accept": Deed(Status.QUARANTINED, "Not spam: move to the desk", "moved to the desk", services.accept),
    "spam": Deed(
        Status.QUARANTINED,
        "Close as spam",
        "closed as spam",
        lambda pk, **who: _close_as_spam(pk, **who),
    ),
    "reopen": Deed(Status.DONE, "Reopen", "reopened", services.reopen),
}


@dataclass
class Result:
    """What changed (key and new version of each), and in sentences what did not."""

    changed: list[tuple[int, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def do(deed: str, chosen: list[tuple[int, int]], *, by: StaffUser) -> Result:
    """Do it to each one, given by its key and the version that was seen; one that has changed since is left alone.

    Each is a change of its own: a fault half-way keeps what is done. Raises KeyError for an unknown deed and
    ValueError for more than MOST.
    """
    return _each(DEEDS[deed].do, chosen, by)


def undo(changed: list[tuple[int, int]], *, by: StaffUser) -> Result:
    """Put each one back as it stood before the version given; one that has changed since is left alone."""
    return _each(_undo, changed, by)


def _each(step: Callable[..., Inquiry], chosen: list[tuple[int, int]], by: StaffUser) -> Result:
    if len(chosen) > MOST:
        raise ValueError(f"At most {MOST} at once")
    result = Result()
    for pk, seen in chosen:
        try:
            inquiry = step(pk, by=by, seen=seen)
        except Refused as refused:
            result.refused.append(str(refused))
        except Inquiry.DoesNotExist:
            result.refused.append("One of them is no longer there.")
        else:
            result.changed.append((inquiry.pk, inquiry.version))
    return result


def _close_as_spam(inquiry_id: int, *, by: StaffUser, seen: int) -> Inquiry:
    """One that stands on the desk is closed on its own page, by whoever has read it."""
    # What stands elsewhere at this version cannot be in quarantine at the same one; at another, it is refused as stale.
    elsewhere = Inquiry.objects.filter(pk=inquiry_id, version=seen).exclude(status=Status.QUARANTINED).first()
    if elsewhere:
        raise Refused(f"{elsewhere} is not in quarantine. Open it to close it.")
    return services.close(inquiry_id, outcome=Outcome.SPAM, by=by, seen=seen)


# What a change may have set, besides the record that there was one.
RESTORED = [name for name in CHANGEABLE if name not in ("last_event", "last_event_at", "version")]


def _undo(inquiry_id: int, *, by: StaffUser, seen: int) -> Inquiry:
    """From history, which holds every state. An email that has gone out stays sent; one that waits is put aside."""
    with change(inquiry_id, "undo", by=by, seen=seen) as inquiry:
        before = inquiry.events.filter(version=seen - 1).order_by("-pgh_id").first()
        if before is None:
            raise Refused(f"Nothing is known of how {inquiry} stood before.")
        for name in RESTORED:
            column = Inquiry._meta.get_field(name).get_attname()  # type: ignore[union-attr]  # a column, not a relation
            setattr(inquiry, column, getattr(before, column))
        if inquiry.status == Status.QUARANTINED:
            outbox.withdraw(Email.objects.filter(notice__inquiry=inquiry, notice__kind=Notice.Kind.RECEIPT))
    return inquiry
