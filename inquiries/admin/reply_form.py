"""The message to the patient as it is typed: what is asked for, what is checked before it is shown, and sending it."""

from datetime import date, timedelta
from typing import Any

from django import forms

from clinic.practice.days import DayField
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import services
from inquiries.admin.action_forms import ActionForm
from inquiries.answers import VARIABLE
from inquiries.conversation import replies
from inquiries.conversation.private_numbers import looks_private
from inquiries.models import Inquiry, Message, ReplyBy, Urgency

WAITS = timedelta(days=7)
PRIVATE = (
    "This seems to hold the number of a card or a social security number. Take it out, or tick the box below if it is "
    "something else"
)


class ReplyForm(ActionForm):
    """A message to the patient, and what becomes of the inquiry when it has left."""

    text = forms.CharField(
        label="Your message",
        max_length=replies.LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write the message first"},
    )
    # Asked only of who typed what looks like such a number; see `__init__`.
    checked = forms.BooleanField(
        label="I have looked: it is neither a card nor a social security number",
        required=False,
        widget=forms.HiddenInput,
    )
    then = forms.ChoiceField(
        label="What happens when it has left?",
        choices=[
            (Message.Then.WAIT.value, "Wait for the patient until"),
            (Message.Then.ANSWERED.value, "Close it as answered"),
            (Message.Then.KEEP.value, "Keep it open: I will write again"),
        ],
        error_messages={"required": "Choose what happens then"},
    )
    wait_until = DayField(label="Wait until", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if looks_private(str(self["text"].value() or "")):
            self.fields["checked"].widget = forms.CheckboxInput()

    def clean(self) -> dict[str, Any]:
        """Say everything that the service would refuse, at the field that it is about."""
        given = super().clean() or {}
        text = given.get("text", "")
        if text and not text.strip():
            self.add_error("text", "Write the message first")
        if blank := VARIABLE.search(text):
            self.add_error("text", f"Fill in or remove {blank[0]} before you send this")
        if looks_private(text) and not given.get("checked"):
            self.add_error("text", PRIVATE)
        until, waits = given.get("wait_until"), given.get("then") == Message.Then.WAIT
        if waits and "wait_until" not in self.errors and (until is None or until <= _today()):
            self.add_error("wait_until", "Choose a day after today to wait until")
        return given


def initial(inquiry: Inquiry) -> dict[str, Any]:
    """What the form begins with. A crisis is never set aside because nobody chose otherwise."""
    then = Message.Then.WAIT if inquiry.urgency == Urgency.ROUTINE else Message.Then.KEEP
    return {"then": then, "wait_until": _today() + WAITS, "text": getattr(inquiry, "reply_text", None) or ""}


def hint(inquiry: Inquiry) -> str:
    """What whoever writes must know first; empty when there is nothing."""
    if inquiry.reply_by == ReplyBy.PHONE:
        return "They asked to be called. Write only if you cannot reach them, or if they wrote back."
    return ""


def send(inquiry_id: int, *, by: StaffUser, seen: int | None = None, **message: Any) -> Inquiry:
    """As `services.reply`, for the desk's table of actions."""
    return services.reply(inquiry_id, by=by, seen=seen, **message).inquiry


def _today() -> date:
    return Practice.objects.recent().today()
