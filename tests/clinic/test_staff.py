"""Staff accounts: who may sign in, what a manager may do to them, and that nobody raises himself."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from clinic.staff import roles, sign_in
from clinic.staff.models import StaffUser
from inquiries import services
from tests import admin_walk, factories, markup

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough pass phrase"
NEW = "another long pass phrase"


@pytest.fixture
def manager(client) -> StaffUser:
    """Somebody with the role of a manager, signed in."""
    person = admin_walk.somebody("Manager")
    client.force_login(person)
    return person


def page_of(person: StaffUser) -> str:
    """The page of an account."""
    return reverse("admin:staff_staffuser_change", args=[person.pk])


def role(name: str) -> int:
    """A role's key."""
    roles.make()
    return Group.objects.get(name=name).pk


# --- Who may change an account ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", ["is_superuser", "is_staff", "groups", "user_permissions", "email", "password"])
def test_a_manager_changes_nobodys_rights_and_not_how_they_sign_in(client, manager, right):
    person = StaffUser.objects.create_user("somebody.else@example.org", PASSWORD)
    before = StaffUser.objects.filter(pk=person.pk).values().get()
    values = {
        "groups": role("Auditor"),
        "user_permissions": Permission.objects.latest("pk").pk,
        "email": "me@example.org",
    }

    client.post(page_of(person), {"first_name": "", "last_name": "", "is_active": "on", right: values.get(right, "on")})

    assert StaffUser.objects.filter(pk=person.pk).values().get() == before
    assert not person.groups.exists()
    assert not person.user_permissions.exists()


def test_a_manager_sets_no_passwords(client, manager, colleague):
    person = StaffUser.objects.create_user("somebody.else@example.org", PASSWORD)

    for account in (person, colleague):
        url = reverse("admin:auth_user_password_change", args=[account.pk])
        assert client.post(url, {"password1": NEW, "password2": NEW}).status_code == 403

    assert not any(account.check_password(NEW) for account in StaffUser.objects.all())


def test_an_account_that_may_do_everything_is_changed_by_its_equals_only(client, manager, nurse):
    answer = client.post(page_of(nurse), {"first_name": "Mallory", "is_away": "on"})

    assert answer.status_code == 403
    assert not StaffUser.objects.get(pk=nurse.pk).is_away


def test_a_manager_sees_nothing_of_a_password(client, manager):
    person = StaffUser.objects.create_user("somebody.else@example.org", PASSWORD)

    answer = client.get(page_of(person))

    assert answer.status_code == 200
    assert person.password.rpartition("$")[2] not in answer.content.decode()


# --- Adding an account -----------------------------------------------------------------------------------------------


def test_whoever_adds_an_account_picks_the_role_in_words(desk):
    role("Clinician")

    page = desk.get(reverse("admin:staff_staffuser_add")).content.decode()

    for name, each in roles.ROLES.items():
        assert f"{name}: {each.sentence}" in page


def test_a_new_account_has_its_role_and_may_sign_in(desk):
    fields = {"password1": NEW, "password2": NEW}

    desk.post(
        reverse("admin:staff_staffuser_add"), {"email": "new@example.org", "groups": role("Front desk"), **fields}
    )

    person = StaffUser.objects.get(email="new@example.org")
    assert person.is_staff
    assert not person.is_superuser
    assert person.has_perm("inquiries.open_inquiry")


def test_an_account_is_not_added_without_a_role(desk):
    answer = desk.post(
        reverse("admin:staff_staffuser_add"),
        {"email": "new@example.org", "password1": NEW, "password2": NEW},
    )

    assert "Choose at least one role" in answer.content.decode()
    assert not StaffUser.objects.filter(email="new@example.org").exists()


# --- The roles -------------------------------------------------------------------------------------------------------


def test_what_a_clinic_changed_in_a_role_stays(db):
    roles.make()
    group = Group.objects.get(name="Front desk")
    group.permissions.clear()

    roles.make()

    assert not group.permissions.exists()


def test_a_role_that_is_missing_comes_back_whole(db):
    Group.objects.filter(name="Manager").delete()

    roles.make()

    labels = Group.objects.get(name="Manager").permissions.values_list("content_type__app_label", "codename")
    assert {".".join(pair) for pair in labels} == roles.MANAGER


def test_a_permission_that_a_release_brings_reaches_the_roles_that_have_it_and_nothing_else(db):
    roles.make()
    for group in Group.objects.all():
        group.permissions.clear()

    roles.introduce("pages.approve_page")

    given = {group.name: [each.codename for each in group.permissions.all()] for group in Group.objects.all()}
    assert given == {name: ["approve_page"] * (name in ("Clinician", "Manager")) for name in roles.ROLES}


# --- Away and gone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"is_active": "on", "is_away": "on"}, {}], ids=["away", "deactivated"])
def test_the_inquiries_of_somebody_who_is_away_or_gone_go_back_to_everybody(client, manager, fields):
    person = StaffUser.objects.create_user("somebody.else@example.org", PASSWORD, is_staff=True)
    kept = services.claim(factories.inquiry().pk, by=person)

    client.post(page_of(person), {"first_name": "", "last_name": "", **fields})

    kept.refresh_from_db()
    assert (kept.status, kept.owner) == ("new", None)


def test_a_changed_name_gives_nothing_back(client, manager):
    person = StaffUser.objects.create_user("somebody.else@example.org", PASSWORD, is_staff=True)
    kept = services.claim(factories.inquiry().pk, by=person)

    client.post(page_of(person), {"first_name": "Ana", "last_name": "", "is_active": "on"})

    kept.refresh_from_db()
    assert kept.owner == person
    assert str(kept.owner) == "Ana"


def test_everybody_who_takes_inquiries_says_for_themself_that_they_are_away_and_back(client):
    person = admin_walk.somebody("Front desk")
    client.force_login(person)
    kept = services.claim(factories.inquiry().pk, by=person)

    gone = client.post(reverse("admin:staff_staffuser_away"), {"away": "yes"}, follow=True)
    kept.refresh_from_db()
    back = client.post(reverse("admin:staff_staffuser_away"), {"away": "no"}, follow=True)

    assert kept.owner is None
    assert "1 open inquiry went back to everybody" in gone.content.decode()
    assert "You are back at work" in back.content.decode()


# --- Signing in ------------------------------------------------------------------------------------------------------

LOGIN = "/admin/login/"


def try_to_sign_in(client, password: str, email: str = "nora@example.org", network: str = "203.0.113.7") -> bool:
    """True when the door opened."""
    client.logout()
    answer = client.post(LOGIN, {"username": email, "password": password}, REMOTE_ADDR=network)
    return bool(answer.status_code == 302)


@pytest.fixture
def guessed(client, nurse, monkeypatch):
    """Somebody has typed ten wrong passwords for Nora's account, within five minutes that are not over yet."""
    now = 1_795_000_000
    clock = {"now": now - now % sign_in.PERIOD}
    monkeypatch.setattr(sign_in, "time", lambda: clock["now"])
    for number in range(10):
        assert not try_to_sign_in(client, f"guess {number}")
    return clock


def test_an_address_signs_in_whatever_its_capitals(client, nurse):
    assert client.login(username="NORA@example.org", password=PASSWORD)


def test_after_ten_wrong_passwords_the_right_one_is_not_looked_at_either(client, guessed):
    answer = client.post(LOGIN, {"username": "Nora@example.org", "password": PASSWORD}, REMOTE_ADDR="203.0.113.99")

    assert answer.status_code == 200
    assert "Wait five minutes" in answer.content.decode()


def test_another_way_to_write_the_address_gives_no_more_guesses(client, colleague, monkeypatch):
    colleague.email = "mina@example.org"
    colleague.save()
    monkeypatch.setattr(sign_in, "MOST", 1)

    try_to_sign_in(client, "a guess", email="mina@example.org")

    assert not any(try_to_sign_in(client, PASSWORD, email=name) for name in ("MINA@example.org", "mına@example.org"))


def test_whoever_guesses_keeps_nobody_out_of_another_network(client, guessed):
    assert try_to_sign_in(client, PASSWORD, network="198.51.100.7")


def test_whoever_guesses_keeps_no_colleague_out(client, guessed, colleague):
    assert try_to_sign_in(client, PASSWORD, email=colleague.email)


def test_five_minutes_later_the_right_password_opens(client, guessed):
    guessed["now"] += sign_in.PERIOD

    assert try_to_sign_in(client, PASSWORD)


def test_signing_in_often_is_no_guessing(client, nurse):
    doors = [try_to_sign_in(client, PASSWORD) for _ in range(12)]

    assert all(doors)


@pytest.mark.parametrize("case", ["wrong password", "no such account", "deactivated", "no staff"])
def test_a_sign_in_that_fails_says_what_to_do_and_not_whether_the_account_exists(client, nurse, case):
    nurse.is_active, nurse.is_staff = case != "deactivated", case != "no staff"
    nurse.save()
    email = "nobody@example.org" if case == "no such account" else nurse.email
    password = "a guess" if case == "wrong password" else PASSWORD

    page = markup.read(client.post(LOGIN, {"username": email, "password": password}).content)

    summary = page.one(id="error-summary")
    assert page.all("title")[0].words() == "Error: Log in | Triage desk"
    assert summary.one("ul").words() == sign_in.WRONG
    assert "autofocus" in summary.attributes
    assert page.one(id="id_username").attributes["value"] == email
    assert "value" not in page.one(id="id_password").attributes


def test_a_sign_in_without_a_password_says_so_at_the_field(client):
    page = markup.read(client.post(LOGIN, {"username": "nora@example.org", "password": ""}).content)

    link = page.one(id="error-summary").one("a")
    assert (link.words(), link.attributes["href"]) == ("Enter your password", "#id_password")
    assert page.one(id="id_password").attributes["aria-invalid"] == "true"
