"""Where patients read and write after the first question."""

from django.urls import path

from inquiries.conversation import views

app_name = "conversation"

urlpatterns = [
    path("<str:token>/", views.messages, name="messages"),
]
