"""What the database keeps of people, field by field, and what becomes of each when a patient is erased.

Every table and every field stands here, those of libraries, too: a test fails for one that does not, so whoever adds a
field decides whether it tells something of a person. docs/data-flow.md says the same for people; rights.py does it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.postgres.functions import RandomUUID
from django.db.models import Case, Model, QuerySet, Value, When

from inquiries.models import Inquiry
from inquiries.models.choices import ERASED


@dataclass(frozen=True)
class Table:
    """One table. A field that is not in `plain` tells something of a person, and `personal` says what."""

    plain: str = ""
    personal: Mapping[str, str] = field(default_factory=dict)
    of: str = "patient"
    """patient, staff or both"""
    through: str = ""
    """How its rows lead to the inquiry that is erased. Then they are deleted, or lose what `instead` names."""
    instead: Mapping[str, Any] = field(default_factory=dict)
    """What stands in a field afterwards."""
    stays: str = ""
    """Why an erasure leaves the rows as they are, or what else sees to them."""


# A mark where there were words, and nothing where there was nothing.
MARK = Case(When(text="", then=Value("")), default=Value(ERASED))
STAFF = "It is about people who work here, and about what they did."
IDS = "Numbers, states and times: what the clinic did stays provable, for nobody in particular."

# Those that lead to an inquiry stand in the order in which they are erased: the inquiry first, because the database
# lets only what hangs on an erased one lose its words.
TABLES: dict[str, Table] = {
    "inquiries.Inquiry": Table(
        "id reference follows received_at topic writing_for reply_by language status urgency due_at waiting_until "
        "outcome closed_at closing_outcome closing_asked_at first_replied_at last_event last_event_at acknowledged_at "
        "paged_again_at pages_repeated pinned held_at erased_at version sample "
        "owner closed_by closing_asked_by acknowledged_by held_by erased_by",
        {
            "submission_key": "the form's key; of one that was sent twice, a digest of what was typed",
            "name": "their name",
            "email": "their email address",
            "phone": "their phone number",
            "voicemail_ok": "whether to leave a voicemail",
            "contact_times": "good times to reach them, in their words",
            "message": "their question",
            "suspicions": "why it was taken for spam",
            "likeness": "a keyed digest of contact and text",
            "hold_reason": "why there is a legal hold; while there is one, nothing is erased",
        },
        through="pk",
        instead={
            "submission_key": RandomUUID(),
            "name": ERASED,
            "email": "",
            "phone": "",
            "voicemail_ok": False,
            "contact_times": "",
            "message": ERASED,
            "suspicions": [],
            "likeness": None,
            "hold_reason": "",
        },
    ),
    "inquiries.Message": Table(
        "id inquiry kind author role written_at then wait_until leaves_at left_at taken_back_at opened_at",
        {
            "text": "what they and the clinic wrote to each other",
            "submission_key": "the form's key; of one that was sent twice, a digest of what was typed",
        },
        through="inquiry",
        instead={"text": MARK, "submission_key": Case(When(submission_key=None, then=None), default=RandomUUID())},
    ),
    "inquiries.Entry": Table(
        "id inquiry kind call author written_at",
        {"text": "notes and calls of staff about them"},
        through="inquiry",
        instead={"text": MARK},
    ),
    "inquiries.Draft": Table(
        "id inquiry person kind saved_at",
        {"text": "a note about them, or a message to them, that somebody has begun"},
        through="inquiry",
    ),
    "inquiries.Finding": Table(
        "id inquiry message field",
        dict.fromkeys(("kind", "rule", "start", "end"), "what screening found in their words, and where"),
        through="inquiry",
    ),
    # Before the codes: with a code goes the notice that leads to its email.
    "post_office.Log": Table(
        "id email date status exception_type",
        {"message": "why an email to them failed, without the address"},
        through="email__notice__inquiry",
    ),
    "post_office.Email": Table(
        "id from_email status recipient_delivery_status priority created last_updated scheduled_time expires_at "
        "number_of_retries headers template context backend_alias",
        {
            "to": "their email address",
            "cc": "never used",
            "bcc": "never used",
            "subject": "that they wrote to this clinic",
            "message": "their reference and what we promised",
            "html_message": "the same",
            "message_id": "what the mail servers on the way know it by",
        },
        through="notice__inquiry",
    ),
    "inquiries.Notice": Table(
        "id inquiry kind email message code told_at created_at",
        {"mailbox": "a keyed digest of their mailbox"},
        through="inquiry",
    ),
    "inquiries.Code": Table(
        "id link made_at expires_at wrong_tries used_at",
        {"nonce": "what the digits sent to them are derived from"},
        through="link__inquiry",
    ),
    "inquiries.Link": Table(
        "id inquiry made_at expires_at replaced_at",
        {"nonce": "what the address of their messages is derived from", "token_hash": "a digest of it"},
        through="inquiry",
    ),
    "inquiries.LostLink": Table(
        "id period asked_at looked_at",
        {"reference": "whose link was lost", "mailbox": "a keyed digest of the address that was typed"},
        stays="rights.py deletes them by what they hold; the worker deletes the others within a quarter of an hour.",
    ),
    "inquiries.Searchable": Table(
        "inquiry shelf room",
        {"email": "their address", "phone": "their digits", "words": "the stems of everything that was written"},
        stays="The database writes it anew, from what is left, whenever something in it goes.",
    ),
    "inquiries.NameWord": Table(
        "seen", {"word": "a word of their name"}, stays="The database removes words of names that nobody has any more."
    ),
    "sessions.Session": Table(
        "session_key expire_date",
        {"session_data": "who has signed in; what they searched for last"},
        "both",
        stays="rights.py takes everything out of it but who has signed in.",
    ),
    "inquiries.Tally": Table(
        "slot during counted",
        {"last_key": "a digest of a form's key and what was typed"},
        stays="The key it was made with is gone, so it leads to nobody; the next message in the slot ends it.",
    ),
    "inquiries.Access": Table(
        "id deed inquiry at period place",
        {"person": "who looked", "network": "from where", "reason": "why, in their words"},
        "staff",
        stays="Who looked stays provable. The forms ask for reasons without names.",
    ),
    "inquiries.Look": Table("id inquiry version", {"person": "who looked", "looked_at": "when"}, "staff", stays=STAFF),
    "inquiries.InquiryEvent": Table(
        "pgh_id pgh_created_at pgh_label pgh_obj pgh_context status urgency due_at waiting_until outcome closed_at "
        "acknowledged_at closing_outcome closing_asked_at first_replied_at version",
        dict.fromkeys(("owner", "closed_by", "acknowledged_by", "closing_asked_by"), "who did it"),
        "staff",
        stays=IDS,
    ),
    "pghistory.Context": Table(
        "id created_at updated_at", {"metadata": "who did it, and why somebody was erased"}, "staff", stays=IDS
    ),
    "staff.StaffUser": Table(
        "id is_superuser is_staff is_active",
        {
            "email": "their address, by which they sign in",
            "first_name": "their name",
            "last_name": "their name",
            "password": "a digest of it",
            "last_login": "when they signed in last",
            "date_joined": "since when they have an account",
            "is_away": "whether they are at work",
        },
        "staff",
        stays=STAFF,
    ),
    "staff.StaffUser_groups": Table("id group", {"staffuser": "what their role is"}, "staff", stays=STAFF),
    "staff.StaffUser_user_permissions": Table("id permission", {"staffuser": "what they may do"}, "staff", stays=STAFF),
    "admin.LogEntry": Table(
        "id action_time content_type object_id action_flag change_message",
        {"user": "who changed an account, a role or the practice", "object_repr": "whose account"},
        "staff",
        stays=STAFF,
    ),
    "practice.Practice": Table(
        "id name address timezone opening_hours holidays_country reply_target_hours crisis_minutes emergency_minutes "
        "keep_quarantined_days keep_closed_months keep_unanswered_months",
        {
            "phone": "the clinic's number",
            "inbox_email": "the front desk's address",
            "on_call_addresses": "the addresses of people on call",
        },
        "staff",
        stays=STAFF,
    ),
    "pages.Page": Table(
        "id title nav_title summary body section order related slug published based_on updated_at reviewed_on "
        "next_review_on",
        {"reviewed_by": "a clinician's name, for readers"},
        "staff",
        stays=STAFF,
    ),
    "pages.Version": Table(
        "id title nav_title summary body section order related page number state note made_at approved_at reviewed_on "
        "next_review_on published_at closed_at",
        {
            "reviewed_by": "a clinician's name, for readers",
            "author": "who wrote it",
            **dict.fromkeys(("approved_by", "published_by", "closed_by"), "who did it"),
        },
        "staff",
        stays=STAFF,
    ),
    "inquiries.Answer": Table(
        "id name topic language revision retired_at", {"retired_by": "who did it"}, "staff", stays=STAFF
    ),
    "inquiries.AnswerVersion": Table(
        "id answer number text made_at approved_at",
        {"author": "who wrote it", "approved_by": "who approved it"},
        "staff",
        stays=STAFF,
    ),
    # Nothing of a person.
    "inquiries.Figure": Table("id measure span begins topic counted median slow"),
    "inquiries.WorkerHeartbeat": Table("id beat_at expired_on counted_at"),
    "practice.Closure": Table("id practice first_day last_day reason"),
    "pages.Edition": Table("id token"),
    "pages.Reference": Table("id key authors year title journal doi pmid url note based_on"),
    "auth.Permission": Table("id name content_type codename"),
    "auth.Group": Table("id name"),
    "auth.Group_permissions": Table("id group permission"),
    "contenttypes.ContentType": Table("id app_label model"),
    "post_office.EmailTemplate": Table(
        "id name description created last_updated subject content html_content language default_template"
    ),
    "post_office.Attachment": Table("id file name mimetype headers"),
    "post_office.Attachment_emails": Table("id attachment email"),
}


def models() -> dict[str, type[Model]]:
    """Every table of the site, by the name it has in TABLES."""
    found = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in found if model._meta.managed and not model._meta.proxy}


def wipe(inquiry: Inquiry) -> None:
    """Take from everything that hangs on an erased inquiry what it holds of the person. Call it in a transaction."""
    for label, table in TABLES.items():
        if table.through and label != Inquiry._meta.label:
            rows: QuerySet[Any] = models()[label]._default_manager.filter(**{table.through: inquiry})
            if table.instead:
                rows.update(**table.instead)
            else:
                rows.delete()
