"""What must hold before the site may serve patients is asked, and said with what to do."""

import pytest

from clinic import checks
from clinic.practice.models import Practice

SMTP = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}}
FOLDER = {"BACKENDS": {"default": "django.core.mail.backends.filebased.EmailBackend"}}


def found(check, **options) -> list[str]:
    """The ids of what a check complains about; each complaint says what to do."""
    complaints = check(None, **options)
    assert all(complaint.hint for complaint in complaints)
    return [complaint.id for complaint in complaints]


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
