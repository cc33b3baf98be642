"""An admin site with one list: the columns that people ask for, a filter or two, and a search in every text."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from inquiries.models import Inquiry


class StockAdmin(ModelAdmin):
    """What a tutorial would write."""

    list_display = ["reference", "name", "topic", "urgency", "status", "owner", "received_at"]
    list_filter = ["status", "urgency", "topic"]
    list_select_related = ["owner"]
    list_per_page = 50
    ordering = ["-received_at"]
    search_fields = ["reference", "name", "email", "phone", "message"]


site = AdminSite()
site.register(Inquiry, StockAdmin)

urlpatterns = [path("stock/", site.urls)]
