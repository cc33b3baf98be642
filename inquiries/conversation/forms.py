"""What the patient's page asks, and how it says that something is wrong, in either language."""

import re
import unicodedata
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from inquiries import reading, references
from inquiries.forms import TextAsTyped, with_key
from inquiries.models.inquiry import MESSAGE_LENGTH

TROUBLE = {
    reading.TOO_LONG: "trouble_long",
    reading.CUT_OFF: "trouble_cut",
    reading.UNSURE: "trouble_unsure",
}
CODE_LENGTH = 6


class ReplyForm(forms.Form):
    """Write to the clinic again. Without `data`, an empty form with a key of its own."""

    message = TextAsTyped(longest=MESSAGE_LENGTH, too_long="", widget=forms.Textarea(attrs={"rows": 6}))
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    use_required_attribute = False  # our messages say what to do; the browser's bubbles do not

    def __init__(self, said: dict[str, str], data: QueryDict | None = None) -> None:
        self.said = said
        self.trouble: str = getattr(data, "trouble", "")
        super().__init__(with_key(data), initial={"submission_key": uuid.uuid4()})
        message = self.fields["message"]
        assert isinstance(message, TextAsTyped)
        message.label, message.too_long = said["your_message"], said["message_long"]
        message.help_text = said["message_hint"].format(longest=f"{MESSAGE_LENGTH:,}")
        message.error_messages["required"] = said["message_missing"]

    def clean(self) -> None:
        """What arrived must be what was sent."""
        if self.trouble:
            self.add_error(None, self.said[TROUBLE[self.trouble]])


class CodeForm(forms.Form):
    """Type the code from the email."""

    code = forms.CharField(
        # As text: a number field would drop a leading zero, and a phone shows the digits because of `inputmode`.
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"})
    )

    use_required_attribute = False

    def __init__(self, said: dict[str, str], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.said = said
        field = self.fields["code"]
        field.label, field.help_text = said["code"], said["code_hint"]
        field.error_messages["required"] = said["code_missing"]

    def clean_code(self) -> str:
        """The digits. What has more or fewer is a slip, and costs none of the five tries."""
        typed: str = self.cleaned_data["code"]
        digits = "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
        if len(digits) != CODE_LENGTH:
            raise ValidationError(self.said["code_shape"])
        return digits


class LostLinkForm(forms.Form):
    """Ask for the link again. Only the shape is checked: whether there is such an inquiry, the page must not know."""

    reference = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    email = forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}))

    use_required_attribute = False

    def __init__(self, said: dict[str, str], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.said = said
        for name, field in self.fields.items():
            field.label, field.help_text = said[name], said[f"{name}_hint"]
            field.error_messages["required"] = said[f"{name}_missing"]
            field.widget.attrs.pop("maxlength", None)  # it would cut off what is pasted without a word
        self.fields["email"].error_messages |= dict.fromkeys(["invalid", "max_length"], said["email_shape"])

    def clean_reference(self) -> str:
        """As the clinic writes references, whatever the person added or left small."""
        reference = references.as_typed(self.cleaned_data["reference"])
        if not re.fullmatch(rf"[A-Z0-9]{{{references.LENGTH}}}", reference):
            raise ValidationError(self.said["reference_shape"])
        return reference
