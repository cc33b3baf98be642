"""How the admin looks, and its menu: what is on it, and who is shown which entry. The same on every machine."""

from collections.abc import Callable

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def allows(permission: str) -> Callable[[HttpRequest], bool]:
    """Whether the menu shows something to the person who asks; the page behind it checks for itself."""
    return lambda request: request.user.has_perm(permission)


UNFOLD = {
    "SITE_TITLE": "Triage desk",
    "SITE_HEADER": "Triage desk",
    "SITE_SYMBOL": "forum",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("clinic/favicon.svg")},
    ],
    "DASHBOARD_CALLBACK": "inquiries.admin.dashboard.fill",
    "STYLES": [lambda request: static("clinic/desk.css")],
    # The public site's green. Text in 600 on white and in 500 on Unfold's dark ground passes 4.5 to 1.
    "COLORS": {
        "primary": {
            "50": "#eef6f3",
            "100": "#d7eae4",
            "200": "#b0d6ca",
            "300": "#8fcbbb",
            "400": "#6fbfab",
            "500": "#5fb09b",
            "600": "#1d6456",
            "700": "#174f45",
            "800": "#17403a",
            "900": "#11302b",
            "950": "#0a1f1b",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": "Questions",
                "items": [
                    {
                        "title": "Inquiries",
                        "icon": "inbox",
                        "link": reverse_lazy("admin:inquiries_inquiry_changelist"),
                        "active": lambda request: "/inquiry/" in request.path and "/handover/" not in request.path,
                        "permission": allows("inquiries.view_inquiry"),
                    },
                    {
                        "title": "Handover",
                        "icon": "swap_horiz",
                        "link": reverse_lazy("admin:inquiries_inquiry_handover"),
                        "permission": allows("inquiries.view_inquiry"),
                    },
                    {
                        "title": "Prepared answers",
                        "icon": "quickreply",
                        "link": reverse_lazy("admin:inquiries_answer_changelist"),
                        "permission": allows("inquiries.view_answer"),
                    },
                    {
                        "title": "Outbox",
                        "icon": "outgoing_mail",
                        "link": reverse_lazy("admin:post_office_email_changelist"),
                        "permission": allows("post_office.view_email"),
                    },
                ],
            },
            {
                "title": "Site",
                "items": [
                    {
                        "title": "Pages",
                        "icon": "article",
                        "link": reverse_lazy("admin:pages_page_changelist"),
                        "permission": allows("pages.view_page"),
                    },
                    {
                        "title": "Practice",
                        "icon": "home_health",
                        "link": reverse_lazy("admin:practice_practice_changelist"),
                        "permission": allows("practice.view_practice"),
                    },
                    {
                        "title": "Staff",
                        "icon": "badge",
                        "link": reverse_lazy("admin:staff_staffuser_changelist"),
                        "permission": allows("staff.view_staffuser"),
                    },
                    {
                        "title": "Access log",
                        "icon": "visibility",
                        "link": reverse_lazy("admin:inquiries_access_changelist"),
                        "permission": allows("inquiries.view_access"),
                    },
                ],
            },
        ],
    },
}
