"""`manage.py demo`: fill the desk with made-up inquiries, to see it at work; `--clear` takes them away again."""

import tomllib
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, transaction
from django.utils import timezone
from pghistory.models import Context
from post_office.models import STATUS, Email

from clinic import database
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import figures, services, spam
from inquiries.conversation import replies
from inquiries.models import Entry, Inquiry, Message, Notice

SAMPLES = settings.BASE_DIR / "inquiries" / "samples"
# Submission keys are derived from the samples' ids in this namespace, so that a second run knows the first one's rows.
NAMESPACE = uuid.UUID("5a3c1f0e-7d2b-4c86-9e41-0d9b7a6c2f18")
STAFF = {
    "Grace": "grace.sample@example.org",
    "Mateo": "mateo.sample@example.org",
    "Priya": "priya.sample@example.org",
}


class Command(BaseCommand):
    """Works beside a running site; never touches an inquiry that is not a sample."""

    help = "Add clearly marked sample inquiries, or remove them with --clear."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--clear", action="store_true", help="remove the samples and everything that hangs on them")

    def handle(self, *args: Any, clear: bool, **options: Any) -> None:
        """Add or remove, and say how many. Raises CommandError on a real site's database, or without a database."""
        if not settings.EMBEDDED_DATABASE:
            raise CommandError("DATABASE_URL is set. Samples never go into a database that may hold real patients.")
        try:
            Inquiry.objects.exists()
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(database.not_there(error)) from error
        if clear:
            self.stdout.write(f"Removed {remove()} sample inquiries. Everything else is as it was.")
            figures.hurry()
            return
        added = add(timezone.now())
        figures.hurry()
        there = Inquiry.objects.filter(sample=True).count()
        self.stdout.write(
            f"Added {added} sample inquiries; {there} are there now, each marked “Sample”.\n"
            f"See them:     {settings.SITE_URL}/admin/inquiries/inquiry/\n"
            f"Remove them:  make demo-clear"
        )


def read_samples() -> list[dict[str, Any]]:
    """Every sample, as samples/*.toml say it."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.toml"))]
    return [sample for file in files for sample in file["sample"]]


def add(now: datetime) -> int:
    """Keep every sample that is not there yet, and bring it to where it stands; the number of new ones."""
    # Inactive and without a password: nobody can sign in as them, and no page about a crisis goes out to them.
    unable = {"is_staff": True, "is_active": False, "password": make_password(None)}
    for name, email in STAFF.items():
        StaffUser.objects.get_or_create(email=email, defaults={"first_name": name, **unable})
    return sum(_keep_once(sample, now) for sample in read_samples())


@transaction.atomic
def _keep_once(sample: dict[str, Any], now: datetime) -> bool:
    """Send one sample the way of every inquiry, only that it arrived before `now`; False when it is there already."""
    # Locked, so that two demos at once take turns.
    colleagues = StaffUser.objects.filter(email__in=STAFF.values()).order_by("pk").select_for_update()
    staff = {person.email: person for person in colleagues}
    key = uuid.uuid5(NAMESPACE, sample.pop("id"))
    if Inquiry.objects.filter(submission_key=key).exists():
        return False
    steps, received_at = sample.pop("steps", []), now - timedelta(**sample.pop("ago"))
    # Only a machine fills in the field that people cannot see, so that alone is nearly enough for quarantine.
    clues = spam.Clues(key, trap="filled in") if sample.pop("quarantined", False) else None
    said = {"writing_for": "self"} | sample
    inquiry = services.submit(**said, submission_key=key, received_at=received_at, clues=clues, sample=True)
    for step in steps:
        if "by" in step:
            _take(step, inquiry, staff[STAFF[step["by"]]])
        else:
            _hear(step, inquiry)
    _date_back(inquiry, now)
    return True


def _date_back(inquiry: Inquiry, now: datetime) -> None:
    """Let staff have answered when a good clinic would have: the services stamp each step with the present.

    Otherwise the dashboard would say that a question of last month was first answered today.
    """
    minutes = {"acknowledged_at": 3 + inquiry.submission_key.int % 15}
    minutes |= dict.fromkeys(["first_replied_at", "closed_at"], 90 + inquiry.submission_key.int % 1500)
    stamped = Inquiry.objects.values(*minutes, "last_event").get(pk=inquiry.pk)
    minutes["last_event_at"] = 0 if stamped["last_event"] == "received" else 90 + inquiry.submission_key.int % 1500
    moments = {
        name: min(now, inquiry.received_at + timedelta(minutes=after))
        for name, after in minutes.items()
        if stamped.get(name, True)
    }
    # No step of anybody's, so history must not show the last one once more.
    with pgtrigger.ignore("inquiries.Inquiry:changed_update"):
        Inquiry.objects.filter(pk=inquiry.pk).update(**moments)


def _take(step: dict[str, Any], inquiry: Inquiry, by: StaffUser) -> None:
    match step:
        case {"do": "wait", "days": days}:
            today = Practice.objects.current().today()
            services.wait(inquiry.pk, until=today + timedelta(days=days), by=by)
        case {"do": "reply", "text": text, **how}:
            _reply(inquiry, by, text, then=str(how.get("then", "keep")), fails=bool(how.get("fails")))
        case {"do": "close", "outcome": outcome}:
            if services.close(inquiry.pk, outcome=outcome, by=by).closing_outcome:
                second = StaffUser.objects.filter(email__in=STAFF.values()).exclude(pk=by.pk).order_by("pk")[0]
                services.confirm_close(inquiry.pk, by=second)
        case {"do": "claim" | "acknowledge" | "release" | "reopen" | "accept" as do}:
            getattr(services, do)(inquiry.pk, by=by)
        case _:
            raise CommandError(f"A sample asks for a step that does not exist: {step}")


def _hear(step: dict[str, Any], inquiry: Inquiry) -> None:
    """What the person did themselves."""
    match step:
        case {"do": "patient_writes", "text": text}:
            services.patient_writes(inquiry.pk, text=text, submission_key=uuid.uuid5(inquiry.submission_key, text))
        case {"do": "patient_asks", "kind": kind}:
            services.patient_asks(inquiry.pk, kind)
        case _:
            raise CommandError(f"A sample asks for a step that does not exist: {step}")


def _reply(inquiry: Inquiry, by: StaffUser, text: str, *, then: str, fails: bool) -> None:
    """Let staff have written to the patient; of a sample no email goes out, but one can look as if it had failed."""
    message = services.reply(
        inquiry.pk, text=text, by=by, then=then, wait_until=_in_a_week() if then == "wait" else None
    )
    replies.leave(message.pk)
    if fails:
        refused = Email(
            from_email=settings.DEFAULT_FROM_EMAIL, to=[inquiry.email], subject="About a sample", status=STATUS.failed
        )
        (email,) = Email.objects.bulk_create([refused])
        Notice.objects.create(
            inquiry=inquiry, kind=Notice.Kind.REPLY, email=email, message=message, told_at=timezone.now()
        )
        replies.come_back(inquiry.pk)


def _in_a_week() -> date:
    return Practice.objects.current().today() + timedelta(days=7)


@transaction.atomic
def remove() -> int:
    """Remove the samples, what hangs on them and the sample staff; the number of samples that were there."""
    samples = Inquiry.objects.filter(sample=True)
    keys = list(samples.values_list("pk", flat=True))
    Email.objects.filter(notice__inquiry__in=keys).delete()
    _forget_history(keys)
    # First what people wrote: when it goes, the search reads their inquiry in once more, which must still be there.
    Message.objects.filter(inquiry__in=keys).delete()
    Entry.objects.filter(inquiry__in=keys).delete()
    samples.delete()
    # One that somebody has activated since is a real account by now.
    StaffUser.objects.filter(email__in=STAFF.values(), is_active=False).delete()
    return len(keys)


def _forget_history(keys: list[int]) -> None:
    """History outlives real inquiries, so the database keeps it; that of made-up ones would spoil every count."""
    history = apps.get_model("inquiries", "InquiryEvent").objects
    events = history.filter(pgh_obj__in=keys)
    contexts = {event.pgh_context_id for event in events}
    with pgtrigger.ignore("inquiries.InquiryEvent:append_only"):
        events.delete()
    # The worker changes samples and real inquiries in one go, in one context.
    shared = history.filter(pgh_context__in=contexts).values("pgh_context")
    Context.objects.filter(pk__in=contexts).exclude(pk__in=shared).delete()
