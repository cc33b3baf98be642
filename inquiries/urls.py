"""Where a question lands."""

from django.urls import path

from inquiries import views

app_name = "inquiries"

urlpatterns = [
    path("", views.contact, name="contact"),
    path("received/<str:token>/", views.received, name="received"),
]
