"""Logs tell where a fault happened, never what a patient wrote."""

import io
import logging
import sys

import pytest
from django.test import Client

from clinic.logs import PrivateFormatter


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
def test_a_request_for_another_host_writes_no_line(lines, monkeypatch):
    monkeypatch.setattr(logging.lastResort, "emit", lambda record: lines.write(record.getMessage()))

    Client().get("/", HTTP_HOST="marmalade.example.org")

    assert lines.getvalue() == ""
