"""The whole site on one screen."""

from django.contrib import admin
from django.urls import include, path

from clinic import components, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/components/", admin.site.admin_view(components.components), name="components"),
    path("admin/", admin.site.urls),
    path("contact/", include("inquiries.urls")),
    path("m/", include("inquiries.conversation.urls")),
    path("", include("clinic.pages.urls")),
]

handler400 = "inquiries.views.not_understood"
handler403 = "inquiries.views.refused"
handler500 = "inquiries.views.server_error"
