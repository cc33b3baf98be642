"""Settings come from the environment; what is missing or mistyped stops the start with one line."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DATABASE_URL": "postgres://clinic:password@127.0.0.1:1/clinic",
    "SECRET_KEY": "k3y-" * 20 + "with-many-different-letters",
    "ALLOWED_HOSTS": "ask.clinic.example",
}
OURS = ["DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DEBUG", "PORT", "EMAIL_URL", "CLINIC_DATA_DIR"]


def manage(tmp_path: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run one manage.py command in an environment that holds only what the test says."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**clean, "CLINIC_DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(tmp_path: Path, name: str, **environment: str) -> str:
    """The value of one setting in such an environment."""
    code = f"from django.conf import settings; print(settings.{name})"
    return manage(tmp_path, "shell", "--no-imports", "-c", code, **environment).stdout.strip()


def test_the_deployment_check_is_clean_in_production(tmp_path):
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_an_outside_database_without_key_or_hosts_is_refused(tmp_path, missing):
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}

    refused = manage(tmp_path, "check", **environment)

    assert refused.returncode != 0
    assert missing in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "name, value",
    [
        ("DEBUG", "yes"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://clinic@127.0.0.1/clinic"),
        ("SITE_URL", "clinic.example"),
        ("EMAIL_URL", ""),
        ("EMAIL_URL", "smtp+tls://desk:pa/ss@mail.clinic.example:587"),
        ("EMAIL_URL", "mail.clinic.example:587"),
        ("EMAIL_URL", "smtp+tls://"),
    ],
)
def test_a_mistyped_setting_stops_the_start_with_one_line(tmp_path, name, value):
    refused = manage(tmp_path, "check", **{**PRODUCTION, name: value})

    assert refused.returncode != 0
    assert name in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_debug_is_off_unless_asked_for(tmp_path):
    assert setting(tmp_path, "DEBUG") == "False"


def test_the_embedded_default_makes_its_own_key_for_its_owner_only(tmp_path):
    key = setting(tmp_path, "SECRET_KEY")

    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_the_key_survives_a_restart(tmp_path):
    assert setting(tmp_path, "SECRET_KEY") == setting(tmp_path, "SECRET_KEY")


def test_a_public_host_switches_on_what_only_https_allows(tmp_path):
    assert setting(tmp_path, "SECURE_HSTS_SECONDS", **PRODUCTION) == str(365 * 24 * 60 * 60)


def test_a_loopback_host_is_served_without_https(tmp_path):
    assert setting(tmp_path, "HTTPS", **{**PRODUCTION, "ALLOWED_HOSTS": "127.0.0.1"}) == "False"


def test_a_data_folder_that_cannot_be_used_is_refused_with_one_line(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    refused = manage(tmp_path, "check", CLINIC_DATA_DIR=str(tmp_path / "file" / "data"))

    assert refused.returncode != 0
    assert "CLINIC_DATA_DIR" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_mail_address_that_cannot_be_read_does_not_show_its_password(tmp_path):
    refused = manage(tmp_path, "check", **PRODUCTION, EMAIL_URL="smtp+tls://desk:secret/word@mail.clinic.example:587")

    assert refused.stderr.startswith("Cannot start: EMAIL_URL")
    assert "secret" not in refused.stderr


@pytest.mark.parametrize("command", [("demo",), ("retention", "--preview"), ("check_pages",)])
def test_a_command_without_its_database_says_in_one_line_where_it_looked(tmp_path, command):
    answer = manage(tmp_path, *command)

    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "make run" in answer.stderr
    assert str(tmp_path) in answer.stderr


def test_the_preview_of_an_outside_database_that_is_away_gives_its_reason_in_one_line(tmp_path):
    answer = manage(tmp_path, "retention", "--preview", **PRODUCTION)

    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "DATABASE_URL cannot be used: connection to server" in answer.stderr


@pytest.mark.parametrize("environment, advice", [(PRODUCTION, "psql"), ({}, "make run")])
def test_a_database_that_cannot_be_reached_is_no_all_clear(tmp_path, environment, advice):
    checked = manage(tmp_path, "check", "--deploy", "--database", "default", **environment)

    assert checked.returncode == 1
    assert "clinic.E005" in checked.stderr
    assert advice in checked.stderr


def test_without_naming_a_database_nothing_is_asked_of_it(tmp_path):
    assert manage(tmp_path, "check").returncode == 0


def test_a_web_process_has_read_the_rules_and_weights_before_its_first_request(tmp_path):
    code = (
        "import clinic.wsgi; from inquiries.screening.classifier import learned; print(learned.cache_info().currsize)"
    )

    started = manage(tmp_path, "shell", "--no-imports", "-c", code, **PRODUCTION)

    assert started.stdout.strip() == "1", started.stderr
