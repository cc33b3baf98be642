"""What can be done to one inquiry from its page: the forms, when each is offered, and doing it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from clinic.practice.days import DayField
from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.changes import ACT
from inquiries.models import Entry, Inquiry, Outcome, Status, Urgency

ASSIGN = "inquiries.assign_inquiry"
ENTRY_LENGTH = 10_000
IN_HAND = {Status.NEW, Status.OPEN, Status.WAITING}


class ActionForm(forms.Form):
    """What every change carries: the version the person saw. `people` are those who can be given an inquiry."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[StaffUser] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.people = {person.pk: person for person in people}


class WaitForm(ActionForm):
    """Until which day."""

    until = DayField(label="Wait until", error_messages={"required": "Enter the day to wait until"})


class CloseForm(ActionForm):
    """How it ended."""

    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[("", "Choose an outcome"), *Outcome.choices],
        error_messages={"required": "Choose how the inquiry ended"},
    )


class AssignForm(ActionForm):
    """To whom."""

    to = forms.TypedChoiceField(
        label="Give it to", coerce=int, error_messages={"required": "Choose who should have it"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(person.pk, str(person)) for person in self.people.values() if not person.is_away]
        self.fields["to"].choices = [("", "Choose a colleague"), *names]  # type: ignore[attr-defined]  # a choice field

    def clean_to(self) -> StaffUser:
        """The person behind the chosen key."""
        return self.people[self.cleaned_data["to"]]


class EntryForm(ActionForm):
    """A note, or how a call went."""

    what = forms.ChoiceField(
        label="What is it?",
        choices=[("note", "A note for colleagues"), *((end, f"Call: {label}") for end, label in Entry.Call.choices)],
        initial="note",
    )
    text = forms.CharField(
        label="What should colleagues know?",
        required=False,
        max_length=ENTRY_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        """A call speaks for itself; a note needs words."""
        given = super().clean() or {}
        if given.get("what") == "note" and not given.get("text", "-").strip():
            self.add_error("text", "Write the note first")
        return given


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
    "entry": Action(_write, EntryForm, "Save", lambda inquiry, person: True),
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


def offered(
    inquiry: Inquiry, person: StaffUser, people: Sequence[StaffUser], bound: ActionForm | None = None
) -> dict[str, Offer]:
    """What this person may do now. `bound` is a form that was refused, shown again with what was typed."""
    found = {}
    for name, action in ACTIONS.items():
        if person.has_perms({ACT, action.permission}) and action.offered(inquiry, person):
            form = action.form(prefix=name, initial=_initial(name, inquiry), people=people)
            if bound is not None and bound.prefix == name:
                form = bound
            url = reverse("admin:inquiries_inquiry_action", args=[inquiry.pk, name])
            found[name] = Offer(name, action.label, form, url, _hint(name, inquiry, person, people))
    return found


def _initial(name: str, inquiry: Inquiry) -> dict[str, Any]:
    draft = getattr(inquiry, "draft_text", None)
    return {"seen": inquiry.version} | ({"text": draft} if name == "entry" and draft else {})


def _hint(name: str, inquiry: Inquiry, person: StaffUser, people: Sequence[StaffUser]) -> str:
    if name == "close" and inquiry.urgency != Urgency.ROUTINE:
        if any(other.pk != person.pk for other in people):
            return "It is urgent: a second person has to confirm before it is closed."
        return "Nobody else can confirm this. You would close it alone, and the history says so."
    if name == "entry" and inquiry.phone and not inquiry.voicemail_ok:
        return "If you call: do not leave a voicemail."
    return ""
