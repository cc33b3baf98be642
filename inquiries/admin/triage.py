"""The triage list: what waits for a reply, soonest due first, below crises that nobody has acknowledged."""

from datetime import timedelta
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.formats import date_format
from unfold.admin import ModelAdmin

from clinic.staff.models import StaffUser
from inquiries import access, bulk
from inquiries.admin import (
    acting,
    bulk_page,
    composer,
    export_page,
    fhir_page,
    handover,
    inquiry_page,
    queue_page,
    rights_page,
    search_page,
    standing,
)
from inquiries.admin.narrowing import NEWEST, NarrowingFilter
from inquiries.admin.rows import Row, with_what_a_row_needs
from inquiries.admin.standing import CLOSED_LAST, STANDINGS, BoundedPaginator, StandingFilter
from inquiries.alarms import alarms
from inquiries.changes import ACT
from inquiries.models import Access, Inquiry
from inquiries.querysets import InquiryQuerySet


class QueueList(ChangeList):
    """The list, in an order of ours only: any other would hide a crisis, and sort the whole table."""

    standing: StandingFilter
    narrowing: NarrowingFilter

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.person = cast(StaffUser, request.user)
        super().__init__(request, *args, **kwargs)

    def get_filters(self, request: HttpRequest) -> Any:
        """Django's; and each of the two kept by its name."""
        found = super().get_filters(request)
        self.standing, self.narrowing = cast(tuple[StandingFilter, NarrowingFilter], found[0])
        return found

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """The tab's own, or newest first; by day of receipt, too, where an order of closing would search for it."""
        wanted, tab = self.narrowing.form.wanted, STANDINGS[self.standing.value()]
        by_day = tab.order == CLOSED_LAST and (wanted.get("since") or wanted.get("until"))
        if not by_day and wanted.get("sort") != NEWEST:
            return list(tab.order)
        # A small tab is sorted. In the order of the index, the database would look for its few among all there are.
        received = F("received_at") if tab.is_large else F("received_at") + timedelta()
        return ["-pinned", received.desc(), "-pk"]

    @property
    def rows(self) -> list[Row]:
        """What this page shows."""
        return [Row(inquiry) for inquiry in self.result_list]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """Each tab with its address and its number, which is of the whole tab."""
        numbers = standing.counts(self.person)
        return [tab | {"count": standing.in_words(numbers[tab["word"]])} for tab in self.standing.choices(self)]

    @property
    def deeds(self) -> dict[str, bulk.Deed]:
        """What can be done to many at once here."""
        allowed = self.person.has_perms([*inquiry_page.READ, ACT])
        status = {"quarantine": "quarantined", "done": "done"}.get(self.standing.value())
        return {word: deed for word, deed in bulk.DEEDS.items() if allowed and deed.status == status}

    @property
    def found(self) -> str:
        """How many rows fit, in words."""
        return standing.in_words(self.paginator.counted)

    @property
    def narrowed_by(self) -> str:
        """What the list is filtered by, in words: "topic Billing, owner Nobody yet"; empty for the whole tab."""
        form, said = self.narrowing.form, []
        for name in [name for name in form.wanted if name != "sort"]:
            value, choices = form.wanted[name], dict(getattr(form.fields[name], "choices", ()))
            words = choices[value] if choices else date_format(value, "F j, Y")
            said.append(f"{str(form[name].label).lower()} {words}")
        return ", ".join(said)

    @property
    def address(self) -> str:
        """The query string of this list without its page, for the export."""
        return self.get_query_string(remove=["p"])

    @property
    def whole_tab(self) -> str:
        """The address of the same tab without filters."""
        return f"?standing={self.standing.value()}"

    @property
    def neighbours(self) -> dict[str, str]:
        """The addresses of the pages before and after this one."""
        page = self.paginator.page(self.page_num)
        before = self.get_query_string({"p": self.page_num - 1}) if page.has_previous() else ""
        return {"before": before, "after": self.get_query_string({"p": self.page_num + 1}) if page.has_next() else ""}


@admin.register(Inquiry)
class InquiryAdmin(ModelAdmin):
    """Nobody adds or deletes here: patients write inquiries. Every change is a service, by POST."""

    list_display: ClassVar = ["reference"]  # the rows are our own: rows.py
    list_filter: ClassVar = [StandingFilter, NarrowingFilter]
    list_per_page = 50
    list_max_show_all = 0
    sortable_by: ClassVar = ()
    actions = None
    paginator = BoundedPaginator
    show_full_result_count = False
    change_list_template = "admin/inquiries/inquiry/list.html"

    def get_queryset(self, request: HttpRequest) -> InquiryQuerySet:
        """Without the message."""
        queryset: InquiryQuerySet = super().get_queryset(request)
        return with_what_a_row_needs(queryset)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        """Ours."""
        return QueueList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No filters by address but ours: `?message__contains=…` would put a patient's words into server logs."""
        return lookup in (StandingFilter.parameter_name, *NarrowingFilter.PARAMETERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Patients write inquiries, by the form."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        """Nobody: a question is closed, never removed."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Ours come before Django's own, whose last one takes everything."""
        ours = [*queue_page.urls(self), *search_page.urls(self), *bulk_page.urls(self), *export_page.urls(self)]
        ours += [*fhir_page.urls(self), *handover.urls(self), *composer.urls(self), *acting.urls(self)]
        return [*ours, *rights_page.urls(self), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, below what is wrong with our own machinery."""
        if self.has_view_permission(request):
            access.record(request, Access.Deed.LISTED)
        context: dict[str, Any] = {"alarms": alarms(), "undo": bulk_page.to_undo(request)}
        context["can_act"] = request.user.has_perms([*inquiry_page.READ, ACT])
        context["can_search"] = request.user.has_perms(inquiry_page.READ)
        context["can_export"] = request.user.has_perm(export_page.EXPORT)
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **context})
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
