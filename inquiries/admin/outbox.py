"""The outbox on the desk: what was sent, what is stuck; read-only, plus "send again" and "put aside"."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log
from unfold.admin import ModelAdmin
from unfold.decorators import display

from inquiries import access, outbox
from inquiries.admin.standing import BoundedPaginator
from inquiries.models import Access, Inquiry

# The library's own pages let people write and delete emails here.
for model in (Email, Log, EmailTemplate, Attachment):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

CHANGE = "post_office.change_email"
LOOKS = {STATUS.sent: "success", STATUS.failed: "danger", STATUS.requeued: "warning"}
SAID = {
    "send-again": (outbox.send_again, "will be tried again within seconds"),
    "put-aside": (outbox.withdraw, "will not be tried again"),
}


class StateFilter(admin.SimpleListFilter):
    """The states in the desk's words; the two kinds of waiting are one."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What needs somebody first."""
        return [("failed", "Failed"), ("waiting", "Waiting"), ("sent", "Sent"), ("aside", "Put aside")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Email]") -> "QuerySet[Email]":
        """The emails in the chosen state."""
        match self.value():
            case "failed":
                return queryset.filter(status=STATUS.failed)
            case "waiting":
                return queryset.filter(status__in=outbox.WAITING)
            case "sent":
                return queryset.filter(status=STATUS.sent)
            case "aside":
                return queryset.filter(status=outbox.WITHDRAWN)
        return queryset


@admin.register(Email)
class OutboxAdmin(ModelAdmin):
    """Every email the site owes or has sent. The address shows on the email's own page only."""

    list_display: ClassVar = ["subject", "shown_status", "number_of_retries", "scheduled_time", "created"]
    list_filter: ClassVar = [StateFilter]
    list_per_page = 50
    ordering: ClassVar = ["-id"]
    sortable_by: ClassVar[list[str]] = []
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
    actions: ClassVar = ["send_again", "put_aside"]
    paginator = BoundedPaginator
    show_full_result_count = False
    change_form_template = "admin/change_form.html"  # the library's own asks for addresses that are not served here
    change_form_outer_after_template = "admin/post_office/email/again.html"

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """By state only: `?to__contains=…` would put a patient's address into server logs."""
        return lookup == StateFilter.parameter_name

    @display(description="Status", label={outbox.STATES[state]: look for state, look in LOOKS.items()})
    def shown_status(self, email: Email) -> str:
        """In the desk's words."""
        return outbox.STATES[email.status]

    @admin.display(description="What went wrong")
    def faults(self, email: Email) -> str:
        """Each failed try, newest first."""
        tries = email.logs.order_by("-date").values_list("date", "message")[:20]
        return "\n".join(f"{date:%Y-%m-%d %H:%M} UTC: {message}" for date, message in tries) or "Nothing"

    @admin.action(description="Send again now", permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: "QuerySet[Email]") -> None:
        """Back into the queue, whatever became of them."""
        _do("send-again", request, queryset)

    @admin.action(description="Put aside: no longer needed", permissions=["change"])
    def put_aside(self, request: HttpRequest, queryset: "QuerySet[Email]") -> None:
        """Out of the failures and out of the queue; what was sent stays sent."""
        _do("put-aside", request, queryset)

    def get_urls(self) -> list[URLPattern]:
        """The same for one email, by POST only."""
        change = path(
            "<int:email_id>/do/<str:action>/",
            self.admin_site.admin_view(self.change_state),
            name="post_office_email_action",
        )
        return [change, *super().get_urls()]

    def change_state(self, request: HttpRequest, email_id: int, action: str) -> HttpResponse:
        """Do one thing to one email, and show how it stands."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        emails = Email.objects.filter(pk=email_id)
        if action not in SAID or not emails.exists():
            raise Http404("There is no such email or action")
        _do(action, request, emails)
        return redirect(reverse("admin:post_office_email_change", args=[email_id]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One email, with the address it goes to; who looks is written down."""
        email = self.get_object(request, unquote(object_id))
        if email and self.has_view_permission(request, email):
            about = Inquiry.objects.filter(notices__email=email).only("pk").first()
            access.record(request, Access.Deed.OPENED, about)
        page: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return page

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is none: what happened to an email is on its page, and Django's heading here would be the address."""
        raise Http404("An email has no page of changes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Emails come from services only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Actions need it; a single email is read-only."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What we promised to send stays in sight."""
        return False


def _do(action: str, request: HttpRequest, emails: "QuerySet[Email]") -> None:
    change: Callable[[QuerySet[Email]], int]
    change, words = SAID[action]
    number = change(emails)
    if number:
        messages.success(request, f"{number} {'email' if number == 1 else 'emails'} {words}.")
    else:
        messages.warning(request, "Nothing changed: the email is on its way this moment, or has been sent.")
