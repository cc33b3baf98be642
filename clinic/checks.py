"""What must hold before this site may serve patients. `manage.py check --deploy --database default` asks all of it."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg2.errors import UndefinedColumn, UndefinedTable

from clinic import database

EXAMPLE_DOMAIN = "example.org"


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A wildcard lets anyone choose the host in the links we email."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [Error("ALLOWED_HOSTS is open to every name.", hint="List the site's own host names.", id="clinic.E001")]


@register(Tags.security, deploy=True)
def pages_travel_encrypted(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Health questions must not cross a network in the clear."""
    if settings.HTTPS:
        return []
    hint = "Set SITE_URL=https://your.host, behind a proxy that ends TLS (docs/runbook.md)."
    return [Warning("The site's address is not https.", hint=hint, id="clinic.W002")]


@register(Tags.database)
def mail_reaches_people(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """With an outside database the site is real: a crisis page written to a folder reaches nobody."""
    if settings.EMBEDDED_DATABASE or not databases:
        return []
    if "filebased" not in settings.POST_OFFICE["BACKENDS"]["default"]:
        return []
    hint = "Set EMAIL_URL=smtp+tls://user:password@host:587 (.env.example)."
    return [Warning("Emails are written to a folder, not sent.", hint=hint, id="clinic.W003")]


@register(Tags.database)
def practice_is_filled_in(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """The example clinic's phone number and on-call address must not meet a real patient.

    A database that cannot be asked is an error, the embedded one too: silence would be read as an all-clear.
    """
    from clinic.practice.models import Practice

    if not databases:
        return []
    try:
        practice = Practice.objects.current()
    except DatabaseError as error:
        # `migrate` asks this before it makes the tables; tables_are_up_to_date speaks of them.
        return [] if isinstance(error.__cause__, (UndefinedTable, UndefinedColumn)) else [_not_asked(error)]
    if settings.EMBEDDED_DATABASE:
        return []
    addresses = [practice.inbox_email, *practice.on_call_addresses]
    if not any(address.endswith(EXAMPLE_DOMAIN) for address in addresses):
        return []
    hint = "Open Practice in the admin and enter the clinic's own facts."
    return [Warning("The practice still has example addresses.", hint=hint, id="clinic.W004")]


@register(Tags.database, deploy=True)
def tables_are_up_to_date(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Without its tables the site keeps no message. Asked with --deploy only, because `migrate` mends just this."""
    if not databases:
        return []
    try:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return []
    except DatabaseError:
        return []  # practice_is_filled_in says so
    hint = "Start the site with make run, or run manage.py migrate, then ask again."
    return [Error("The database's tables are missing or out of date.", hint=hint, id="clinic.E006")]


def _not_asked(error: DatabaseError) -> CheckMessage:
    hint = "Nothing in the database was checked. Try the address in DATABASE_URL with psql, then ask again."
    if settings.EMBEDDED_DATABASE:
        hint = (
            f"Nothing in the database was checked. DATABASE_URL is not set, so the data folder {settings.DATA_DIR} "
            "was looked in: start the site there with make run, or load the site's variables (docs/runbook.md)."
        )
    return Error(f"The database cannot be used: {database.reason(error)}", hint=hint, id="clinic.E005")
