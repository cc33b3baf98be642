"""The list of prepared answers, and the addresses of everything that can be done with one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from inquiries.admin import answer_editor
from inquiries.models import Answer, AnswerVersion


@admin.register(Answer)
class AnswerAdmin(ModelAdmin):
    """Every change is a service; nothing is saved by the admin itself."""

    list_display: ClassVar = ["name", "shown_topic", "language", "state"]
    # No filters: a clinic has few answers, and Unfold's sheet of filters covers the list where scripts are off.
    search_fields: ClassVar = ["name"]
    list_per_page = 100
    sortable_by: ClassVar = ()
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Answer]":
        """With the newest version and the one that staff are offered."""
        versions = AnswerVersion.objects.filter(answer=OuterRef("pk")).order_by("-number").values("number")
        approved = versions.filter(approved_at__isnull=False)
        answers: QuerySet[Answer] = super().get_queryset(request)
        return answers.annotate(newest=Subquery(versions[:1]), offered=Subquery(approved[:1]))

    @admin.display(description="topic")
    def shown_topic(self, answer: Answer) -> str:
        """For which questions it is offered first."""
        return answer.get_topic_display() if answer.topic else "Any"

    @admin.display(description="State")
    def state(self, answer: Any) -> str:
        """Whether staff are offered it, and what waits for a clinician."""
        if answer.retired_at:
            return "Retired"
        if answer.offered is None:
            return "Not offered yet: waits for approval"
        return "Offered" if answer.offered == answer.newest else "Offered; a newer text waits for approval"

    def has_delete_permission(self, request: HttpRequest, obj: Answer | None = None) -> bool:
        """Nobody: it is retired, and its texts stay to be found."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Ours come before Django's own, whose last one takes everything."""
        view = self.admin_site.admin_view(self.change_state)
        return [path("<int:answer_id>/do/<str:action>/", view, name="inquiries_answer_action"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a new answer."""
        return answer_editor.add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Read, write, approve and retire one answer."""
        return answer_editor.edit(self, request, object_id)

    def change_state(self, request: HttpRequest, answer_id: int, action: str) -> HttpResponse:
        """Do one thing to one answer."""
        return answer_editor.act(self, request, answer_id, action)
