"""What narrows the list down within a tab: one form above it, sent by GET, so that a list has an address."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest

from clinic.practice.days import DayField, begins
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries.highlight import WORDS
from inquiries.models import Language, Topic
from inquiries.querysets import InquiryQuerySet

NOBODY = "nobody"
NEWEST = "received"
UNACKNOWLEDGED = "unacknowledged"


def _any(words: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", words), *choices], required=False)


class NarrowingForm(forms.Form):
    """Every field may stay empty; one that makes no sense is named and left out of account."""

    topic = _any("Any topic", Topic.choices)
    owner = _any("Anybody", [])
    flag = _any("Any or none", [*WORDS.items(), (UNACKNOWLEDGED, "Not acknowledged")])
    due = _any("Any time", [("overdue", "Overdue"), ("hour", "Within the hour")])
    language = _any("Any language", Language.choices)
    since = DayField(label="Received from", required=False)
    until = DayField(label="Received to", required=False)
    sort = forms.ChoiceField(
        label="Order", choices=[("", "As the desk works"), (NEWEST, "Newest first")], required=False
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="narrow_%s")
        people = StaffUser.objects.only(
            "first_name", "last_name", "email"
        )  # also those who have left: they closed some
        choices = sorted(((str(person.pk), str(person)) for person in people), key=lambda choice: choice[1].lower())
        self.fields["owner"].choices = [("", "Anybody"), (NOBODY, "Nobody yet"), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    def narrow(self, inquiries: InquiryQuerySet) -> InquiryQuerySet:
        """Those that fit every field which is filled in and makes sense."""
        wanted = self.wanted
        if owner := wanted.get("owner"):
            inquiries = inquiries.ownerless() if owner == NOBODY else inquiries.filter(owner=int(owner))
        if flag := wanted.get("flag"):
            inquiries = inquiries.unacknowledged() if flag == UNACKNOWLEDGED else inquiries.flagged(flag)
        if due := wanted.get("due"):
            inquiries = inquiries.overdue() if due == "overdue" else inquiries.due_soon()
        inquiries = inquiries.filter(**{name: wanted[name] for name in ("topic", "language") if wanted.get(name)})
        since, until = wanted.get("since"), wanted.get("until")
        return inquiries.received_between(_midnight(since), _midnight(until + timedelta(days=1) if until else None))

    @property
    def wanted(self) -> dict[str, Any]:
        """What was filled in, without what makes no sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrows(self) -> bool:
        """True when it leaves something out."""
        return bool(set(self.wanted) - {"sort"})


def _midnight(day: date | None) -> datetime | None:
    return begins(day, Practice.objects.current()) if day else None


class NarrowingFilter(admin.ListFilter):
    """Hands the form's fields to the list, which refuses every other word in its address."""

    title = "filters"
    PARAMETERS = tuple(NarrowingForm.base_fields)

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.PARAMETERS:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = NarrowingForm(self.used_parameters)

    def has_output(self) -> bool:
        """The form is always there."""
        return True

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """None: it is a form, not a list of links."""
        return iter(())

    def queryset(self, request: HttpRequest, queryset: InquiryQuerySet) -> InquiryQuerySet:  # type: ignore[override]  # ours has names
        """What is left."""
        return self.form.narrow(queryset)

    def expected_parameters(self) -> list[str | None]:
        """The form's fields."""
        return list(self.PARAMETERS)
