"""The words an inquiry can be described by, as the database keeps them and as people read them; and its steps."""

from django.db import models

# What stands where a person's words stood, once they are erased: rights.py.
ERASED = "[erased]"


class Topic(models.TextChoices):
    """What the question is about."""

    TREATMENT = "treatment", "Treatment"
    APPOINTMENT = "appointment", "Appointment"
    BILLING = "billing", "Billing"
    REFERRAL = "referral", "Referral"
    OTHER = "other", "Something else"


class WritingFor(models.TextChoices):
    """Who the question is for."""

    SELF = "self", "Myself"
    SOMEONE_ELSE = "someone_else", "Someone else"
    PATIENT = "patient", "A patient of mine"


class ReplyBy(models.TextChoices):
    """How the person wants to be answered."""

    EMAIL = "email", "Email"
    PHONE = "phone", "Phone"


class Language(models.TextChoices):
    """The language the person wants to be answered in."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Spanish"


class Status(models.TextChoices):
    """Where an inquiry stands. Quarantined is suspected spam: readable, counted, never deleted unseen."""

    NEW = "new", "New"
    OPEN = "open", "Open"
    WAITING = "waiting", "Waiting on the patient"
    DONE = "done", "Done"
    QUARANTINED = "quarantined", "Quarantined"


class Urgency(models.TextChoices):
    """How soon a human must read it. There is no word for "safe": screening raises, it never lowers."""

    CRISIS = "crisis", "Crisis"
    EMERGENCY = "emergency", "Emergency"
    ROUTINE = "routine", "Routine"


class Outcome(models.TextChoices):
    """How an inquiry ended."""

    ANSWERED = "answered", "Answered"
    BOOKED = "booked", "Booked"
    REFERRED = "referred", "Referred on"
    NOT_FOR_US = "not_for_us", "Not for us"
    DUPLICATE = "duplicate", "Duplicate"
    NO_REPLY = "no_reply", "No reply from the patient"
    SPAM = "spam", "Spam"


# Who may follow whom. The database refuses every other step, also one made in SQL.
STEPS: list[tuple[str, str]] = [
    (Status.NEW, Status.OPEN),  # claimed
    (Status.NEW, Status.DONE),  # closed unclaimed, for instance a duplicate
    (Status.OPEN, Status.NEW),  # released
    (Status.OPEN, Status.WAITING),
    (Status.OPEN, Status.DONE),
    (Status.WAITING, Status.OPEN),  # taken up again
    (Status.WAITING, Status.NEW),  # released
    (Status.WAITING, Status.DONE),
    (Status.DONE, Status.OPEN),  # reopened
    (Status.DONE, Status.NEW),  # the patient wrote again, or our email did not arrive, and its owner is gone
    (Status.QUARANTINED, Status.NEW),  # not spam after all
    (Status.QUARANTINED, Status.DONE),
    (Status.NEW, Status.QUARANTINED),  # undone: see bulk.py
    (Status.DONE, Status.QUARANTINED),
]
