"""Which Postgres this process talks to: DATABASE_URL, else the embedded server in the data folder."""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from clinic.embedded_postgres import DATABASE, USER, socket_dir

# Seconds a request waits for a connection before the patient is told so, with their text on the page.
CONNECT_TIMEOUT = 5


def from_environment(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    """Django's settings for the one database.

    Raises ImproperlyConfigured when DATABASE_URL is not a PostgreSQL address.
    """
    if "DATABASE_URL" in os.environ:
        config = _outside(env)
    else:
        config = {
            "NAME": DATABASE,
            "USER": USER,
            "PASSWORD": secret_file(data_dir / "database_password"),
            "HOST": str(socket_dir(data_dir)),
        }
    # Connections are kept and checked, so that a restarted Postgres costs a retry, not a patient's message.
    config["ENGINE"] = "clinic.postgresql"
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = True
    config.setdefault("OPTIONS", {}).setdefault("connect_timeout", CONNECT_TIMEOUT)
    return config


def _outside(env: environ.Env) -> dict[str, Any]:
    if not os.environ["DATABASE_URL"].strip():
        # Falling back to the embedded server here would start a real site on an empty database.
        raise ImproperlyConfigured("DATABASE_URL is empty; unset it to use the embedded PostgreSQL, or fill it in")
    try:
        config: dict[str, Any] = env.db("DATABASE_URL")
    except (environ.ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; write postgres://user:password@host:5432/name"
        ) from error
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must point to PostgreSQL: postgres://user:password@host:5432/name")
    return config


def not_there(error: Exception) -> str:
    """What a command says when the database refused it: which one was asked and what to do, in one line."""
    if settings.EMBEDDED_DATABASE:
        # Another terminal without the site's CLINIC_DATA_DIR looks in the wrong folder, and only this shows it.
        return (
            f"The site's database is not running (data folder {settings.DATA_DIR}). "
            "Start the site first, or name its folder with CLINIC_DATA_DIR: make run"
        )
    return f"The database at DATABASE_URL cannot be used: {reason(error)}"


def reason(error: Exception) -> str:
    """The first line of what the database said; the lines after it may repeat a row."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def secret_file(path: Path) -> str:
    """The secret kept in `path`; made on first use, readable by its owner only (mode 600).

    Raises ImproperlyConfigured when the folder cannot be written.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Written beside and moved into place: two first starts at once must agree on one secret.
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"the data folder {path.parent} cannot be used ({error.strerror}). "
            "Make it writable, or choose another: CLINIC_DATA_DIR=/path/to/folder make run"
        ) from error
