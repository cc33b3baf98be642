"""Who has an inquiry in front of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from clinic.staff.models import StaffUser
from inquiries.models import Inquiry, Look

VIEWING = timedelta(minutes=2)  # who had it in front of them this lately is taken to be looking at it still


def look(inquiry: Inquiry, person: StaffUser, *, version: int | None = None) -> None:
    """Keep that the person has it in front of them; with a version, that they have seen it so far."""
    row = Look(inquiry=inquiry, person=person, looked_at=timezone.now(), version=version or 0)
    fields = ["looked_at"] if version is None else ["looked_at", "version"]
    Look.objects.bulk_create([row], update_conflicts=True, unique_fields=["inquiry", "person"], update_fields=fields)


def viewing(looked: Iterable[tuple[StaffUser, datetime | None]], *, reader: StaffUser) -> list[str]:
    """Of those who looked, and when: the names of who looks still, without the reader, in order."""
    recent = timezone.now() - VIEWING
    here = [person for person, at in looked if at and at > recent and person != reader]
    return [str(person) for person in sorted(here, key=lambda person: (person.first_name, person.email))]
