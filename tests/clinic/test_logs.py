"""Logs tell where a fault happened, never what a patient wrote."""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from clinic.logs import PrivateFormatter
from tests import admin_walk

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "DJANGO_SETTINGS_MODULE": "clinic.settings"}


@pytest.fixture
def lines(monkeypatch):
    """What the site's one handler writes."""
    stream = io.StringIO()
    monkeypatch.setattr(logging.getLogger("django").handlers[0], "stream", stream)
    return stream


def logged(error: Exception) -> str:
    try:
        try:
            raise error
        except ValueError as cause:
            raise RuntimeError("Failing row contains (marmalade)") from cause
    except RuntimeError:
        record = logging.LogRecord("clinic", logging.ERROR, __file__, 1, "A fault", (), sys.exc_info())
    return PrivateFormatter("{message}", style="{").format(record)


def test_the_text_of_a_fault_and_of_its_cause_stay_out_of_the_log():
    assert "marmalade" not in logged(ValueError("marmalade")).replace('"Failing row contains (marmalade)"', "")


def test_the_log_names_the_kind_and_the_place_of_a_fault():
    text = logged(ValueError("marmalade"))

    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "in logged" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/contact/received/K7QM-2XHD:signature/", "/marmalade/Ada-Example/", "/marmalade/Ada-Éxample/"],
)
def test_a_log_line_holds_no_address_that_opens_or_says_something(path, lines):
    Client().post(path)

    line = lines.getvalue()
    assert "WARNING" in line
    assert not any(part in line for part in ("K7QM", "signature", "marmalade/Ada"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/admin/staff/staffuser/?ada=marmalade",
        "/admin/inquiries/inquiry/4711/change/",
        "/admin/inquiries/inquiry/?marmalade=1",
    ],
)
def test_a_refused_page_is_one_line_that_says_nothing_of_anybody(path, client, lines):
    client.force_login(admin_walk.somebody("Auditor"))

    answer = client.get(path)

    (line,) = lines.getvalue().splitlines()
    assert answer.status_code in (400, 403)
    assert "WARNING" in line or "ERROR" in line
    assert not any(part in line for part in ("4711", "marmalade", "somebody@"))


@pytest.mark.django_db
def test_a_fault_of_ours_still_says_where_it_happened(client, lines, monkeypatch):
    client.force_login(admin_walk.somebody("superuser"))
    client.raise_request_exception = False
    monkeypatch.setattr("inquiries.access.Access.objects.bulk_create", lambda *rows, **options: 1 / 0)

    client.get("/admin/inquiries/inquiry/")

    assert "ZeroDivisionError" in lines.getvalue()
    assert "access.py" in lines.getvalue()


def test_a_request_for_another_host_writes_no_line():
    # In a process of its own: pytest adds handlers of its own, and then Python's last resort would never be asked.
    ask = (
        "import django; django.setup(); from django.test import Client; Client().get('/healthz', HTTP_HOST='marmalade')"
    )

    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
