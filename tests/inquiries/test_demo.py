"""`make demo`: a desk full of made-up people, marked as such, who reach nobody and leave without a trace."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context
from post_office.models import Email

from clinic.practice.models import Practice
from clinic.staff.models import StaffUser
from inquiries import notices, outbox, paging, services
from inquiries.conversation import links
from inquiries.management.commands import demo
from inquiries.models import (
    Finding,
    Inquiry,
    Language,
    Message,
    Notice,
    Outcome,
    ReplyBy,
    Status,
    Topic,
    Urgency,
    WritingFor,
)
from inquiries.screening import KINDS
from tests.factories import inquiry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _embedded(settings):
    """The suite may run on a server of its own, where samples are refused."""
    settings.EMBEDDED_DATABASE = True


def rows() -> dict[str, int]:
    """How many rows there are of everything an inquiry brings with it."""
    models = [Inquiry, Finding, Notice, Email, StaffUser, Context, apps.get_model("inquiries", "InquiryEvent")]
    return {model.__name__: model.objects.count() for model in models}


def test_the_demo_adds_at_least_sixty_inquiries_each_marked_as_a_sample(capsys):
    call_command("demo")

    assert Inquiry.objects.filter(sample=True).count() == Inquiry.objects.count() >= 60
    assert "Added" in capsys.readouterr().out


def test_the_samples_show_every_choice_of_each_field():
    choices = {
        "status": Status,
        "urgency": Urgency,
        "outcome": Outcome,
        "topic": Topic,
        "writing_for": WritingFor,
        "reply_by": ReplyBy,
        "language": Language,
    }

    demo.add(timezone.now())

    shown = {field: set(Inquiry.objects.values_list(field, flat=True)) for field in choices}
    missing = {(field, word) for field, known in choices.items() for word in set(known.values) - shown[field]}
    assert missing == set()


def test_the_samples_show_every_kind_of_finding():
    demo.add(timezone.now())

    assert set(Finding.objects.values_list("kind", flat=True)) == set(KINDS)


def test_some_samples_are_due_and_some_overdue():
    demo.add(timezone.now())

    late = Inquiry.objects.waits_for_us().filter(due_at__lt=timezone.now())
    assert late.count() >= 2
    assert Inquiry.objects.waits_for_us().exclude(pk__in=late).count() >= 5


def test_the_samples_arrived_over_several_weeks():
    now = timezone.now()

    demo.add(now)

    arrived = sorted(Inquiry.objects.values_list("received_at", flat=True))
    assert arrived[0] < now - timedelta(weeks=4)
    assert now - timedelta(hours=1) < arrived[-1] < now


def test_the_desk_marks_every_sample_it_lists(desk):
    demo.add(timezone.now())

    page = desk.get(reverse("admin:inquiries_inquiry_changelist"), {"standing": "waits"}).content.decode()

    assert page.count(">Sample<") == Inquiry.objects.waits_for_us().count()


def test_a_sample_sends_no_email_to_anybody(mail_server):
    demo.add(timezone.now())
    outbox.send_again(Email.objects.all())

    assert [outbox.send_next(now=timezone.now() + timedelta(days=2)), mail_server.asked] == [False, []]


def test_nobody_gets_a_code_for_the_messages_of_a_sample(mail_server):
    demo.add(timezone.now())
    link = links.current(Inquiry.objects.filter(messages__isnull=False)[0])

    notices.promise_code(links.new_code(link), Practice.objects.current())

    assert not outbox.due().filter(notice__inquiry=link.inquiry).exists()


def test_some_samples_have_a_conversation_of_every_kind(desk):
    demo.add(timezone.now())

    talking = Inquiry.objects.filter(messages__isnull=False).distinct()
    page = desk.get(reverse("admin:inquiries_inquiry_changelist"), {"standing": "undelivered"}).content.decode()

    assert talking.count() >= 5
    assert Message.objects.filter(author=None, kind="message").exists()
    assert Message.objects.filter(kind="copy").exists()
    assert page.count(">Sample<") == 1


def test_the_history_of_a_sample_tells_each_step_once():
    demo.add(timezone.now())

    history = apps.get_model("inquiries", "InquiryEvent").objects
    steps = history.order_by().values("pgh_obj", "version").annotate(told=Count("pk"))
    assert [step for step in steps if step["told"] > 1] == []


def test_what_staff_wrote_about_a_sample_says_that_no_email_goes_out(desk):
    demo.add(timezone.now())
    message = Message.objects.filter(author__isnull=False, notices=None)[0]

    page = desk.get(reverse("admin:inquiries_inquiry_change", args=[message.inquiry_id])).content.decode()

    assert "Of a sample, no email goes out" in page


def test_nobody_is_paged_again_about_a_sample():
    demo.add(timezone.now())

    paging.page_again(now=timezone.now() + timedelta(hours=1))

    assert not Notice.objects.filter(kind=Notice.Kind.PAGE).exists()


def test_running_the_demo_again_changes_nothing():
    demo.add(timezone.now())
    before = list(Inquiry.objects.order_by("pk").values())

    added = demo.add(timezone.now() + timedelta(days=1))

    assert added == 0
    assert list(Inquiry.objects.order_by("pk").values()) == before


def test_nobody_can_sign_in_as_one_of_the_sample_staff(client):
    demo.add(timezone.now())

    for person in StaffUser.objects.filter(email__in=demo.STAFF.values()):
        assert not person.is_active
        assert not person.has_usable_password()
        assert not client.login(username=person.email, password="")


def test_clearing_leaves_the_database_as_it_was_before_the_demo(nurse):
    services.claim(inquiry().pk, by=nurse)
    before = rows()
    demo.add(timezone.now())

    call_command("demo", "--clear")

    assert rows() == before


def test_clearing_leaves_real_inquiries_with_their_notices_and_history_alone(nurse):
    real = services.claim(inquiry(message="I do not want to be alive anymore.").pk, by=nurse)
    demo.add(timezone.now())

    demo.remove()

    real.refresh_from_db()
    assert real.status == Status.OPEN
    assert real.findings.exists()
    assert real.notices.filter(email__isnull=False).count() == 3
    assert real.events.count() == 2


def test_clearing_keeps_the_history_that_one_step_of_the_worker_gave_to_samples_and_real_inquiries(nurse):
    demo.add(timezone.now())
    real = services.claim(inquiry().pk, by=nurse)
    until = timezone.localdate() + timedelta(days=3)
    services.wait(real.pk, until=until, by=nurse)
    services.resume_waiting(today=until)

    demo.remove()

    assert real.events.latest("pgh_id").pgh_context.metadata["action"] == "resume"


def test_clearing_removes_samples_that_real_staff_have_taken(nurse):
    demo.add(timezone.now())
    services.claim(Inquiry.objects.unassigned()[0].pk, by=nurse)

    demo.remove()

    assert not Inquiry.objects.exists()
    assert StaffUser.objects.get() == nurse


def test_a_sample_account_that_somebody_activated_stays_when_samples_are_cleared():
    demo.add(timezone.now())
    StaffUser.objects.filter(first_name="Grace").update(is_active=True)

    demo.remove()

    assert StaffUser.objects.get().first_name == "Grace"


@pytest.mark.parametrize("option", [[], ["--clear"]])
def test_samples_are_refused_on_a_database_that_may_be_real(settings, option):
    settings.EMBEDDED_DATABASE = False

    with pytest.raises(CommandError, match="DATABASE_URL is set"):
        call_command("demo", *option)

    assert not Inquiry.objects.exists()


def test_without_a_running_site_the_demo_says_in_one_line_to_start_it(tmp_path):
    (tmp_path / "static").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}

    answer = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=site.BASE_DIR,
        env={**environment, "CLINIC_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "make run" in answer.stderr


def test_no_sample_has_an_address_or_a_number_that_could_be_somebodys():
    samples = demo.read_samples()

    for sample in samples:
        words = " ".join(str(value) for value in sample.values())
        assert all(host.endswith("example.org") for host in re.findall(r"@([\w.-]+)", words)), sample["id"]
        assert all("example.org" in link for link in re.findall(r"(?:https?://|www\.)\S+", words)), sample["id"]
        digits = re.sub(r"\D", "", sample.get("phone", "")[:19])
        assert not digits or re.search(r"55501\d\d", digits), sample["id"]


def test_every_sample_has_a_name_of_its_own():
    names = [sample["id"] for sample in demo.read_samples()]

    assert len(set(names)) == len(names)
