"""Logs tell where a fault happened, never what a patient wrote."""

import logging
import sys

from clinic.logs import PrivateFormatter


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
