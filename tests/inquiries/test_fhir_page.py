"""FHIR out, at the desk: one file, for those who may read and export, with a reason that is kept before it leaves."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import Group, Permission
from fhir.resources.R4B.bundle import Bundle

from clinic.staff import roles
from inquiries.fhir import bundle
from inquiries.models import Access, Inquiry
from tests.factories import inquiry, staff

pytestmark = pytest.mark.django_db


def address(about: Inquiry) -> str:
    return f"/admin/inquiries/inquiry/{about.pk}/fhir/"


def test_the_file_is_named_by_the_reference_and_kept_by_no_cache(desk):
    about = inquiry()

    answer = desk.post(address(about), {"reason": "Moved to our chart"})

    assert answer.headers["Content-Type"] == "application/fhir+json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{about.reference}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert Bundle.model_validate_json(answer.content).type == "collection"


def test_who_took_it_and_why_is_written_down(desk, nurse):
    about = inquiry()

    desk.post(address(about), {"reason": "Moved to our chart"})

    assert list(Access.objects.filter(deed="exported").values_list("person", "inquiry", "reason")) == [
        (nurse.pk, about.pk, "Moved to our chart")
    ]


@pytest.mark.parametrize("method, status", [("get", 200), ("post", 422)])
def test_without_a_reason_nothing_leaves(desk, method, status):
    about = inquiry(name="Quill", message="Marmalade.")

    answer = getattr(desk, method)(address(about), {"reason": " "})

    assert answer.status_code == status
    assert not [word for word in ("Quill", "Marmalade") if word in answer.content.decode()]
    assert not Access.objects.filter(deed="exported").exists()


def test_a_reason_that_names_the_person_is_refused_because_it_would_outlive_their_erasure(desk):
    about = inquiry(name="Quill Marmalade")

    answer = desk.post(address(about), {"reason": "Quill moved to our chart"})

    assert answer.status_code == 422
    assert not Access.objects.filter(deed="exported").exists()


def test_what_cannot_be_written_down_does_not_leave(desk, monkeypatch):
    about = inquiry()
    wrote: list[Inquiry] = []
    monkeypatch.setattr(bundle, "write", wrote.append)
    monkeypatch.setattr(Access.objects, "bulk_create", lambda *args, **options: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        desk.post(address(about), {"reason": "Moved to our chart"})

    assert wrote == []


PERMISSIONS = {"view_inquiry", "open_inquiry", "export_inquiry"}


@pytest.mark.parametrize("missing", sorted(PERMISSIONS))
def test_whoever_may_not_read_or_not_export_is_refused_and_that_is_written_down(client, missing):
    about = inquiry()
    person = staff("clerk@example.org", "Clerk")
    person.is_superuser = False
    person.save()
    person.user_permissions.set(Permission.objects.filter(codename__in=PERMISSIONS - {missing}))
    client.force_login(person)

    answers = [client.get(address(about)), client.post(address(about), {"reason": "Moved to our chart"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert set(Access.objects.values_list("deed", "inquiry")) == {("refused", about.pk)}


@pytest.mark.parametrize("may", [True, False])
def test_the_page_of_an_inquiry_leads_there_for_those_who_may(client, may):
    about = inquiry()
    roles.make()
    person = staff("clerk@example.org", "Clerk")
    person.is_superuser = False
    person.save()
    person.groups.set(Group.objects.filter(name="Manager" if may else "Clinician"))
    client.force_login(person)

    page = client.get(f"/admin/inquiries/inquiry/{about.pk}/change/").content.decode()

    assert (address(about) in page) == may


def test_no_page_waits_for_the_library_that_only_the_file_needs():
    program = (
        "import django, sys; django.setup(); import clinic.urls, inquiries.admin; print('pydantic' in sys.modules)"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "False"
