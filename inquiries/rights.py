"""What a person may ask of us, and a court: erase what we keep of them, or keep it from being erased.

An erased inquiry keeps its row, its history and its numbers, and nothing of the person: privacy.py says what becomes of
each field. docs/decisions/0016 says why. What they may have in their hands is in handing_out.py.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pghistory
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from post_office.models import Email
from post_office.settings import get_backend

from clinic.staff.models import StaffUser
from inquiries import mailboxes, privacy
from inquiries.changes import CHANGEABLE, Refused, Stale, change
from inquiries.conversation import replies
from inquiries.models import Inquiry, Link, LostLink, Status, Urgency
from inquiries.relations import LEAST_DIGITS

BETWEEN_EMAILS = b"-" * 79 + b"\n"  # as Django writes them into a file
SHORTEST_NAME = 3  # letters; shorter parts of names are words of their own too often


# --- A legal hold -----------------------------------------------------------------------------------------------------


def hold(inquiry_id: int, *, reason: str, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Keep an inquiry from being erased, by staff and by the calendar, until the hold is lifted. Raises Refused."""
    with change(inquiry_id, "hold", by=by, seen=seen) as inquiry:
        if inquiry.held_by:
            raise Refused(f"{inquiry.held_by} has set a legal hold on {inquiry} already.")
        require_neutral(reason, [inquiry])
        inquiry.held_at, inquiry.held_by, inquiry.hold_reason = timezone.now(), by, reason.strip()
        inquiry.save(update_fields=["held_at", "held_by", "hold_reason"])
    return inquiry


def lift_hold(inquiry_id: int, *, reason: str, by: StaffUser, seen: int | None = None) -> Inquiry:
    """Let it be erased again, when its time is over or somebody asks. Raises Refused when nothing held it."""
    with change(inquiry_id, "lift_hold", by=by, seen=seen) as inquiry:
        if not inquiry.is_held:
            raise Refused(f"There is no legal hold on {inquiry}.")
        require_neutral(reason, [inquiry])
        inquiry.held_at, inquiry.held_by, inquiry.hold_reason = None, None, ""
        inquiry.save(update_fields=["held_at", "held_by", "hold_reason"])
    return inquiry


def require_neutral(reason: str, inquiries: Iterable[Inquiry]) -> None:
    """Raise Refused without a reason, and for one that names the person: it is kept when everything else is erased."""
    if not reason.strip():
        raise Refused("Write why you do this.")
    said, digits = _plain_words(reason), re.sub(r"\D", "", reason)
    for inquiry in inquiries:
        name = _plain_words(inquiry.name)
        named = {word for word in name if len(word) >= SHORTEST_NAME} & set(said)
        # All of a name that is short words only, such as "Li Wu".
        named |= {" ".join(name)} if len(name) > 1 and f" {' '.join(name)} " in f" {' '.join(said)} " else set()
        phone = re.sub(r"\D", "", inquiry.phone)
        called = any(phone[start : start + LEAST_DIGITS] in digits for start in range(len(phone) - LEAST_DIGITS + 1))
        if named or called or (inquiry.email and inquiry.email.casefold() in reason.casefold()):
            raise Refused("The reason is kept for good, so it must not name the person or say how to reach them.")


def _plain_words(text: str) -> list[str]:
    """Without capitals and accents: whoever types a reason often leaves them out."""
    letters = (sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return re.findall(r"\w+", "".join(letters))


# --- Erasing ----------------------------------------------------------------------------------------------------------


def erase(
    inquiry_id: int, *, by: StaffUser | None, reason: str = "", unanswered_too: bool = False, seen: int | None = None
) -> Inquiry:
    """Erase everything about the person from an inquiry and all that hangs on it; at once, or not at all.

    Without `by`, its time is over. Raises Stale when it changed since `seen`, and Refused under a legal hold, for an
    urgent one that nobody has closed, for one that waits for our answer unless `unanswered_too`, and while an email
    about it is on its way.
    """
    who = {"by": by.pk, "reason": reason.strip()} if by else {}
    with transaction.atomic(), pghistory.context(action="erase" if by else "expire", **who):
        inquiry = Inquiry.objects.select_for_update().get(pk=inquiry_id)
        if seen is not None and seen != inquiry.version:
            raise Stale(f"{inquiry} was changed while you were looking at it. Look again before you erase it.")
        if by:
            require_neutral(reason, [inquiry])
        if why_not := why_not_erase(inquiry, unanswered_too=unanswered_too):
            raise Refused(why_not)
        _require_at_rest(inquiry)
        LostLink.objects.filter(Q(reference=inquiry.reference) | Q(mailbox=mailboxes.digest(inquiry.email))).delete()
        _leave_only_the_row(inquiry, by)
        privacy.wipe(inquiry)
        forget_sessions()
        if by:  # what is over its time goes by hundreds, and retention.py sees to the files after the last one
            transaction.on_commit(forget_mail_files)
    return inquiry


def why_not_erase(inquiry: Inquiry, *, unanswered_too: bool = False) -> str:
    """In a sentence, what keeps an inquiry from being erased; empty when nothing does."""
    if inquiry.is_erased:
        return f"{inquiry} is erased already."
    if inquiry.is_held:
        return f"{inquiry} is under a legal hold, set by {inquiry.held_by}. Nothing of it may be erased."
    if inquiry.urgency != Urgency.ROUTINE and inquiry.status != Status.DONE:
        return f"{inquiry} is urgent and not closed. Help the person first, and close it; then it can be erased."
    if inquiry.waits_for_us and not unanswered_too:
        return f"{inquiry} still waits for our answer. Answer it first, or say that it needs none."
    return ""


def _require_at_rest(inquiry: Inquiry) -> None:
    """Raise Refused while something about it is on its way: what is written after us would stay.

    Whoever sends an email or makes a code holds its row and may wait for the inquiry. So we do not wait for them.
    """
    on_its_way = replies.on_its_way(inquiry) is not None
    for rows in (Link.objects.filter(inquiry=inquiry), Email.objects.filter(notice__inquiry=inquiry)):
        on_its_way = on_its_way or _some_are_in_use(rows)
    if on_its_way:
        raise Refused(f"An email about {inquiry} is on its way. Try again in a minute.")


def _some_are_in_use(rows: "QuerySet[Link] | QuerySet[Email]") -> bool:
    free = rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return len(free) < rows.count()


def _leave_only_the_row(inquiry: Inquiry, by: StaffUser | None) -> None:
    """In one statement: the database lets nobody change a row that is erased."""
    now, blanks = timezone.now(), privacy.TABLES[Inquiry._meta.label].instead
    for name, value in blanks.items():
        setattr(inquiry, name, value)
    if inquiry.status != Status.DONE:  # nobody ended it, so it has no outcome
        inquiry.status, inquiry.waiting_until, inquiry.closed_at, inquiry.closed_by = Status.DONE, None, now, by
    inquiry.erased_at, inquiry.erased_by = now, by
    inquiry.last_event = "erase" if by else "expire"
    inquiry.last_event_at = now
    inquiry.version += 1
    inquiry.save(update_fields=[*CHANGEABLE, *blanks, "erased_at", "erased_by"])


# --- What is kept outside the inquiries -------------------------------------------------------------------------------


def forget_sessions() -> None:
    """Take out of the sessions of staff what they searched for and began to write; they stay signed in."""
    for session in Session.objects.select_for_update():
        held = session.get_decoded()
        if not all(map(stays_in_session, held)):
            session.session_data = SessionStore().encode({key: held[key] for key in held if stays_in_session(key)})
            session.save(update_fields=["session_data"])


def stays_in_session(key: str) -> bool:
    """True for what says who has signed in."""
    return key.startswith(("_auth_user", "_session"))


def forget_mail_files() -> None:
    """Where no mail server is set, emails are files. Take out of them what the outbox does not hold any more."""
    if get_backend() != "django.core.mail.backends.filebased.EmailBackend":
        return
    files = {
        file: file.read_bytes().split(BETWEEN_EMAILS)  # two that leave in the same moment may share a file
        for file in Path(settings.EMAIL_FILE_PATH).glob("*.log")
    }
    names = {_message_id(email) for emails in files.values() for email in emails}
    kept = set(Email.objects.filter(message_id__in=names).values_list("message_id", flat=True))
    for file, emails in files.items():
        stay = [email for email in emails if _message_id(email) in kept]
        if not stay:
            file.unlink(missing_ok=True)
        elif len(stay) < len(emails) - 1:  # nothing follows the last line
            file.write_bytes(BETWEEN_EMAILS.join([*stay, b""]))


def _message_id(email: bytes) -> str:
    named = re.search(rb"^Message-ID: (\S+)", email, re.MULTILINE | re.IGNORECASE)
    return named[1].decode("ascii", "replace") if named else ""
