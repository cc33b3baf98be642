"""Somebody of whom everything is kept that can be, in words that stand nowhere else."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from post_office.models import STATUS, Email, Log

from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import entries, notices, search, services
from inquiries.conversation import links, replies
from inquiries.models import Inquiry, Message
from tests import factories

NAME, EMAIL, PHONE = "Zenobia Quellwater", "zenobia.quell@example.org", "(212) 555-0147 ext. 9"
MESSAGE = "Nine lilac umbrellas frighten me. I do not want to live any more."
RARE = ["lilac", "umbrella", "marmalade", "xylophon", "porcupin", "trombon", "kayak", "pelican", "turnip"]
OF_THE_PERSON = ["zenobia", "quellwater", "quell@", "2125550147", "5550147", *RARE]


def later(monkeypatch: Any, **time: float) -> None:
    """Let the clock go on."""
    now = timezone.now() + timedelta(**time)
    monkeypatch.setattr(timezone, "now", lambda: now)


def a_search_for(text: str) -> SessionStore:
    """Somebody has signed in and looked for a person."""
    session = SessionStore()
    session.update({"_auth_user_id": "1", "searches": {"1": text}})
    session.save()
    return session


def kept_of_a_person(nurse: StaffUser, colleague: StaffUser, monkeypatch: Any) -> Inquiry:
    """An inquiry with everything that can hang on one; it is urgent, closed, and its emails did not arrive."""
    inquiry = factories.inquiry(
        name=NAME, email=EMAIL, phone=PHONE, voicemail_ok=True, message=MESSAGE, contact_times="Not in marmalade shifts"
    )
    search.read_in(10, back=10)
    services.claim(inquiry.pk, by=nurse)
    services.note(inquiry.pk, text="She sounded like a xylophone.", by=nurse)
    services.log_call(inquiry.pk, call="reached", text="Her porcupine answered.", by=nurse)
    key = uuid.uuid4()
    services.patient_writes(inquiry.pk, text="My kayak sank.", submission_key=key)
    services.patient_writes(inquiry.pk, text="My velvet kayak sank.", submission_key=key)
    services.patient_asks(inquiry.pk, Message.Kind.DELETION)
    services.reply(inquiry.pk, text="Bring the pelican on Tuesday.", by=nurse)
    notices.promise_code(links.new_code(links.current(inquiry)), Practice.objects.current())
    services.ask_for_link(reference=inquiry.reference, email=EMAIL)
    later(monkeypatch, seconds=30)
    replies.let_leave()
    Email.objects.update(status=STATUS.failed)
    Log.objects.create(email=Email.objects.order_by("pk")[0], status=STATUS.failed, message="SMTPDataError 550")
    services.hold(inquiry.pk, reason="Our lawyer writes about turnips", by=nurse)
    entries.keep_draft(inquiry.pk, text="Ask about the trombone", by=colleague)
    a_search_for("zenobia quellwater")
    services.close(inquiry.pk, outcome="answered", by=nurse)
    return services.confirm_close(inquiry.pk, by=colleague)
