"""The export: for those who may, with a reason, harmless in a spreadsheet, and flat in memory."""

import csv
import io
import tracemalloc

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inquiries import export
from inquiries.models import Access, Inquiry
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

EXPORT = "/admin/inquiries/inquiry/export/"


def rows(answer):
    """The file as a spreadsheet reads it."""
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_export_holds_the_list_as_it_is_narrowed(desk):
    wanted = inquiry(topic="billing")
    inquiry()

    answer = desk.post(f"{EXPORT}?standing=all&topic=billing", {"reason": "Monthly figures"})

    assert [row["Reference"] for row in rows(answer)] == [wanted.reference]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="inquiries-')


@pytest.mark.parametrize(
    "asked, there", [({}, []), ({"person": "on"}, ["Quill", "quill@"]), ({"message": "on"}, ["Marma"])]
)
def test_names_and_messages_leave_only_when_asked_for(desk, asked, there):
    inquiry(name="Quill", email="quill@example.org", message="Marmalade.")

    with CaptureQueriesContext(connection) as queries:
        text = desk.post(EXPORT, {"reason": "Figures", **asked}).getvalue().decode()

    asked_for = " ".join(query["sql"] for query in queries if "DECLARE" in query["sql"])
    assert [word for word in ("Quill", "quill@", "Marma") if word in text] == there
    assert ('"message"' in asked_for) == ("message" in asked)


def test_the_reason_is_asked_for_and_written_down(desk, nurse):
    inquiry()

    without = desk.post(EXPORT, {"reason": " "})
    desk.post(EXPORT, {"reason": "Monthly figures"}).getvalue()

    assert without.status_code == 422
    assert list(Access.objects.filter(deed="exported").values_list("person", "reason")) == [
        (nurse.pk, "Monthly figures")
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " ="])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(desk, start):
    Inquiry.objects.filter(pk=inquiry().pk).update(name=f'{start}HYPERLINK("http://example.org";"x")')

    name = rows(desk.post(EXPORT, {"reason": "Figures", "person": "on"}))[0]["Name"]

    assert name.startswith(f"'{start}")


@pytest.mark.parametrize("name", ["Ada; Example", 'Ada "the" Example', "Ada\nExample", "Zoë Ñandú"])
def test_every_other_name_comes_out_as_it_is(desk, name):
    Inquiry.objects.filter(pk=inquiry().pk).update(name=name)

    assert rows(desk.post(EXPORT, {"reason": "Figures", "person": "on"}))[0]["Name"] == name


def test_the_file_is_made_in_a_fraction_of_its_own_size(monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 20)
    for _ in range(900):
        inquiry(message="m" * 4_000)

    tracemalloc.start()
    size = sum(len(line) for line in export.lines(Inquiry.objects.in_order(), person=True, message=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 3_600_000
    assert peak < size / 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("read", [2, 4], ids=["whose reader goes away", "read to its end"])
def test_a_file_is_one_transaction_which_ends_with_it(desk, read):
    for _ in range(3):
        inquiry()

    answer = desk.post(EXPORT, {"reason": "Figures"})
    stream = iter(answer)
    during = [(next(stream), connection.in_atomic_block)[1] for _ in range(read)]
    answer.close()

    assert during == [False] + [True] * (read - 1)
    assert not connection.in_atomic_block


@pytest.mark.parametrize("granted, status", [(["view_inquiry"], 403), (["export_inquiry"], 403)])
def test_whoever_may_not_see_the_list_or_not_export_gets_no_file(client, nurse, granted, status):
    nurse.is_superuser = False
    nurse.save()
    nurse.user_permissions.set(Permission.objects.filter(codename__in=granted))
    client.force_login(nurse)

    answers = [client.get(EXPORT), client.post(EXPORT, {"reason": "Figures"})]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert not Access.objects.filter(deed="exported").exists()


def test_messages_do_not_leave_with_somebody_who_may_not_open_inquiries(client, nurse):
    nurse.is_superuser = False
    nurse.save()
    nurse.user_permissions.set(Permission.objects.filter(codename__in=["view_inquiry", "export_inquiry"]))
    inquiry(message="Marmalade.")
    client.force_login(nurse)

    text = client.post(EXPORT, {"reason": "Figures", "message": "on"}).getvalue().decode()

    assert "Reference" in text
    assert "Marmalade" not in text
