"""The sources that pages cite."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminURLInputWidget

from clinic.pages.models import Page, Reference


@admin.register(Reference)
class ReferenceAdmin(ModelAdmin):
    """A change shows on every page that cites the source, within seconds."""

    list_display = ["key", "authors", "year", "title", "note"]
    search_fields = ["key", "authors", "title", "doi"]
    fields = ["key", "authors", "year", "title", "journal", "doi", "pmid", "url", "note", "cited_by"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https", "widget": UnfoldAdminURLInputWidget}}

    def get_readonly_fields(self, request: HttpRequest, obj: Reference | None = None) -> list[str]:
        """A key is fixed once pages can cite it."""
        return ["key", "cited_by"] if obj else ["cited_by"]

    @admin.display(description="Cited by")
    def cited_by(self, obj: Reference) -> str:
        """The pages that a change of this source shows on."""
        return ", ".join(page.nav_title for page in Page.objects.citing(obj.key)) if obj.key else "No page yet"

    def has_delete_permission(self, request: HttpRequest, obj: Reference | None = None) -> bool:
        """Only one that no page cites and that the starter list would not bring back."""
        is_free = obj is not None and not obj.based_on and not Page.objects.citing(obj.key).exists()
        return is_free and super().has_delete_permission(request, obj)
