"""What staff fill in to write a prepared answer."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from inquiries import answers
from inquiries.models import Answer, Topic
from inquiries.models.answer import TEXT_LENGTH


class AnswerForm(forms.ModelForm):
    """What staff write."""

    text = forms.CharField(
        max_length=TEXT_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "true"}),
        error_messages={"required": "Write the text first"},
    )

    class Meta:
        model = Answer
        fields: ClassVar = ["name", "topic"]
        error_messages: ClassVar = {"name": {"required": "Give it a name that staff can choose it by"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["topic"].choices = [("", "Any topic"), *Topic.choices]  # type: ignore[attr-defined]  # a choice field

    def clean_text(self) -> str:
        """As it is kept; blank space alone is no text."""
        text = answers.clean(self.cleaned_data["text"])
        if not text:
            raise ValidationError("Write the text first")
        return text


class NewAnswerForm(AnswerForm):
    """The first text, in the language that the answer will always have."""

    class Meta(AnswerForm.Meta):
        fields: ClassVar = ["name", "topic", "language"]


class ChangeForm(AnswerForm):
    """A new text, and the revision of the answer that the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
