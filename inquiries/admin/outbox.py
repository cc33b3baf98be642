"""The outbox on the desk: what was sent, what is stuck; read-only, plus "send again"."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log
from unfold.admin import ModelAdmin
from unfold.decorators import display

from inquiries import outbox

# The library's own pages let people write and delete emails here.
for model in (Email, Log, EmailTemplate, Attachment):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Email)
class OutboxAdmin(ModelAdmin):
    """Every email the site owes or has sent. The address shows on the email's own page only."""

    list_display: ClassVar = ["subject", "shown_status", "number_of_retries", "scheduled_time", "created"]
    list_filter: ClassVar = ["status"]
    list_per_page = 50
    ordering: ClassVar = ["-id"]
    fields: ClassVar = [
        "to",
        "subject",
        "message",
        "shown_status",
        "number_of_retries",
        "scheduled_time",
        "faults",
        "created",
    ]
    readonly_fields = fields
    actions: ClassVar = ["send_again"]
    show_full_result_count = False

    @display(description="Status", label={"Sent": "success", "Failed": "danger", "Waiting to retry": "warning"})
    def shown_status(self, email: Email) -> str:
        """In the desk's words."""
        words = {STATUS.sent: "Sent", STATUS.failed: "Failed", STATUS.requeued: "Waiting to retry"}
        return words.get(email.status, "Queued")

    @admin.display(description="What went wrong")
    def faults(self, email: Email) -> str:
        """Each failed try, newest first."""
        tries = email.logs.order_by("-date").values_list("date", "message")[:20]
        return "\n".join(f"{date:%Y-%m-%d %H:%M} UTC: {message}" for date, message in tries) or "Nothing"

    @admin.action(description="Send again now", permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: "QuerySet[Email]") -> None:
        """Back into the queue, whatever became of it."""
        for email in queryset:
            outbox.send_again(email)
        messages.success(request, "They will be tried again within seconds.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Emails come from services only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Actions need it; a single email is read-only."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What we promised to send stays in sight."""
        return False
