"""What staff write down about an inquiry: notes, calls and how they went, and drafts of either."""

import pghistory
from django.utils import timezone

from clinic.staff.models import StaffUser
from inquiries.changes import Refused, change
from inquiries.models import Draft, Entry, Inquiry
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

    Raises Refused for another word.
    """
    if call not in Entry.Call.values:
        raise Refused("Choose how the call went.")
    with change(inquiry_id, "call", by=by, seen=seen) as inquiry:
        _write(inquiry, by, kind=Entry.Kind.CALL, call=call, text=text)
        if call == Entry.Call.REACHED and inquiry.first_replied_at is None:
            inquiry.first_replied_at = timezone.now()
    return inquiry


def _write(inquiry: Inquiry, by: StaffUser, *, kind: str, text: str, call: str = "") -> None:
    entry = Entry.objects.create(inquiry=inquiry, author=by, kind=kind, call=call, text=_clean(text))
    # History holds the entry's number, so that the timeline shows it where it was written; never its words.
    pghistory.context(entry=entry.pk)
    Draft.objects.filter(inquiry=inquiry, person=by).delete()


def keep_draft(inquiry_id: int, *, text: str, by: StaffUser) -> None:
    """Keep what a person has typed so far, for nobody else; without words, forget it.

    Changes nothing about the inquiry, so it asks for no version.
    """
    text = _clean(text)
    # The last save of a draft may overtake the note it became; it must not come back beside it.
    written = Entry.objects.filter(inquiry=inquiry_id, author=by, text=text)
    if not text.strip() or written.exists():
        Draft.objects.filter(inquiry=inquiry_id, person=by).delete()
        return
    draft = Draft(inquiry_id=inquiry_id, person=by, text=text, saved_at=timezone.now())
    Draft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["inquiry", "person"], update_fields=["text", "saved_at"]
    )


def _clean(text: str) -> str:
    """As patients' texts are kept. PostgreSQL cannot hold NUL."""
    return normalised(text).replace("\0", "")
