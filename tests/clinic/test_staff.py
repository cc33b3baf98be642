"""Staff accounts: who may sign in, and that nobody raises himself."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from clinic.staff.models import StaffUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client) -> StaffUser:
    """Olga, who may change accounts and nothing else, signed in."""
    olga = StaffUser.objects.create_user("olga@example.org", "a long enough pass phrase", is_staff=True)
    olga.user_permissions.set(Permission.objects.filter(codename__in=["view_staffuser", "change_staffuser"]))
    client.force_login(olga)
    return olga


def test_nobody_gives_himself_rights(client, office):
    page = reverse("admin:staff_staffuser_change", args=[office.pk])

    client.post(page, {"email": office.email, "is_active": "on", "is_superuser": "on"})

    office.refresh_from_db()
    assert not office.is_superuser


def test_an_account_that_may_do_everything_is_changed_by_its_equals_only(client, office, nurse):
    page = reverse("admin:auth_user_password_change", args=[nurse.pk])

    answer = client.post(page, {"password1": "another long pass phrase", "password2": "another long pass phrase"})

    assert answer.status_code == 403
    assert not StaffUser.objects.get(pk=nurse.pk).check_password("another long pass phrase")


def test_an_address_signs_in_whatever_its_capitals(client, nurse):
    assert client.login(username="NORA@example.org", password="a long enough pass phrase")
