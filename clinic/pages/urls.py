"""/ is the home page, every other page has an address of its own. Included last: it takes what is left."""

from django.urls import path

from clinic.pages import machines, views

app_name = "pages"
urlpatterns = [
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("site.webmanifest", machines.manifest, name="manifest"),
    path(".well-known/security.txt", machines.security_txt, name="security_txt"),
    path("", views.home, name="home"),
    path("<slug:slug>/", views.page, name="page"),
]
