"""What the triage list shows first, and how it counts without reading a million rows."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from inquiries.querysets import InquiryQuerySet


class StandingFilter(admin.SimpleListFilter):
    """Opens on what waits for us; everything else is one choice away."""

    title = "standing"
    parameter_name = "standing"
    DEFAULT = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The desk's own words."""
        return [
            ("waits", "Waits for us"),
            ("unassigned", "Unassigned"),
            ("mine", "Mine"),
            ("patient", "Waiting on the patient"),
            ("quarantine", "Quarantine"),
            ("done", "Done"),
            ("all", "All"),
        ]

    def value(self) -> str:
        """The chosen standing; an unknown word in the address shows the default, not an error."""
        chosen = super().value()
        return chosen if chosen in dict(self.lookup_choices) else self.DEFAULT

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without Django's own "All", which here is the last choice."""
        for word, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: word}, remove=["p"])
            yield {"selected": self.value() == word, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: InquiryQuerySet) -> InquiryQuerySet:  # type: ignore[override]  # ours has names
        """The inquiries of the chosen standing."""
        match self.value():
            case "unassigned":
                return queryset.unassigned()
            case "mine":
                return queryset.owned_by(request.user)  # type: ignore[arg-type]  # the admin lets no stranger here
            case "patient":
                return queryset.waits_on_patient()
            case "quarantine":
                return queryset.quarantined()
            case "done":
                return queryset.done()
            case "all":
                return queryset
        return queryset.waits_for_us()


class BoundedPaginator(Paginator):
    """Counts no further than `MOST`: an exact count of a million rows takes longer than the page itself."""

    MOST = 2_000
    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        """The number of rows, or MOST when there are more; the filters lead to the rest."""
        return self.object_list.order_by()[: self.MOST].count()
