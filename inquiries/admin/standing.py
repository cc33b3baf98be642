"""The list's tabs: which inquiries each holds, and how many, counted without reading a million rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from clinic.staff.models import StaffUser
from inquiries import outbox
from inquiries.models import Inquiry
from inquiries.querysets import ORDER, InquiryQuerySet

CLOSED_LAST = ("-pinned", "-closed_at", "-pk")
MOST = 2_000  # an exact count of a million rows takes longer than the page itself


@dataclass(frozen=True)
class Standing:
    """One tab: its label, and which of all inquiries it shows to a person."""

    label: str
    of: Callable[[InquiryQuerySet, StaffUser], InquiryQuerySet]
    order: tuple[str, ...] = ORDER
    is_large: bool = False
    """Too large to be sorted: an index holds it newest first, too."""


STANDINGS = {
    "waits": Standing("Waits for us", lambda every, person: every.waits_for_us(), is_large=True),
    "crisis": Standing("Crisis and emergency", lambda every, person: every.urgent()),
    "unassigned": Standing("Unassigned", lambda every, person: every.unassigned(), is_large=True),
    "mine": Standing("Mine", lambda every, person: every.owned_by(person)),
    "patient": Standing("Waiting on patient", lambda every, person: every.waits_on_patient(), is_large=True),
    "undelivered": Standing("Not delivered", lambda every, person: every.told_by(outbox.undelivered())),
    "quarantine": Standing("Quarantine", lambda every, person: every.quarantined(), is_large=True),
    # Whoever looks there wants what was closed a moment ago, not two years ago.
    "done": Standing("Done", lambda every, person: every.done(), CLOSED_LAST, is_large=True),
    "all": Standing("All", lambda every, person: every, is_large=True),
}
DEFAULT = "waits"


def counts(person: StaffUser) -> dict[str, int]:
    """How many each tab holds."""
    every = Inquiry.objects.all()
    return count_each({word: standing.of(every, person) for word, standing in STANDINGS.items()})


def count_each(lists: Mapping[str, InquiryQuerySet]) -> dict[str, int]:
    """How many each list holds, at most MOST + 1 (more than MOST), in one question to the database."""
    parts: list[str] = []
    values: list[Any] = []
    for inquiries in lists.values():
        sql, parameters = inquiries.order_by().values("pk")[: MOST + 1].query.sql_with_params()
        # Django's own text, with places for the values: nothing that anybody typed is in it.
        parts.append(f"(SELECT count(*) FROM ({sql}) AS found)")  # noqa: S608 - see the line above
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(lists, cursor.fetchone(), strict=True))


def in_words(count: int) -> str:
    """A number, or "2,000+" for one that was not counted to its end."""
    return f"{MOST:,}+" if count > MOST else f"{count:,}"


class StandingFilter(admin.SimpleListFilter):
    """Opens on what waits for us; everything else is one choice away."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The desk's own words."""
        return [(word, standing.label) for word, standing in STANDINGS.items()]

    def value(self) -> str:
        """The chosen standing; an unknown word in the address shows the default, not an error."""
        chosen = super().value()
        return chosen if chosen in STANDINGS else DEFAULT

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without Django's own "All", which here is the last choice. The other filters stay as they are."""
        for word, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: word}, remove=["p"])
            yield {"selected": self.value() == word, "query_string": query, "display": label, "word": word}

    def queryset(self, request: HttpRequest, queryset: InquiryQuerySet) -> InquiryQuerySet:  # type: ignore[override]  # ours has names
        """The inquiries of the chosen standing."""
        return STANDINGS[self.value()].of(queryset, cast(StaffUser, request.user))


class BoundedPaginator(Paginator):
    """Counts no further than `MOST` and one: enough to say that there are more."""

    MOST = MOST
    object_list: QuerySet[Any]

    @cached_property
    def counted(self) -> int:
        """The number of rows, or MOST + 1 when there are more."""
        return self.object_list.order_by().values("pk")[: self.MOST + 1].count()

    @cached_property
    def count(self) -> int:
        """The number of rows that pages are made for; the filters lead to the rest."""
        return min(self.counted, self.MOST)

    @property
    def has_more(self) -> bool:
        """True when there are rows beyond the last page."""
        return self.counted > self.MOST
