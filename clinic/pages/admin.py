"""Where staff edit pages and references."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldAdminURLInputWidget

from clinic.pages.loader import STARTER
from clinic.pages.models import Page, Reference


class PageForm(forms.ModelForm):
    """A page, with room to write."""

    class Meta:
        model = Page
        fields = (
            "slug", "title", "nav_title", "summary", "body", "section", "order", "related", "published",
            "reviewed_on", "next_review_on", "reviewed_by",
        )  # fmt: skip
        widgets = {
            "related": UnfoldAdminTextInputWidget,
            "summary": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 40, "class": "font-mono", "spellcheck": "true"}),
        }


@admin.register(Page)
class PageAdmin(ModelAdmin):
    """The informational pages."""

    form = PageForm
    list_display = ["title", "address", "published", "reviewed_on", "next_review_on", "updated_at"]
    list_filter = ["published", "section"]
    search_fields = ["title", "slug", "body"]
    fieldsets = [
        (None, {"fields": ["slug", "title", "nav_title", "summary", "body"]}),
        ("Where it stands", {"fields": ["section", "order", "related", "published"]}),
        ("Clinical review", {"fields": ["reviewed_on", "next_review_on", "reviewed_by"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        """An address is fixed once it exists: others link to it."""
        return ["slug"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        """Only a page written here: a starter page would be back at the next start, so unpublish it instead."""
        is_ours = obj is not None and not (STARTER / f"{obj.slug}.md").exists()
        return is_ours and super().has_delete_permission(request, obj)

    @admin.display(description="address", ordering="slug")
    def address(self, obj: Page) -> str:
        """Where readers find it."""
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        """Save, and tell the author what keeps a draft from being published."""
        super().save_model(request, obj, form, change)
        for error in obj.render().errors:
            messages.warning(request, f"Before this can be published: {error}")


@admin.register(Reference)
class ReferenceAdmin(ModelAdmin):
    """The sources that pages cite."""

    list_display = ["key", "authors", "year", "title", "note"]
    search_fields = ["key", "authors", "title", "doi"]
    fields = ["key", "authors", "year", "title", "journal", "doi", "pmid", "url", "note"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https", "widget": UnfoldAdminURLInputWidget}}

    def get_readonly_fields(self, request: HttpRequest, obj: Reference | None = None) -> list[str]:
        """A key is fixed once pages can cite it."""
        return ["key"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Reference | None = None) -> bool:
        """Only one that no page cites and that the starter list would not bring back."""
        is_free = obj is not None and not obj.based_on and not Page.objects.citing(obj.key).exists()
        return is_free and super().has_delete_permission(request, obj)
