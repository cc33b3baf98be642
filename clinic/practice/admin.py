"""The practice in the admin: one page with the clinic's facts, its closures, and what they make us promise."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from clinic.practice import clock
from clinic.practice.models import Closure, Practice


class OneAddressALine(SimpleArrayField):
    """A list of email addresses, typed one a line; blank lines do not count."""

    default_error_messages = {
        "required": "Enter at least one on-call address.",
        "item_invalid": "Address %(nth)s:",
    }

    def __init__(self, **options: Any) -> None:
        lines = UnfoldAdminTextareaWidget(attrs={"rows": 4})
        super().__init__(forms.EmailField(), delimiter="\n", widget=lines, **options)

    def to_python(self, value: Any) -> Any:
        """The addresses; raises ValidationError that counts to the one which is none."""
        return super().to_python("\n".join(line.strip() for line in (value or "").splitlines() if line.strip()))


class PracticeForm(forms.ModelForm):
    """The facts, with the on-call addresses as lines."""

    on_call_addresses = OneAddressALine(help_text=Practice._meta.get_field("on_call_addresses").help_text)


class ClosureFormSet(PaginationInlineFormSet):
    """The closures of one save, taken together."""

    def clean(self) -> None:
        """Refuse closures that leave too little opening time for the reply target."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form.is_valid()]
        days = [(row["first_day"], row["last_day"]) for row in rows if row and not row.get("DELETE")]
        if not days:
            return
        try:
            self.instance.check_promise(days)
        except ValidationError as error:
            raise ValidationError("With these closures no reply could be promised within a year.") from error


class ClosureInline(TabularInline):
    """Extra closed days, on the practice's page."""

    model = Closure
    formset = ClosureFormSet
    extra = 0
    fields = ["first_day", "last_day", "reason"]


@admin.register(Practice)
class PracticeAdmin(ModelAdmin):
    """The clinic's facts. The list leads straight to the one row; nobody adds or deletes it."""

    form = PracticeForm
    inlines = [ClosureInline]
    readonly_fields = ["hours_in_words", "promise_now"]
    fieldsets = [
        ("Shown on the site", {"fields": ["name", "phone", "address"]}),
        (
            "Opening hours and the reply we promise",
            {
                "fields": [
                    "timezone",
                    "opening_hours",
                    "holidays_country",
                    "reply_target_hours",
                    "hours_in_words",
                    "promise_now",
                ]
            },
        ),
        (
            "Who hears about new questions",
            {"fields": ["inbox_email", "on_call_addresses", "crisis_minutes", "emergency_minutes"]},
        ),
        (
            "How long we keep what patients write",
            {
                "description": "What is over its time is erased at night, and nobody can bring it back: names, contact "
                "details, messages, notes and emails go; numbers for the dashboard stay. A legal hold stops it.",
                "fields": ["keep_quarantined_days", "keep_closed_months", "keep_unanswered_months"],
            },
        ),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list of one row would only cost a click."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect("admin:practice_practice_change", Practice.objects.current().pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is exactly one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        """Every page needs it."""
        return False

    # Both look the row up again: after a refused save, the form's own copy holds what was refused.
    @admin.display(description="As the site shows them")
    def hours_in_words(self, practice: Practice) -> str:
        """The saved hours as a patient reads them, so that a slip in the syntax is seen."""
        return format_html_join("; ", "{}: {}", Practice.objects.current().opening_lines)

    @admin.display(description="If a question came in now, we would promise")
    def promise_now(self, practice: Practice) -> str:
        """What the saved settings make us promise."""
        saved = Practice.objects.current()
        return f"a reply by {clock.in_words(clock.due_at(saved, datetime.now(UTC), 'routine'), saved)}"
