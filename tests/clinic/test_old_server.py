"""A PostgreSQL that is too old is refused in words, not by a failing migration later."""

import pytest
from django.core.management.base import CommandError
from django.db import connection

from clinic.management.commands.serve import _require_database


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_too_old_is_refused_with_advice(monkeypatch):
    monkeypatch.setattr(type(connection.features), "minimum_database_version", (99,))
    monkeypatch.setattr("django.db.backends.base.base.RAN_DB_VERSION_CHECK", set())  # Django asks once per process
    connection.close()

    with pytest.raises(CommandError, match=r"too old.*99.*Upgrade"):
        _require_database()
