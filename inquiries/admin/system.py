"""Whether our own machinery is at work: the worker, the mail, the backup."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.timesince import timesince
from post_office.models import STATUS, Email

from clinic.staff.models import StaffUser
from inquiries import outbox
from inquiries.models import WorkerHeartbeat
from inquiries.models.heartbeat import SILENCE

OLD = timedelta(days=2)  # the runbook asks for a backup a day; one may be late


@dataclass(frozen=True)
class Part:
    """One part of the machinery: how it is, in words; whether somebody must look after it; where to see more."""

    name: str
    words: str
    is_well: bool = True
    url: str = ""


@dataclass(frozen=True)
class State:
    """Every part, and when the figures were counted, in words."""

    parts: list[Part]
    counted: str


def state(person: StaffUser, now: datetime) -> State:
    """How things are; links only to what this person may see."""
    heartbeat = WorkerHeartbeat.objects.first()
    worker = _worker(heartbeat.beat_at if heartbeat else None, now)
    counted = _counted(heartbeat.counted_at if heartbeat else None, now)
    return State([worker, _mail(person, now), _backup(now)], counted)


def _counted(counted_at: datetime | None, now: datetime) -> str:
    if counted_at is None:
        return "Nothing was counted yet: the worker does it every few minutes."
    if now - counted_at < timedelta(minutes=1):
        return "Counted a moment ago."
    return f"Counted {timesince(counted_at, now, depth=1)} ago."


def _worker(beat_at: datetime | None, now: datetime) -> Part:
    name = "Worker"
    if beat_at is None:
        return Part(name, "It has never been at work.", False)
    if now - beat_at < SILENCE:
        return Part(name, "At work.")
    return Part(name, f"It stopped {timesince(beat_at, now, depth=1)} ago.", False)


def _mail(person: StaffUser, now: datetime) -> Part:
    waits, failed = Q(status__in=outbox.WAITING), Q(status=STATUS.failed)
    found = Email.objects.filter(waits | failed).aggregate(
        waiting=Count("pk", filter=waits), failed=Count("pk", filter=failed), oldest=Min("created", filter=waits)
    )
    words = "No email waits."
    if found["waiting"]:
        age = timesince(found["oldest"], now, depth=1)
        words = f"{found['waiting']:,} waiting, the oldest for {age}."
    if found["failed"]:
        words += f" {found['failed']:,} failed."
    may_look = person.has_perm("post_office.view_email") and (found["waiting"] or found["failed"])
    states = "failed" if found["failed"] else "waiting"
    url = f"{reverse('admin:post_office_email_changelist')}?state={states}" if may_look else ""
    stuck = found["oldest"] is not None and now - found["oldest"] > outbox.STUCK
    return Part("Email", words, not found["failed"] and not stuck, url)


def _backup(now: datetime) -> Part:
    """By the age of the file that the backup touches when it is done; see the runbook."""
    name, stamp = "Last backup", settings.BACKUP_STAMP
    try:
        made_at = datetime.fromtimestamp(stamp.stat().st_mtime, UTC) if stamp else None
    except OSError:
        return Part(name, "None was found.", False)
    if made_at is None:
        return Part(name, "Not known.")
    return Part(name, f"{timesince(made_at, now, depth=1)} ago.", now - made_at < OLD)
