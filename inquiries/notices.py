"""The words of every email, and which ones an inquiry promises.

No personal data: no name, no address, no word of the message, in subject, body or headers. An email may be read
on a locked phone, by a family member or by whoever runs the mail server; so the sender's name and the subject do not
say what kind of clinic writes, either.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, make_msgid, parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from post_office.models import PRIORITY, STATUS, Email

from clinic.practice import clock
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import mailboxes, outbox
from inquiries.conversation import links
from inquiries.inserts import insert
from inquiries.models import Code, Inquiry, Language, Message, Notice, Status, Urgency

logger = logging.getLogger(__name__)

# Out-of-office robots must not answer, and mail programs may sort these as automatic.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# After this many repeats to the people on call, everybody who works here is paged, too.
REPEATS_BEFORE_EVERYBODY = 2
# A life may hang on a page, and somebody sits and waits for a code.
AT_ONCE = {Notice.Kind.PAGE, Notice.Kind.CODE}


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


def promise_reply(message: Message, practice: Practice) -> None:
    """Put into the outbox what tells the patient that a message waits; it leaves when the message does.

    Nothing for a sample: its address is nobody's.
    """
    if message.inquiry.sample:
        return
    words = _to_patient("reply", message.inquiry, practice)
    letter = Letter(Notice.Kind.REPLY, message.inquiry.email, *words)
    insert(*_rows([letter], message.inquiry, message=message, leaves_at=message.leaves_at))


def promise_code(code: Code, practice: Practice) -> None:
    """Put the code for the patient's page into the outbox; it goes out like a page, because somebody waits for it.

    Nothing for a sample.
    """
    inquiry = code.link.inquiry
    letter = Letter(Notice.Kind.CODE, inquiry.email, *_to_patient("code", inquiry, practice))
    if not inquiry.sample:
        insert(*_rows([letter], inquiry, code=code))


def promise_link(inquiry: Inquiry, practice: Practice) -> None:
    """Put the link to the messages into the outbox, for a patient who had lost it."""
    insert(*_rows([Letter(Notice.Kind.LINK, inquiry.email, *_to_patient("link", inquiry, practice))], inquiry))


def promise_news_of(message: Message, practice: Practice, *, urgent: bool) -> None:
    """Put into the outbox what tells staff that the patient wrote again; the people on call, too, when it is urgent."""
    inquiry = message.inquiry
    words = _for_the_desk("new_message", inquiry, practice)
    letters = [Letter(Notice.Kind.NEW_MESSAGE, practice.inbox_email, "Triage desk", *words)]
    if urgent:
        letters += pages(inquiry, practice, practice.on_call_addresses)
    if not inquiry.sample:
        insert(*_rows(letters, inquiry, message=message))


def emails_of(message: Message) -> "QuerySet[Email]":
    """The emails that tell the patient of a message."""
    emails: QuerySet[Email] = Email.objects.filter(notice__message=message, notice__kind=Notice.Kind.REPLY)
    return emails


def withdraw_to_patient(inquiry: Inquiry) -> None:
    """Send nothing more to the address that was on file until now."""
    outbox.withdraw(Email.objects.filter(notice__inquiry=inquiry, notice__kind__in=Notice.TO_PATIENT))


def settle_undelivered(inquiry: Inquiry) -> None:
    """Put aside every email to the patient that failed: somebody has reached them another way."""
    failed = Email.objects.filter(notice__inquiry=inquiry, notice__kind__in=Notice.TO_PATIENT, status=STATUS.failed)
    outbox.withdraw(failed)


def refused() -> "QuerySet[Notice]":
    """What did not reach the patient, and staff have not been told of by their inquiry coming back."""
    lost = Notice.objects.filter(kind__in=Notice.TO_PATIENT - {Notice.Kind.CODE}, told_at=None)
    return lost.filter(email__status=STATUS.failed)


def withdraw_pages(inquiry: Inquiry) -> None:
    """Send no page that has not gone out yet: somebody is dealing with it."""
    outbox.withdraw(_waiting_pages(inquiry))


# --- The letters ------------------------------------------------------------------------------------------------------


def receipt(inquiry: Inquiry, practice: Practice) -> list[Letter]:
    """To the patient: we have it, by when we answer, and where help is meanwhile."""
    if not inquiry.email:
        return []
    due = clock.in_words(inquiry.due_at, practice, language=inquiry.language)
    words = _to_patient("receipt", inquiry, practice, due=due)
    return [Letter(Notice.Kind.RECEIPT, inquiry.email, *words, mailboxes.digest(inquiry.email))]


def news(inquiry: Inquiry, practice: Practice) -> list[Letter]:
    """To the front desk: there is a new inquiry, due then."""
    words = _for_the_desk("new_inquiry", inquiry, practice)
    return [Letter(Notice.Kind.NEW_INQUIRY, practice.inbox_email, "Triage desk", *words)]


def pages(inquiry: Inquiry, practice: Practice, addresses: Iterable[str]) -> list[Letter]:
    """Open this one now. One email to each address, so that a bad one cannot hold up the others."""
    words = _for_the_desk("page", inquiry, practice)
    return [Letter(Notice.Kind.PAGE, address, "Triage desk", *words) for address in addresses]


def _to_patient(name: str, inquiry: Inquiry, practice: Practice, *, due: str = "") -> tuple[str, str, str, str]:
    """Sender, subject, text and HTML in the patient's language, with the link left open: see links.py."""
    spanish = inquiry.language == Language.SPANISH
    sender = "Recepción" if spanish else "Front desk"
    return sender, *_words(f"{name}.es" if spanish else name, inquiry, practice, due=due, link=links.LINK_BLANK)


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


# --- Into the outbox --------------------------------------------------------------------------------------------------


def _rows(letters: list[Letter], inquiry: Inquiry, leaves_at: datetime | None = None, **about: Model) -> list[Model]:
    """Each letter's email, followed by the notice that ties it to the inquiry and to what else it is `about`."""
    # Not post_office.mail.send(): it reads texts as Django templates, so a clinic called "{{ x }}" would be run.
    rows: list[Model] = []
    for letter in letters:
        if is_one_address(letter.to):
            notice = Notice(inquiry_id=inquiry.pk, kind=letter.kind, mailbox=letter.mailbox, **about)
            rows += [_email(letter, leaves_at), notice]
    return rows


def _email(letter: Letter, leaves_at: datetime | None) -> Email:
    return Email(
        scheduled_time=leaves_at,
        from_email=_from(settings.DEFAULT_FROM_EMAIL, letter.sender),
        to=[letter.to],
        subject=letter.subject,
        message=letter.text,
        html_message=letter.html,
        headers=HEADERS,
        priority=PRIORITY.high if letter.kind in AT_ONCE else PRIORITY.medium,
        status=STATUS.queued,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )


@lru_cache(maxsize=8)
def _from(mail_from: str, sender: str) -> str:
    """The sender: the name that MAIL_FROM gives, else one that does not tell what kind of clinic writes."""
    name, address = parseaddr(mail_from)
    return formataddr((name or sender, address))


def is_one_address(address: str) -> bool:
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
