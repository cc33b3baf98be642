"""The words of every email, and which ones an inquiry promises.

No personal data: no name, no address, no word of the message, in subject, body or headers. An email may be read
on a locked phone, by a family member or by whoever runs the mail server.
"""

from dataclasses import dataclass
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from post_office.models import PRIORITY, STATUS, Email

from clinic.practice import clock
from clinic.practice.models import Practice
from inquiries.models import Inquiry, Notice, Status, Urgency

# Out-of-office robots must not answer, and mail programs may sort these as automatic.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Letter:
    """One email to one address."""

    kind: str
    to: str
    subject: str
    body: str
    priority: int


def promise_for_new(inquiry: Inquiry, practice: Practice) -> None:
    """Put into the outbox what a new inquiry promises. Called inside the transaction that keeps the inquiry."""
    if inquiry.status == Status.QUARANTINED:
        return
    letters = [news(inquiry, practice)]
    if inquiry.email:
        letters.append(receipt(inquiry, practice))
    if inquiry.urgency != Urgency.ROUTINE:
        letters += pages(inquiry, practice)
    _put(letters, inquiry)


def promise_receipt(inquiry: Inquiry, practice: Practice) -> None:
    """Put into the outbox only what the patient gets: the inquiry comes out of quarantine."""
    if inquiry.email and not inquiry.sample:
        _put([receipt(inquiry, practice)], inquiry)


def receipt(inquiry: Inquiry, practice: Practice) -> Letter:
    """To the patient: we have it, by when we answer, and where help is meanwhile."""
    return _letter(Notice.Kind.RECEIPT, inquiry.email, inquiry, practice, PRIORITY.medium)


def news(inquiry: Inquiry, practice: Practice) -> Letter:
    """To the front desk: there is a new inquiry, due then."""
    return _letter(Notice.Kind.NEW_INQUIRY, practice.inbox_email, inquiry, practice, PRIORITY.medium)


def pages(inquiry: Inquiry, practice: Practice) -> list[Letter]:
    """To each person on call: open this one now. One email each, so that a bad address cannot hold up the others."""
    return [
        _letter(Notice.Kind.PAGE, address, inquiry, practice, PRIORITY.high) for address in practice.on_call_addresses
    ]


def _letter(kind: Notice.Kind, to: str, inquiry: Inquiry, practice: Practice, priority: int) -> Letter:
    context = {
        "reference": inquiry.reference,
        "due": clock.in_words(inquiry.due_at, practice),
        "practice": practice,
        "link": settings.SITE_URL + reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
    }
    subject = render_to_string(f"emails/{kind}.subject.txt", context).strip()
    return Letter(kind, to, subject, render_to_string(f"emails/{kind}.txt", context), priority)


def _put(letters: list[Letter], inquiry: Inquiry) -> None:
    # Not post_office.mail.send(): it reads texts as Django templates, so a clinic called "{{ x }}" would be run.
    host = urlsplit(settings.SITE_URL).hostname
    emails = Email.objects.bulk_create(
        Email(
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[letter.to],
            subject=letter.subject,
            message=letter.body,
            headers=HEADERS,
            priority=letter.priority,
            status=STATUS.queued,
            message_id=make_msgid(domain=host),
        )
        for letter in letters
    )
    Notice.objects.bulk_create(
        Notice(inquiry=inquiry, kind=letter.kind, email=email) for letter, email in zip(letters, emails, strict=True)
    )
