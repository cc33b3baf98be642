"""The triage list: what waits for a reply, soonest due first, below crises that nobody has acknowledged."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from unfold.admin import ModelAdmin
from unfold.decorators import display

from inquiries import references
from inquiries.admin import acting, inquiry_page
from inquiries.admin.standing import BoundedPaginator, StandingFilter
from inquiries.alarms import alarms
from inquiries.models import Inquiry, Status, Urgency
from inquiries.querysets import InquiryQuerySet


@admin.register(Inquiry)
class InquiryAdmin(ModelAdmin):
    """Nobody adds or deletes here: patients write inquiries. Every change is a service, by POST."""

    list_display: ClassVar = [
        "shown_reference",
        "shown_urgency",
        "shown_due",
        "topic",
        "shown_status",
        "owner",
        "shown_received",
    ]
    list_display_links: ClassVar = ["shown_reference"]
    list_filter: ClassVar = [StandingFilter]
    list_before_template = "admin/inquiries/inquiry/standings.html"
    list_select_related: ClassVar = ["owner"]
    list_per_page = 50
    ordering: ClassVar = ["-pinned", "due_at", "pk"]
    sortable_by: ClassVar = ()  # another order would hide a crisis, and sort the whole table
    search_fields: ClassVar = ["reference"]
    search_help_text = "Find a reference"  # and nothing else: names in a search would end up in server logs
    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> InquiryQuerySet:
        """Without the message: a list that holds it puts a despairing sentence on a screen by the waiting room."""
        queryset: InquiryQuerySet = super().get_queryset(request)
        return queryset.defer("message", "name", "email", "phone", "contact_times")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No filters by address: `?message__contains=…` would put a patient's words into server logs."""
        return lookup == StandingFilter.parameter_name

    def get_search_results(
        self, request: HttpRequest, queryset: InquiryQuerySet, search_term: str
    ) -> tuple[InquiryQuerySet, bool]:
        """By the beginning of a reference, typed with or without spaces and dashes."""
        reference = references.as_typed(search_term)
        return (queryset.filter(reference__startswith=reference) if reference else queryset), False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Without Unfold's filter sheet and its "Show all": the standings are above the list, in sight."""
        changelist: ChangeList = super().get_changelist_instance(request)
        changelist.has_filters = False
        changelist.full_result_count = changelist.result_count
        return changelist

    @admin.display(description="Reference", ordering=None)
    def shown_reference(self, inquiry: Inquiry) -> str:
        """In two halves, as it is read out on the phone."""
        mark = format_html(' <span class="desk-sample">{}</span>', "Sample") if inquiry.sample else ""
        return format_html("{} {}{}", inquiry.reference[:4], inquiry.reference[4:], mark)

    @display(
        description="Urgency",
        label={Urgency.CRISIS: "danger", Urgency.EMERGENCY: "warning", Urgency.ROUTINE: "info"},
    )
    def shown_urgency(self, inquiry: Inquiry) -> tuple[str, str]:
        """Words and a colour, never a colour alone."""
        unacknowledged = " · not acknowledged" if inquiry.is_unacknowledged else ""
        return inquiry.urgency, f"{inquiry.get_urgency_display()}{unacknowledged}"

    @admin.display(description="Reply due", ordering="due_at")
    def shown_due(self, inquiry: Inquiry) -> str:
        """Time left or time over, in words; no clock for what we do not owe."""
        if not inquiry.waits_for_us:
            return "—"
        if inquiry.is_overdue():
            return format_html(
                '<strong class="desk-overdue">Overdue by {}</strong>', timesince(inquiry.due_at, depth=1)
            )
        return f"in {timeuntil(inquiry.due_at, depth=1)}"

    @admin.display(description="Received")
    def shown_received(self, inquiry: Inquiry) -> str:
        """How long ago: a clock time would be read in the wrong time zone."""
        return f"{timesince(inquiry.received_at, depth=1)} ago"

    @display(
        description="Status",
        label={Status.NEW: "primary", Status.OPEN: "success", Status.QUARANTINED: "warning"},
    )
    def shown_status(self, inquiry: Inquiry) -> tuple[str, str]:
        """Where it stands."""
        return inquiry.status, inquiry.get_status_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Patients write inquiries, by the form."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        """Nobody: a question is closed, never removed."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """What can be asked of one inquiry, before Django's own, whose last one takes everything."""
        return [*acting.urls(self), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, below what is wrong with our own machinery."""
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "alarms": alarms()})
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One inquiry, with the message read-only and what can be done next."""
        return inquiry_page.show(self, request, object_id)
