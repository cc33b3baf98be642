"""Accounts in the admin: add, deactivate, change a password."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from clinic.staff.models import StaffUser

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles."""


class NewStaffForm(UserCreationForm):
    """The address and a first password."""

    class Meta:
        model = StaffUser
        fields = ("email",)


class StaffForm(UserChangeForm):
    """Everything about an account but its password."""

    class Meta:
        model = StaffUser
        fields = "__all__"


@admin.register(StaffUser)
class StaffUserAdmin(UserAdmin, ModelAdmin):
    """Who may sign in. Accounts are deactivated, never deleted: history points at them."""

    form = StaffForm
    add_form = NewStaffForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Name", {"fields": ["first_name", "last_name"]}),
        ("Access", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "usable_password", "password1", "password2"]})]
    readonly_fields = ["last_login"]

    def has_delete_permission(self, request, obj=None) -> bool:  # type: ignore[no-untyped-def]  # Django's own signature
        """Nobody: the history of a patient's question names the account."""
        return False

    def get_readonly_fields(self, request, obj=None):  # type: ignore[no-untyped-def]  # Django's own signature
        """Only somebody who may do everything gives out rights; otherwise an account could raise itself."""
        rights = () if request.user.is_superuser else ("is_superuser", "is_staff", "groups", "user_permissions")
        return [*super().get_readonly_fields(request, obj), *rights]

    def has_change_permission(self, request, obj=None) -> bool:  # type: ignore[no-untyped-def]  # Django's own signature
        """An account that may do everything is changed by its equals only: a new password would be a new owner."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)
