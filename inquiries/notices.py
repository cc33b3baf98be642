"""The words of every email, and which ones an inquiry promises.

No personal data: no name, no address, no word of the message, in subject, body or headers. An email may be read
on a locked phone, by a family member or by whoever runs the mail server; so the sender's name and the subject do not
say what kind of clinic writes, either.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, make_msgid, parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import dateformat, translation
from post_office.models import PRIORITY, STATUS, Email

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import mailboxes, outbox
from inquiries.inserts import insert
from inquiries.models import Inquiry, Language, Notice, Status, Urgency

logger = logging.getLogger(__name__)

# Out-of-office robots must not answer, and mail programs may sort these as automatic.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# After this many repeats to the people on call, everybody who works here is paged, too.
REPEATS_BEFORE_EVERYBODY = 2


@dataclass(frozen=True)
class Letter:
    """One email to one address."""

    kind: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    mailbox: str = ""


# --- What an inquiry promises -----------------------------------------------------------------------------------------


def promised_for_new(inquiry: Inquiry, practice: Practice) -> list[Model]:
    """The outbox rows that a new inquiry promises, to be written with it: each email, followed by its notice.

    Nothing for a quarantined one: it would tell a spammer that the address works. Nothing for a sample.
    """
    if inquiry.sample or inquiry.status == Status.QUARANTINED:
        return []
    letters = [*receipt(inquiry, practice), *news(inquiry, practice)]
    if inquiry.urgency != Urgency.ROUTINE:
        letters += pages(inquiry, practice, practice.on_call_addresses)
    return _rows(letters, inquiry)


def promise_receipt(inquiry: Inquiry, practice: Practice) -> None:
    """Put into the outbox only what the patient gets: the inquiry comes out of quarantine.

    When it does so again, after somebody took that back, a receipt that has gone out is not repeated.
    """
    before = Email.objects.filter(notice__inquiry=inquiry, notice__kind=Notice.Kind.RECEIPT)
    if before.exists():
        outbox.send_again(before.filter(status=outbox.WITHDRAWN))
    elif not inquiry.sample:
        insert(*_rows(receipt(inquiry, practice), inquiry))


def page_again(inquiry: Inquiry, practice: Practice) -> None:
    """Put into the outbox the repeat that `pages_repeated` counts; after two, everybody who works here gets it, too.

    An address whose last page still waits for the mail server gets no second one: after a night without a mail
    server nobody should find forty.
    """
    addresses = list(practice.on_call_addresses)
    if inquiry.pages_repeated > REPEATS_BEFORE_EVERYBODY:
        addresses += StaffUser.objects.filter(is_active=True, is_staff=True).values_list("email", flat=True)
    waiting = _waiting_pages(inquiry).values_list("to", flat=True)
    still_waiting = {address.lower() for to in waiting for address in to}
    once = {address.lower(): address for address in reversed(addresses)}
    unreached = [address for low, address in once.items() if low not in still_waiting]
    insert(*_rows(pages(inquiry, practice, unreached), inquiry))


def withdraw_pages(inquiry: Inquiry) -> None:
    """Send no page that has not gone out yet: somebody is dealing with it."""
    outbox.withdraw(_waiting_pages(inquiry))


# --- The letters ------------------------------------------------------------------------------------------------------


def receipt(inquiry: Inquiry, practice: Practice) -> list[Letter]:
    """To the patient: we have it, by when we answer, and where help is meanwhile."""
    if not inquiry.email:
        return []
    spanish = inquiry.language == Language.SPANISH
    due = in_spanish(inquiry.due_at, practice) if spanish else clock.in_words(inquiry.due_at, practice)
    name, sender = ("receipt.es", "Recepción") if spanish else ("receipt", "Front desk")
    words = _words(name, inquiry, practice, due=due, link=_link("inquiries:contact"))
    return [Letter(Notice.Kind.RECEIPT, inquiry.email, sender, *words, mailboxes.digest(inquiry.email))]


def news(inquiry: Inquiry, practice: Practice) -> list[Letter]:
    """To the front desk: there is a new inquiry, due then."""
    words = _for_the_desk("new_inquiry", inquiry, practice)
    return [Letter(Notice.Kind.NEW_INQUIRY, practice.inbox_email, "Triage desk", *words)]


def pages(inquiry: Inquiry, practice: Practice, addresses: Iterable[str]) -> list[Letter]:
    """Open this one now. One email to each address, so that a bad one cannot hold up the others."""
    words = _for_the_desk("page", inquiry, practice)
    return [Letter(Notice.Kind.PAGE, address, "Triage desk", *words) for address in addresses]


def _for_the_desk(name: str, inquiry: Inquiry, practice: Practice) -> tuple[str, str, str]:
    # By the reference: a new inquiry has no number before it is written, and this letter is written with it.
    link = _link("admin:inquiries_inquiry_change", inquiry.reference)
    return _words(name, inquiry, practice, due=clock.in_words(inquiry.due_at, practice), link=link)


def _words(name: str, inquiry: Inquiry, practice: Practice, *, due: str, link: str) -> tuple[str, str, str]:
    """Subject, text and HTML of the letter `name`. No value needs escaping in HTML, so all three take the same."""
    subject, text, html = _form_letter(
        name, practice.name, str(practice.phone.as_national), bool(inquiry.pages_repeated)
    )
    for fact, value in {"reference": inquiry.reference, "due": due, "link": link}.items():
        blank = _blank(fact)
        subject, text, html = subject.replace(blank, value), text.replace(blank, value), html.replace(blank, value)
    return subject, text, html


@lru_cache(maxsize=64)
def _form_letter(name: str, practice_name: str, phone: str, repeats: bool) -> tuple[str, str, str]:
    """The letter with blanks where an inquiry's own facts go; rendered once, not for each patient who writes."""
    facts: dict[str, Any] = {fact: _blank(fact) for fact in ("reference", "due", "link")}
    facts |= {"practice_name": practice_name, "phone": phone, "repeats": repeats}
    # One line, whatever the template's editor puts into it: a line break would end the header.
    facts["subject"] = " ".join(render_to_string(f"emails/{name}.subject.txt", facts).split())
    text, html = (render_to_string(f"emails/{name}.{ending}", facts) for ending in ("txt", "html"))
    return facts["subject"], text, html


def _blank(fact: str) -> str:
    return f"[{fact.upper()}]"


def _link(view: str, *args: Any) -> str:
    return settings.SITE_URL + reverse(view, args=args)


def in_spanish(moment: datetime, practice: Practice) -> str:
    """As `clock.in_words`: "martes 24 de noviembre, 11:00 a. m."."""
    local = moment.astimezone(practice.zone)
    midnight = (local.hour, local.minute) == (0, 0)
    with translation.override("es"):
        day = dateformat.format(local - timedelta(days=1) if midnight else local, r"l j \d\e F")
    if local.minute == 0 and local.hour in (0, 12):
        return f"{day}, 12:00 de la medianoche" if midnight else f"{day}, 12:00 del mediodía"
    return f"{day}, {local.hour % 12 or 12}:{local:%M} {'a. m.' if local.hour < 12 else 'p. m.'}"


# --- Into the outbox --------------------------------------------------------------------------------------------------


def _rows(letters: list[Letter], inquiry: Inquiry) -> list[Model]:
    """Each letter's email, followed by the notice that ties it to the inquiry."""
    # Not post_office.mail.send(): it reads texts as Django templates, so a clinic called "{{ x }}" would be run.
    rows: list[Model] = []
    for letter in letters:
        if _is_one_address(letter.to):
            notice = Notice(inquiry_id=inquiry.pk, kind=letter.kind, mailbox=letter.mailbox)
            rows += [_email(letter), notice]
    return rows


def _email(letter: Letter) -> Email:
    return Email(
        from_email=_from(settings.DEFAULT_FROM_EMAIL, letter.sender),
        to=[letter.to],
        subject=letter.subject,
        message=letter.text,
        html_message=letter.html,
        headers=HEADERS,
        priority=PRIORITY.high if letter.kind == Notice.Kind.PAGE else PRIORITY.medium,
        status=STATUS.queued,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )


@lru_cache(maxsize=8)
def _from(mail_from: str, sender: str) -> str:
    """The sender: the name that MAIL_FROM gives, else one that does not tell what kind of clinic writes."""
    name, address = parseaddr(mail_from)
    return formataddr((name or sender, address))


def _is_one_address(address: str) -> bool:
    """False for a quoted one such as "a,other@example.org,b"@example.org.

    It is valid, but the outbox keeps its addresses in one text with commas between them and would write to the other.
    """
    if not set(address) & set(',"<>\\'):
        return True
    logger.warning("An address with a quoted part cannot be written to; its notice was left out")
    return False


def _waiting_pages(inquiry: Inquiry) -> "QuerySet[Email]":
    emails: QuerySet[Email] = Email.objects.filter(
        notice__inquiry=inquiry, notice__kind=Notice.Kind.PAGE, status__in=outbox.WAITING
    )
    return emails
