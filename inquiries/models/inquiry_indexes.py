"""The indexes of inquiries, each below the page or the command that needs it. The search has its own: searchable.py."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from inquiries.models.choices import Language, Status
from inquiries.querysets import PHONE_DIGITS, UNACKNOWLEDGED, URGENT

INDEXES = [
    # The triage list as it opens: what waits for us, pinned ones first, then soonest due.
    models.Index(
        F("pinned").desc(), "due_at", "id", name="inquiry_waits_for_us", condition=Q(status__in=["new", "open"])
    ),
    # The list's other standings: waiting, done, quarantined.
    models.Index("status", F("pinned").desc(), "due_at", "id", name="inquiry_by_standing"),
    # The list of everything.
    models.Index(F("pinned").desc(), "due_at", "id", name="inquiry_by_due"),
    # "Mine".
    models.Index(
        *("owner", F("pinned").desc(), "due_at", "id"),
        name="inquiry_by_owner",
        condition=Q(status__in=["open", "waiting"]),
    ),
    # "Crisis and emergency".
    models.Index(F("pinned").desc(), "due_at", "id", name="inquiry_urgent", condition=URGENT),
    # "Done": closed last comes first.
    models.Index(
        *(F("pinned").desc(), F("closed_at").desc(), F("id").desc()),
        name="inquiry_done_lately",
        condition=Q(status="done"),
    ),
    # The same lists, newest first.
    models.Index(
        *(F("pinned").desc(), F("received_at").desc(), F("id").desc()),
        name="inquiry_waits_newest_first",
        condition=Q(status__in=["new", "open"]),
    ),
    models.Index(
        *("status", F("pinned").desc(), F("received_at").desc(), F("id").desc()),
        name="inquiry_aside_newest_first",
        condition=Q(status__in=["waiting", "quarantined"]),
    ),
    # Everything and "Done", newest first; and the days on which they came.
    models.Index(F("pinned").desc(), F("received_at").desc(), F("id").desc(), name="inquiry_by_time_received"),
    # Any list with a filter: by topic, by owner, in Spanish. Most are in English: there an index helps nobody.
    models.Index("topic", F("pinned").desc(), "due_at", "id", name="inquiry_by_topic"),
    models.Index(
        *("owner", F("pinned").desc(), "due_at", "id"),
        name="inquiry_ever_owned_by",
        condition=Q(owner__isnull=False),
    ),
    models.Index(F("pinned").desc(), "due_at", "id", name="inquiry_in_spanish", condition=Q(language=Language.SPANISH)),
    # What the worker counts for the dashboard, a few weeks of years: figures.py.
    models.Index("received_at", "topic", name="inquiry_counted_by_day"),
    models.Index("first_replied_at", name="inquiry_by_first_reply", condition=Q(first_replied_at__isnull=False)),
    models.Index("acknowledged_at", name="inquiry_by_acknowledgement", condition=Q(acknowledged_at__isnull=False)),
    # The handover, and the worker every few seconds: who comes back by a day?
    models.Index("waiting_until", name="inquiry_waiting_by_day", condition=Q(status=Status.WAITING)),
    # What the worker looks up at night: which have been closed for too long? Not those that it has erased before.
    models.Index("closed_at", name="inquiry_to_erase", condition=Q(status=Status.DONE, erased_at__isnull=True)),
    # What the worker asks every few seconds: whom must we page about, again?
    models.Index("id", name="inquiry_unacknowledged", condition=UNACKNOWLEDGED),
    # An inquiry's page: did the same person send the same words shortly before or after?
    models.Index("likeness", "received_at", name="inquiry_by_likeness"),
    # The same page: what else came from this email address, or from this phone?
    models.Index(*(Lower("email"), F("received_at").desc()), name="inquiry_by_email", condition=~Q(email="")),
    models.Index(*(PHONE_DIGITS, F("received_at").desc()), name="inquiry_by_phone", condition=~Q(phone="")),
]
