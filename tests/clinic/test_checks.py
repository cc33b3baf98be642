"""What must hold before the site may serve patients is asked, and said with what to do."""

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from clinic import checks
from clinic.practice.models import Practice

SMTP = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}}
FOLDER = {"BACKENDS": {"default": "django.core.mail.backends.filebased.EmailBackend"}}


def found(check, **options) -> list[str]:
    """The ids of what a check complains about; each complaint says what to do."""
    complaints = check(None, **options)
    assert all(complaint.hint for complaint in complaints)
    return [complaint.id for complaint in complaints]


def asked_after(statement: str) -> list[str]:
    """What is said of a practice that the statement took away; all is as before when the test goes on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        complaints = found(checks.practice_is_filled_in, databases=["default"])
        transaction.set_rollback(True)
    return complaints


@pytest.mark.parametrize("hosts, complaints", [(["*"], ["clinic.E001"]), (["ask.clinic.example"], [])])
def test_a_site_open_to_every_host_name_is_an_error(settings, hosts, complaints):
    settings.ALLOWED_HOSTS = hosts

    assert found(checks.hosts_are_named) == complaints


@pytest.mark.parametrize("https, complaints", [(False, ["clinic.W002"]), (True, [])])
def test_a_site_without_https_is_warned_of(settings, https, complaints):
    settings.HTTPS = https

    assert found(checks.pages_travel_encrypted) == complaints


@pytest.mark.parametrize(
    "embedded, mail, complaints", [(False, FOLDER, ["clinic.W003"]), (False, SMTP, []), (True, FOLDER, [])]
)
def test_a_real_site_that_writes_its_mail_to_a_folder_is_warned_of(settings, embedded, mail, complaints):
    settings.EMBEDDED_DATABASE, settings.POST_OFFICE = embedded, mail

    assert found(checks.mail_reaches_people, databases=["default"]) == complaints


@pytest.mark.django_db
@pytest.mark.parametrize("address, complaints", [("desk@example.org", ["clinic.W004"]), ("desk@clinic.example", [])])
def test_a_real_site_with_example_addresses_is_warned_of(settings, address, complaints):
    settings.EMBEDDED_DATABASE = False
    Practice.objects.current()
    Practice.objects.update(inbox_email=address, on_call_addresses=[address])

    assert found(checks.practice_is_filled_in, databases=["default"]) == complaints


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["TO not_made_yet", "COLUMN phone TO not_made_yet"])
def test_what_migrate_has_yet_to_make_does_not_keep_it_from_running(missing):
    complaints = asked_after(f"ALTER TABLE practice_practice RENAME {missing}")

    assert complaints == []


@pytest.mark.django_db
def test_a_practice_that_may_not_be_read_is_an_error():
    complaints = asked_after("CREATE ROLE a_stranger; SET LOCAL ROLE a_stranger")

    assert complaints == ["clinic.E005"]


@pytest.mark.django_db
@pytest.mark.parametrize("forgotten, complaints", [("inquiries", ["clinic.E006"]), ("nothing", [])])
def test_tables_that_are_out_of_date_are_an_error(forgotten, complaints):
    MigrationRecorder.Migration.objects.filter(app=forgotten).delete()

    assert found(checks.tables_are_up_to_date, databases=["default"]) == complaints
