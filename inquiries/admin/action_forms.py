"""What is asked for when an inquiry is changed from its page: a form for each change; reply_form.py has the largest."""

from collections.abc import Sequence
from typing import Any

from django import forms

from clinic.practice.days import DayField
from clinic.staff.models import StaffUser
from inquiries.models import Entry, Outcome, ReplyBy
from inquiries.models.inquiry import PHONE_LENGTH

ENTRY_LENGTH = 10_000


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


class ContactForm(ActionForm):
    """How to reach the person, put right."""

    reply_by = forms.ChoiceField(label="Reply by", choices=ReplyBy.choices)
    email = forms.EmailField(
        label="Email",
        required=False,
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.com"},
    )
    phone = forms.CharField(label="Phone", required=False, max_length=PHONE_LENGTH)

    def clean(self) -> dict[str, Any]:
        """What the reply needs must be there."""
        given = super().clean() or {}
        needed = given.get("reply_by")
        if needed and needed not in self.errors and not given.get(needed):
            self.add_error(needed, f"Enter the {ReplyBy(needed).label.lower()} that the reply goes to")
        return given
