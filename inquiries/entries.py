"""What staff write down about an inquiry: notes, calls and how they went; and drafts of what they write to anybody."""

import pghistory
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import StaffUser
from inquiries import notices
from inquiries.changes import Refused, change
from inquiries.models import Draft, Entry, Inquiry, Message
from inquiries.text import normalised


def note(inquiry_id: int, *, text: str, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Keep a note for colleagues; the patient never sees it. Raises Refused without words."""
    if not text.strip():
        raise Refused("Write the note first.")
    with change(inquiry_id, "note", by=by, seen=seen) as inquiry:
        _write(inquiry, by, kind=Entry.Kind.NOTE, text=text)
    return inquiry


def log_call(inquiry_id: int, *, call: str, text: str = "", by: StaffUser, seen: int | None = None) -> Inquiry:
    """Keep that somebody called, and how it went: one of Entry.Call. Reaching the person is the first reply.

    It also settles every email to them that did not arrive. Raises Refused for another word.
    """
    if call not in Entry.Call.values:
        raise Refused("Choose how the call went.")
    with change(inquiry_id, "call", by=by, seen=seen) as inquiry:
        _write(inquiry, by, kind=Entry.Kind.CALL, call=call, text=text)
        if call == Entry.Call.REACHED:
            inquiry.first_replied_at = inquiry.first_replied_at or timezone.now()
            notices.settle_undelivered(inquiry)
    return inquiry


def _write(inquiry: Inquiry, by: StaffUser, *, kind: str, text: str, call: str = "") -> None:
    entry = Entry.objects.create(inquiry=inquiry, author=by, kind=kind, call=call, text=_clean(text))
    # History holds the entry's number, so that the timeline shows it where it was written; never its words.
    pghistory.context(entry=entry.pk)
    forget_draft(inquiry.pk, by=by, kind=Draft.Kind.NOTE)


@transaction.atomic
def keep_draft(inquiry_id: int, *, text: str, by: StaffUser, kind: str = Draft.Kind.NOTE) -> None:
    """Keep what a person has typed so far, for nobody else; without words, forget it.

    Changes nothing about the inquiry, so it asks for no version.
    """
    text = _clean(text)
    # Locked, or a page that is still open somewhere would keep words about a person who is being erased.
    there = Inquiry.objects.select_for_update(no_key=True).filter(pk=inquiry_id, erased_at=None).values_list("pk")
    # The last save of a draft may overtake what it became; it must not come back beside it.
    if not text.strip() or not there or _became(inquiry_id, text, by, kind):
        forget_draft(inquiry_id, by=by, kind=kind)
        return
    draft = Draft(inquiry_id=inquiry_id, person=by, kind=kind, text=text, saved_at=timezone.now())
    Draft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["inquiry", "person", "kind"], update_fields=["text", "saved_at"]
    )


def forget_draft(inquiry_id: int, *, by: StaffUser, kind: str) -> None:
    """Keep a person's draft no longer: its words are written down or sent, or they took them out."""
    Draft.objects.filter(inquiry=inquiry_id, person=by, kind=kind).delete()


def _became(inquiry_id: int, text: str, by: StaffUser, kind: str) -> bool:
    if kind == Draft.Kind.NOTE:
        return Entry.objects.filter(inquiry=inquiry_id, author=by, text=text).exists()
    sent = Message.objects.filter(inquiry=inquiry_id, author=by, text=text.strip(), taken_back_at=None)
    return sent.exists()


def _clean(text: str) -> str:
    """As patients' texts are kept. PostgreSQL cannot hold NUL."""
    return normalised(text).replace("\0", "")
