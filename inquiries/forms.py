"""What we ask, and how we say it is wrong."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property

from inquiries import spam
from inquiries.models import Language, ReplyBy, Topic, WritingFor
from inquiries.models.inquiry import CONTACT_TIMES_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, PHONE_LENGTH
from inquiries.text import normalised

# The fewest digits a number can be called with (a local US number), and the most: 15 by E.164, and an extension.
PHONE_DIGITS = range(7, 22)


class TextAsTyped(forms.CharField):
    """Text kept as the person typed it, but for line ends and Unicode's composed form.

    Its length is checked here and not by the browser: a `maxlength` cuts off pasted text without a word.
    """

    def __init__(self, *, longest: int, too_long: str, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.longest = longest
        self.too_long = too_long

    def to_python(self, value: Any) -> str:
        """The text; only white space counts as nothing."""
        text = super().to_python(value) or ""
        return text if text.strip() else ""

    def clean(self, value: Any) -> str:
        """The normalised text; raises ValidationError with the number of characters over the limit."""
        text: str = super().clean(value)
        # No letter is written in more than four parts. Composing a text that is far too long could take minutes.
        kept = normalised(text) if len(text) <= 4 * self.longest else text
        # Composing can shorten or lengthen a text; the person is held to the kinder of the two counts.
        length = min(len(text.replace("\r\n", "\n")), len(kept))
        if length > self.longest:
            raise ValidationError(self.too_long.format(length=length, over=length - self.longest, longest=self.longest))
        return kept


class InquiryForm(forms.Form):
    """Ask the clinic a question."""

    topic = forms.ChoiceField(
        label="What is your question about?",
        choices=Topic.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select what your question is about",
            "invalid_choice": "Select what your question is about",
        },
    )
    writing_for = forms.ChoiceField(
        label="Who are you asking for?",
        choices=WritingFor.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select who you are asking for",
            "invalid_choice": "Select who you are asking for",
        },
    )
    message = TextAsTyped(
        label="Your question",
        help_text="Write in your own words. You do not need to share medical details now; we will ask if we need them. "
        f"You can use up to {MESSAGE_LENGTH:,} characters.",
        longest=MESSAGE_LENGTH,
        too_long="Your question is {length:,} characters. Shorten it by {over:,} to {longest:,} or fewer",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write your question"},
    )
    name = TextAsTyped(
        label="Your name",
        help_text="The name you would like us to use.",
        longest=NAME_LENGTH,
        too_long="Your name must be {longest} characters or fewer",
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter the name you would like us to use"},
    )
    reply_by = forms.ChoiceField(
        label="How should we reply?",
        choices=ReplyBy.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select how we should reply",
            "invalid_choice": "Select how we should reply",
        },
    )
    email = forms.EmailField(
        label="Email address",
        help_text="We need this if you chose email. Our automatic emails never repeat what you wrote.",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.com"},
    )
    phone = TextAsTyped(
        label="Phone number",
        help_text="We need this if you chose phone. Include the country code if it is not a US number.",
        longest=PHONE_LENGTH,
        too_long="Your phone number must be {longest} characters or fewer",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    voicemail_ok = forms.ChoiceField(
        label="May we leave a voicemail?",
        help_text="If you do not choose, we will not leave one.",
        choices=[("yes", "Yes"), ("no", "No")],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Select yes if we may leave a voicemail"},
    )
    contact_times = TextAsTyped(
        label="Good times to reach you (optional)",
        help_text="For example, weekdays after 4 pm.",
        longest=CONTACT_TIMES_LENGTH,
        too_long="Good times to reach you must be {longest} characters or fewer",
        required=False,
    )
    language = forms.ChoiceField(
        label="Which language should we reply in?",
        choices=[(Language.ENGLISH, "English"), (Language.SPANISH, "Español")],
        initial=Language.ENGLISH,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Select a language"},
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    # Two clues to machines (spam.py). Neither can make a form wrong.
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    remarks = forms.CharField(
        label="Leave this field empty",
        required=False,
        # The name means nothing to a browser's autofill; the attributes ask password managers to stay away.
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "tabindex": "-1", "data-1p-ignore": "", "data-lpignore": "true"}
        ),
    )

    use_required_attribute = False  # our messages say what is missing; `required` on one radio of five says less

    def __init__(self, data: QueryDict | None = None) -> None:
        # What was wrong with the way the form was sent; see reading.py.
        self.trouble: str = getattr(data, "trouble", "")
        super().__init__(with_key(data))
        # The widget's maxlength would cut pasted text off in silence.
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    @cached_property
    def helper(self) -> FormHelper:
        """How crispy shows the form. Made when it is shown: most forms that are sent never are."""
        helper = FormHelper()
        helper.attrs = {"novalidate": ""}  # our messages say what to do; the browser's bubbles do not
        helper.show_errors = True
        helper.form_show_errors = True
        helper.layout = _layout()
        return helper

    def clean_voicemail_ok(self) -> bool:
        """True only for a clear yes: a voicemail may be heard by somebody else."""
        return bool(self.cleaned_data["voicemail_ok"] == "yes")

    def clean_phone(self) -> str:
        """The number as typed; refused only when no one could dial it."""
        phone: str = self.cleaned_data["phone"]
        digits = sum(character.isdigit() for character in phone)
        if phone and digits not in PHONE_DIGITS:
            raise ValidationError("Enter a phone number with its area code, like (212) 555-0123")
        return phone

    def clean(self) -> dict[str, Any]:
        """The way to reply must be usable, and what arrived must be what was sent."""
        data = self.cleaned_data
        if self.trouble:
            self.add_error(None, self.trouble)
        if data.get("reply_by") == ReplyBy.EMAIL and not data.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter your email address, so that we can reply")
        if data.get("reply_by") == ReplyBy.PHONE and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Enter your phone number, so that we can call you")
        data["language"] = data.get("language") or Language.ENGLISH
        return data

    def said(self) -> dict[str, Any]:
        """What the person said, as `services.submit` takes it. Only after `is_valid()`."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("stamp", "remarks")}

    def clues(self, network: str) -> spam.Clues:
        """What else came with the form, sent from `network`. Only after `is_valid()`."""
        data = self.cleaned_data
        return spam.Clues(key=data["submission_key"], trap=data["remarks"], stamp=data["stamp"], network=network)


def with_key(data: QueryDict | None) -> QueryDict | None:
    """`data` with a usable submission key: a form sent without one (an old copy of the page) still counts."""
    if data is None:
        return None
    try:
        uuid.UUID(data.get("submission_key", ""))
    except ValueError:
        data = data.copy()
        data["submission_key"] = str(uuid.uuid4())
    return data


def _layout() -> Layout:
    return Layout(
        "submission_key",
        "stamp",
        Fieldset("Your question", "topic", "writing_for", "message"),
        Fieldset(
            "How to reach you",
            "name",
            "reply_by",
            Div("email", css_class="reply-by-email"),
            Div("phone", "voicemail_ok", css_class="reply-by-phone"),
            "contact_times",
            "language",
        ),
        Div("remarks", css_class="trap", aria_hidden="true"),
        HTML("{% include 'partials/_privacy_line.html' %}"),
        Submit("send", "Send my question", css_class="button"),
    )
