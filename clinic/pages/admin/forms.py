"""What staff fill in to write, review and restore a text."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from clinic.pages.models import TEXT_FIELDS, Version
from clinic.pages.models.text import SLUG
from clinic.practice.days import DayField


class TextForm(forms.ModelForm):
    """The whole text of a page, why it changed, and the standing that the author saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Version
        fields = ("title", "nav_title", "summary", "body", "related", "section", "order", "note")
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3, "spellcheck": "true"}),
            "body": forms.Textarea(attrs={"rows": 30, "spellcheck": "true", "class": "desk-markdown"}),
        }

    def clean_body(self) -> str:
        """With plain line ends, so that versions can be compared, and one at the end."""
        body: str = self.cleaned_data["body"]
        return body.replace("\r\n", "\n").strip() + "\n"

    def text(self) -> dict[str, Any]:
        """The text alone, by field; parts with an error are left out."""
        return {name: self.cleaned_data[name] for name in TEXT_FIELDS if name in self.cleaned_data}


class NewPageForm(TextForm):
    """A first text, and the address that the page will have for ever."""

    slug = forms.CharField(
        label="Address",
        max_length=60,
        validators=[RegexValidator(SLUG, "Use small letters, digits and single hyphens.")],
        help_text="The last part of the page's address. It cannot be changed later, because others link to it.",
    )
    field_order = ("slug",)


class ActionForm(forms.Form):
    """What every change carries: the standing that the person saw."""

    seen = forms.CharField(widget=forms.HiddenInput)


class RestoreForm(ActionForm):
    """Which version."""

    number = forms.IntegerField(widget=forms.HiddenInput)


class ReviewForm(ActionForm):
    """What readers are told about the review."""

    reviewed_by = forms.CharField(
        label="Your name and credentials, as readers see them",
        max_length=120,
        error_messages={"required": "Enter your name and credentials, like Ada Example, MD"},
    )
    next_review_on = DayField(label="Next review by", error_messages={"required": "Enter the day of the next review"})
