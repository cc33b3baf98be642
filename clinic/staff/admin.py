"""Accounts in the admin: add, give roles, mark as away, deactivate, change a password."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from clinic.staff import roles
from clinic.staff.models import StaffUser
from inquiries import queue
from inquiries.changes import ACT

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles: the clinic may change ours and add its own."""

    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **options: Any) -> Any:
        """The permissions that some page asks for, each a sentence to tick; Django has a hundred more."""
        return PermissionsField()


class PermissionsField(forms.ModelMultipleChoiceField):
    """What a role allows."""

    def __init__(self) -> None:
        widget = forms.CheckboxSelectMultiple(attrs={"class": "desk-roles"})
        super().__init__(roles.permissions(), label="Whoever has this role", widget=widget, required=False)

    def label_from_instance(self, obj: Any) -> str:
        """As the code names it: "Can open inquiries"."""
        return str(obj.name)


class RolesField(forms.ModelMultipleChoiceField):
    """Roles to tick, each with what it is for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Group.objects.order_by("pk"),
            label="Roles",
            widget=forms.CheckboxSelectMultiple(attrs={"class": "desk-roles"}),
            help_text="What this person may do. Whoever has two roles may do what either allows.",
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        """The role in words."""
        return roles.in_words(obj)


class NewStaffForm(UserCreationForm):
    """The address, the roles and a first password."""

    usable_password = None  # there is no other way to sign in here
    groups = RolesField(error_messages={"required": "Choose at least one role"})

    class Meta:
        model = StaffUser
        fields = ("email", "first_name", "last_name", "groups")


class StaffForm(UserChangeForm):
    """Everything about an account but its password."""

    class Meta:
        model = StaffUser
        fields = "__all__"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        link = '<a class="desk-link" href="../password/">Set a new password</a>'
        self.fields["password"].help_text = mark_safe(link)  # noqa: S308 - our own words


@admin.register(StaffUser)
class StaffUserAdmin(UserAdmin, ModelAdmin):
    """Who may sign in, and as what. Accounts are deactivated, never deleted: history points at them."""

    form = StaffForm
    add_form = NewStaffForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "first_name", "last_name", "shown_roles", "presence", "last_login"]
    list_filter = ()  # a clinic has few accounts, and Unfold's sheet of filters covers the list where scripts are off
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Name", {"fields": ["first_name", "last_name"]}),
        ("At work", {"fields": ["is_away", "is_active"]}),
        ("What this person may do", {"fields": ["groups", "is_staff", "is_superuser"]}),
    ]
    # Not the address, the password or the roles: with one of them, an account could be taken over or raise itself, and
    # the access log would name the wrong person.
    managed_fieldsets = [
        (None, {"fields": ["email", "first_name", "last_name"]}),
        ("At work", {"fields": ["is_away", "is_active"]}),
        ("What this person may do", {"fields": ["shown_roles"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "first_name", "last_name", "groups", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[StaffUser]":
        """With the roles, in one query for all of them."""
        people: QuerySet[StaffUser] = super().get_queryset(request)
        return people.prefetch_related("groups")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No filters by address: `?email__contains=…` would put a colleague's into server logs."""
        return False

    @admin.display(description="Roles")
    def shown_roles(self, person: StaffUser) -> str:
        """By name."""
        names = [group.name for group in person.groups.all()]
        return ", ".join(["Everything"] if person.is_superuser else names) or "None"

    @admin.display(description="At work")
    def presence(self, person: StaffUser) -> str:
        """In words: a red cross below "away" would look like bad news."""
        if not person.is_active:
            return "No longer here"
        return "Away" if person.is_away else "Yes"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Roles in words. Single permissions are not given to people: nobody would find them again."""
        return RolesField(required=False)

    # --- Who may do what to an account -------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A superuser: whoever adds an account gives it rights."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: StaffUser | None = None) -> bool:
        """Nobody: the history of a patient's question names the account."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: StaffUser | None = None) -> bool:
        """An account that may do everything is changed by its equals only."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: StaffUser | None = None) -> Any:
        """Only a superuser changes what an account may do, and how it signs in."""
        return super().get_fieldsets(request, obj) if request.user.is_superuser else self.managed_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: StaffUser | None = None) -> Any:
        """What a manager sees and cannot change."""
        return ["last_login"] if request.user.is_superuser else ["email", "shown_roles"]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A superuser's, too: a new password is a new owner of the account. One's own has a page for itself."""
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    # --- What a change brings with it --------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: StaffUser, form: Any, change: bool) -> None:
        """A new account may sign in; of somebody who is away or gone, the inquiries go back to everybody."""
        obj.is_staff = obj.is_staff or not change
        super().save_model(request, obj, form, change)
        if change:
            self._give_back(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """The switch in everybody's own menu."""
        away = path("away/", self.admin_site.admin_view(self.switch_away), name="staff_staffuser_away")
        return [away, *super().get_urls()]

    def switch_away(self, request: HttpRequest) -> HttpResponse:
        """Say of oneself that one is away, or back; for those who take inquiries, by POST."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(ACT):
            raise PermissionDenied
        person = cast(StaffUser, request.user)
        person.is_away = request.POST.get("away") == "yes"
        person.save(update_fields=["is_away"])
        messages.success(request, "You are marked as away." if person.is_away else "You are back at work.")
        self._give_back(request, person)
        return redirect("admin:index")

    def _give_back(self, request: HttpRequest, person: StaffUser) -> None:
        if person.is_active and not person.is_away:
            return
        number = queue.give_back(person, by=cast(StaffUser, request.user))
        if number:
            messages.info(request, f"{number} open {'inquiry' if number == 1 else 'inquiries'} went back to everybody.")
