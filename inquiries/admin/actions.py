"""What can be done to one inquiry from its page: when each change is offered, and which service makes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.admin import reply_form
from inquiries.admin.action_forms import ActionForm, AssignForm, CloseForm, ContactForm, EntryForm, WaitForm
from inquiries.changes import ACT
from inquiries.models import Inquiry, Status, Urgency

ASSIGN = "inquiries.assign_inquiry"
IN_HAND = {Status.NEW, Status.OPEN, Status.WAITING}


def _write(inquiry_id: int, *, what: str, text: str, **who: Any) -> Inquiry:
    if what == "note":
        return services.note(inquiry_id, text=text, **who)
    return services.log_call(inquiry_id, call=what, text=text, **who)


@dataclass(frozen=True)
class Action:
    """One thing that can be done: its service, its form, its button, when it is offered, and to whom."""

    service: Callable[..., Inquiry]
    form: type[ActionForm]
    label: str
    offered: Callable[[Inquiry, StaffUser], bool]
    permission: str = ACT


def _stands(*statuses: str) -> Callable[[Inquiry, StaffUser], bool]:
    return lambda inquiry, person: inquiry.status in statuses


# In the order of the buttons.
ACTIONS = {
    "acknowledge": Action(
        services.acknowledge, ActionForm, "I am dealing with this", lambda inquiry, person: inquiry.is_unacknowledged
    ),
    "confirm_close": Action(
        services.confirm_close,
        ActionForm,
        "Confirm: close it",
        lambda inquiry, person: bool(inquiry.closing_outcome) and inquiry.closing_asked_by_id != person.pk,
    ),
    "decline_close": Action(
        services.decline_close, ActionForm, "Keep it open", lambda inquiry, person: bool(inquiry.closing_outcome)
    ),
    "claim": Action(services.claim, ActionForm, "Claim", _stands(Status.NEW, Status.WAITING)),
    "accept": Action(services.accept, ActionForm, "Not spam: move to the desk", _stands(Status.QUARANTINED)),
    "reopen": Action(services.reopen, ActionForm, "Reopen", _stands(Status.DONE)),
    "reply": Action(
        reply_form.send,
        reply_form.ReplyForm,
        "Preview",
        lambda inquiry, person: inquiry.status in IN_HAND and bool(inquiry.email),
    ),
    "entry": Action(_write, EntryForm, "Save", lambda inquiry, person: True),
    "contact": Action(services.correct_contact, ContactForm, "Correct", _stands(*IN_HAND, Status.DONE)),
    "wait": Action(services.wait, WaitForm, "Wait on the patient", _stands(Status.OPEN)),
    "close": Action(
        services.close,
        CloseForm,
        "Close",
        lambda inquiry, person: inquiry.status in {*IN_HAND, Status.QUARANTINED} and not inquiry.closing_outcome,
    ),
    "assign": Action(services.assign, AssignForm, "Give", _stands(*IN_HAND), ASSIGN),
    "release": Action(services.release, ActionForm, "Release to everybody", _stands(Status.OPEN, Status.WAITING)),
}


# Of these, the first that is offered is the thing to do next.
FIRST = ("acknowledge", "confirm_close", "claim", "accept")


@dataclass(frozen=True)
class Offer:
    """An action as the page shows it."""

    name: str
    label: str
    form: ActionForm
    url: str
    hint: str = ""

    @property
    def stands_elsewhere(self) -> bool:
        """True for what has a place of its own on the page, away from the list of actions."""
        return self.name in ("reply", "entry", "contact")


def offered(
    inquiry: Inquiry, person: StaffUser, people: Sequence[StaffUser], bound: ActionForm | None = None
) -> dict[str, Offer]:
    """What this person may do now. `bound` is a form that was refused, shown again with what was typed."""
    found: dict[str, Offer] = {}
    if inquiry.is_erased:
        return found
    for name, action in ACTIONS.items():
        if person.has_perms({ACT, action.permission}) and action.offered(inquiry, person):
            form = action.form(prefix=name, initial=_initial(name, inquiry), people=people)
            if bound is not None and bound.prefix == name:
                form = bound
            found[name] = Offer(name, action.label, form, _url(name, inquiry), _hint(name, inquiry, person, people))
    return found


def _url(name: str, inquiry: Inquiry) -> str:
    # What goes to the patient is looked at once more before it is sent.
    if name == "reply":
        return reverse("admin:inquiries_inquiry_reply", args=[inquiry.pk])
    return reverse("admin:inquiries_inquiry_action", args=[inquiry.pk, name])


def _initial(name: str, inquiry: Inquiry) -> dict[str, Any]:
    given: dict[str, Any] = {"seen": inquiry.version}
    if name == "entry":
        given |= {"text": getattr(inquiry, "note_text", None) or ""}
    elif name == "reply":
        given |= reply_form.initial(inquiry)
    elif name == "contact":
        given |= {field: getattr(inquiry, field) for field in ("reply_by", "email", "phone")}
    return given


def _hint(name: str, inquiry: Inquiry, person: StaffUser, people: Sequence[StaffUser]) -> str:
    if name == "close" and inquiry.urgency != Urgency.ROUTINE:
        if any(other.pk != person.pk for other in people):
            return "It is urgent: a second person has to confirm before it is closed."
        return "Nobody else can confirm this. You would close it alone, and the history says so."
    if name == "reply":
        return reply_form.hint(inquiry)
    if name == "entry" and inquiry.phone and not inquiry.voicemail_ok:
        return "If you call: do not leave a voicemail."
    return ""
