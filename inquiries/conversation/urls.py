"""Where patients read and write after the first question. Nothing in an address says what about."""

from django.urls import path

from inquiries.conversation import entrance, views

app_name = "conversation"

urlpatterns = [
    path("", views.lost, name="lost"),
    path("es/", views.lost, {"language": "es"}, name="lost_es"),
    path("asked/", views.asked, name="asked"),
    path("asked/es/", views.asked, {"language": "es"}, name="asked_es"),
    path("<str:token>/", views.messages, name="messages"),
    path("<str:token>/code/", entrance.send_code, name="send_code"),
    path("<str:token>/code/<str:signed>/", entrance.code, name="code"),
    path("<str:token>/write/", views.write, name="write"),
    path("<str:token>/done/<str:done>/", views.messages, name="done"),
    path("<str:token>/ask/<str:kind>/", views.ask, name="ask"),
    path("<str:token>/leave/", views.leave, name="leave"),
    # With a slash at its end: an address that only lacks that is completed, as everywhere.
    path("<path:anything>/", views.unknown),
]
