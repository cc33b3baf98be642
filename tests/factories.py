"""Plain fixed people and questions."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Email

from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.models import Answer, AnswerVersion, Inquiry, Notice


def posted(**changes: Any) -> dict[str, str]:
    """The fields of the form as a browser posts them."""
    return {
        "topic": "treatment",
        "writing_for": "self",
        "message": "I have felt low for a year. Could the injections help me?",
        "name": "Ada Example",
        "reply_by": "email",
        "email": "ada@example.org",
        "phone": "",
        "contact_times": "",
        "language": "en",
        "submission_key": str(uuid.uuid4()),
        **changes,
    }


def question(**changes: Any) -> dict[str, Any]:
    """The arguments of `services.submit`."""
    return {
        "submission_key": uuid.uuid4(),
        "topic": "treatment",
        "writing_for": "self",
        "message": "I have felt low for a year. Could the injections help me?",
        "name": "Ada Example",
        "reply_by": "email",
        "email": "ada@example.org",
        **changes,
    }


def inquiry(**changes: Any) -> Inquiry:
    """A kept inquiry, made the way every inquiry is made."""
    return services.submit(**question(**changes))


def many(number: int) -> None:
    """So many inquiries of as many people, each with a receipt that was sent, and what PostgreSQL knows about them."""
    now = timezone.now()
    said = [
        question(email=f"person{n}@example.org", phone=f"212 555 {n:04}", writing_for="self") for n in range(number)
    ]
    kept = Inquiry.objects.bulk_create([Inquiry(**each, due_at=now + timedelta(1)) for each in said])
    emails = Email.objects.bulk_create([Email(to=[each.email], status=STATUS.sent, last_updated=now) for each in kept])
    Notice.objects.bulk_create(
        Notice(inquiry=each, email=email, kind=Notice.Kind.RECEIPT, mailbox=f"{each.pk:064}")
        for each, email in zip(kept, emails, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inquiries_inquiry, inquiries_notice, post_office_email")


def staff(email: str, first_name: str = "") -> StaffUser:
    """Somebody who works at the clinic and may do everything."""
    return StaffUser.objects.create_superuser(email, "a long enough pass phrase", first_name=first_name)


def answer(name: str, *texts: str, topic: str = "", language: str = "en", approved: bool = True) -> Answer:
    """A prepared answer with these texts, the first one written first; all of them approved, or none."""
    kept = Answer.objects.create(name=name, topic=topic, language=language)
    by = StaffUser.objects.get_or_create(email="ada@example.org")[0] if approved else None
    for number, text in enumerate(texts or ["Hello {name}."], 1):
        when = timezone.now() if by else None
        AnswerVersion.objects.create(answer=kept, number=number, text=text, approved_by=by, approved_at=when)
    return kept
