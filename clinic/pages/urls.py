"""/ is the home page, every other page has an address of its own. Included last: it takes what is left."""

from django.urls import path

from clinic.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.page, name="page"),
]
