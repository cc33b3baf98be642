"""The list of pages and the addresses of everything that can be done with one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from clinic.pages import reviews
from clinic.pages.admin import editor, reading
from clinic.pages.models import Page, State, Version
from clinic.pages.models.version import OPEN


@admin.register(Page)
class PageAdmin(ModelAdmin):
    """The informational pages. Every change is a service; the admin itself only deletes what no reader saw."""

    list_display: ClassVar = ["title", "address", "shown_state", "last_reviewed", "next_review"]
    # No filters: Unfold's sheet of filters covers the list where scripts are off, and a clinic has few pages.
    search_fields: ClassVar = ["title", "slug", "body"]
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Page]":
        """Without the texts, with the state of the version that is being worked on."""
        being_written = Version.objects.filter(page=OuterRef("pk"), state__in=OPEN)
        pages: QuerySet[Page] = super().get_queryset(request)
        return pages.annotate(open_state=Subquery(being_written.values("state")[:1]))

    @admin.display(description="address", ordering="slug")
    def address(self, page: Page) -> str:
        """Where readers find it."""
        return page.get_absolute_url()

    @admin.display(description="State")
    def shown_state(self, page: Any) -> str:
        """What readers see, and what waits for somebody."""
        waits = {State.DRAFT: "draft waits for approval", State.APPROVED: "approved text waits to be published"}
        states = ["On the site" if page.published else "Not on the site", waits.get(page.open_state, "")]
        return ", ".join(filter(None, states))

    @admin.display(description="Last reviewed", ordering="reviewed_on")
    def last_reviewed(self, page: Page) -> str:
        """The day and the clinician."""
        return f"{reviews.day_in_words(page.reviewed_on)}, {page.reviewed_by}" if page.reviewed_on else "—"

    @admin.display(description="Next review", ordering="next_review_on")
    def next_review(self, page: Page) -> str:
        """In words; only of pages that readers see."""
        if not page.published:
            return "—"
        words = reviews.in_words(page)
        return format_html('<strong class="desk-overdue">{}</strong>', words) if reviews.is_overdue(page) else words

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        """Only a page that readers never saw: what they were told must be found again."""
        never_seen = obj is not None and not obj.versions.exclude(published_at=None).exists()
        return never_seen and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Each view of a page, and its changes at an address that takes POST only."""
        view = self.admin_site.admin_view
        ours = [
            # Not admin_view: what looks like the public page comes with the public page's security headers.
            path("preview/", staff_member_required(self.preview), name="pages_page_preview_new"),
            path("<int:page_id>/preview/", staff_member_required(self.preview), name="pages_page_preview"),
            path("<int:page_id>/read/<int:number>/", staff_member_required(self.read), name="pages_page_read"),
            path("<int:page_id>/compare/", view(self.compare), name="pages_page_compare"),
            path("<int:page_id>/do/<str:action>/", view(self.change_state), name="pages_page_action"),
        ]
        return [*ours, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a new page."""
        return editor.add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write, approve and publish one page."""
        return editor.edit(self, request, object_id)

    def change_state(self, request: HttpRequest, page_id: int, action: str) -> HttpResponse:
        """Do one thing to one page."""
        return editor.act(self, request, page_id, action)

    def preview(self, request: HttpRequest, page_id: int | None = None) -> HttpResponse:
        """The unsaved text as the public page."""
        return reading.preview(self, request, page_id)

    def read(self, request: HttpRequest, page_id: int, number: int) -> HttpResponse:
        """One version as the public page."""
        return reading.read(self, request, page_id, number)

    def compare(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """What changed between two versions."""
        return reading.compare(self, request, page_id)
