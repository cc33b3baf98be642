"""The access log on the desk: who looked at what. Nothing in it can be changed, here or anywhere."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList

from clinic.practice import clock
from clinic.practice.days import DayField, begins
from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import references
from inquiries.admin.standing import BoundedPaginator
from inquiries.models import Access, Inquiry

PLACES = {
    "admin:index": "The dashboard",
    "admin:inquiries_inquiry_changelist": "The list of inquiries",
    "admin:inquiries_inquiry_handover": "The handover",
    "admin:inquiries_inquiry_change": "An inquiry's page",
    "admin:inquiries_inquiry_action": "A change to an inquiry",
    "admin:inquiries_inquiry_insert": "A prepared answer for an inquiry",
    "admin:inquiries_inquiry_reply": "The preview of a message to a patient",
    "admin:inquiries_inquiry_rights": "Rights and retention",
    "admin:inquiries_inquiry_rights_export": "The export of one person",
    "admin:inquiries_inquiry_rights_erase": "Erasing one person",
    "admin:inquiries_inquiry_rights_hold": "Setting a legal hold",
    "admin:inquiries_inquiry_rights_lift": "Lifting a legal hold",
    "admin:inquiries_inquiry_search": "The search",
    "admin:inquiries_inquiry_export": "The export",
    "admin:inquiries_inquiry_many_preview": "A change to many inquiries",
    "admin:inquiries_access_changelist": "The access log",
    "admin:post_office_email_changelist": "The outbox",
    "admin:post_office_email_change": "An email's page",
    "admin:staff_staffuser_changelist": "The list of staff",
    "admin:practice_practice_change": "The practice",
}


class Narrowing(forms.Form):
    """Which rows to show; a field that is left empty narrows nothing."""

    person = forms.ModelChoiceField(
        StaffUser.objects.order_by("email"), label="Who", required=False, empty_label="Everybody"
    )
    deed = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *Access.Deed.choices])
    reference = forms.CharField(label="Inquiry's reference", required=False, max_length=20)
    day = DayField(label="Day", required=False)

    def clean_reference(self) -> Inquiry | None:
        """The inquiry, typed with or without spaces and dashes; raises ValidationError when there is none."""
        typed = references.as_typed(self.cleaned_data["reference"])
        if not typed:
            return None
        found = Inquiry.objects.filter(reference=typed).only("pk").first()
        if found is None:
            raise forms.ValidationError("There is no inquiry with this reference")
        return found

    def narrow(self, rows: "QuerySet[Access]") -> "QuerySet[Access]":
        """The rows that were asked for; none when the question was not understood."""
        if not self.is_valid():
            return rows.none()
        person, deed, inquiry, day = (self.cleaned_data[name] for name in ("person", "deed", "reference", "day"))
        if person:
            rows = rows.filter(person=person)
        if deed:
            rows = rows.filter(deed=deed)
        if inquiry:
            rows = rows.filter(inquiry=inquiry)
        if day:
            practice = Practice.objects.recent()
            rows = rows.filter(at__gte=begins(day, practice), at__lt=begins(day + timedelta(days=1), practice))
        return rows


class AccessList(ChangeList):
    """The list, narrowed by our own form instead of the admin's filters, which a sheet hides."""

    def get_filters(self, request: HttpRequest) -> Any:
        """None of the admin's: what is in the address is our form's, and nothing else of it is asked for."""
        return [], False, {}, False, False

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Access]":
        """The rows that the form asks for."""
        self.narrowing = Narrowing(request.GET)
        rows: QuerySet[Access] = super().get_queryset(request, exclude_parameters)
        return self.narrowing.narrow(rows)


@admin.register(Access)
class AccessAdmin(ModelAdmin):
    """Who looked, when, at what and from where. Read-only for everybody."""

    list_display: ClassVar = ["shown_at", "person", "shown_deed", "shown_inquiry", "shown_place", "network", "reason"]
    list_display_links: ClassVar = ["shown_at"]
    list_before_template = "admin/inquiries/access/narrowing.html"
    list_per_page = 100
    ordering: ClassVar = ["-at", "-pk"]
    sortable_by: ClassVar = ()  # another order would sort the whole log
    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False
    fields = readonly_fields = ["shown_at", "person", "deed", "shown_inquiry", "shown_place", "network", "reason"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Access]":
        """With the person and the inquiry's reference, and nothing that a patient wrote."""
        rows: QuerySet[Access] = super().get_queryset(request)
        names = ("person__email", "person__first_name", "person__last_name", "inquiry__reference")
        own = [field.attname for field in Access._meta.concrete_fields]
        return rows.select_related("person", "inquiry").only(*own, *names)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        """Ours, which the form above it narrows."""
        return AccessList

    @admin.display(description="When")
    def shown_at(self, row: Access) -> str:
        """In the practice's time."""
        return clock.in_words(row.at, Practice.objects.recent())

    @display(
        description="What",
        label={
            Access.Deed.OPENED: "info",
            Access.Deed.LISTED: "info",
            Access.Deed.SEARCHED: "info",
            Access.Deed.EXPORTED: "warning",
            Access.Deed.COPIED: "warning",
            Access.Deed.ERASED: "warning",
            Access.Deed.HELD: "warning",
            Access.Deed.REFUSED: "danger",
        },
    )
    def shown_deed(self, row: Access) -> tuple[str, str]:
        """In words; a colour only for what an auditor looks for first."""
        return row.deed, row.get_deed_display()

    @admin.display(description="Inquiry")
    def shown_inquiry(self, row: Access) -> str:
        """Its reference, which narrows the list to it."""
        if row.inquiry_id is None:
            return "—"
        if row.inquiry is None:
            return "A removed sample"
        url = reverse("admin:inquiries_access_changelist")
        return format_html('<a href="{}?reference={}">{}</a>', url, row.inquiry.reference, row.inquiry.reference)

    @admin.display(description="Where")
    def shown_place(self, row: Access) -> str:
        """The page's name; the code's own for pages that have none here."""
        return PLACES.get(row.place, row.place.removeprefix("admin:").replace("_", " "))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are written by what people do."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Access | None = None) -> bool:
        """Nobody; the database refuses it, too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Access | None = None) -> bool:
        """Nobody; the database refuses it, too."""
        return False
