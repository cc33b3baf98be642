"""Sending what the outbox holds, to a real mail server: nothing is lost, and nothing bad holds up the rest."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import STATUS, Email

from inquiries import outbox
from inquiries.models import Inquiry, Notice
from tests.factories import inquiry

pytestmark = pytest.mark.django_db

CRISIS = "I do not want to be alive anymore."
FRONT_DESK = "front-desk@example.org"


def states() -> dict[str, int | None]:
    """How each address's email stands."""
    return {email.to[0]: email.status for email in Email.objects.all()}


def only_receipt(**changes) -> Email:
    """One email in the outbox: the receipt."""
    kept = inquiry(**changes)
    Email.objects.exclude(notice__kind=Notice.Kind.RECEIPT).delete()
    return kept.notices.get().email


def test_what_waits_is_sent_once(mail_server):
    inquiry()

    tried = outbox.send_due(), outbox.send_due()

    assert tried == (2, 0)
    assert sorted(mail_server.to()) == ["ada@example.org", FRONT_DESK]


def test_every_notice_arrives_exactly_once_after_hours_without_a_mail_server(mail_server):
    now = timezone.now()
    for number in range(4):
        inquiry(email=f"ada{number}@example.org", message=CRISIS)
    mail_server.stop()

    for minutes in range(0, 4 * 60, 5):
        while outbox.send_next(now + timedelta(minutes=minutes)):
            pass
    tried = Email.objects.order_by("number_of_retries").values_list("number_of_retries", flat=True)[0]
    mail_server.start()
    for minutes in range(4 * 60, 5 * 60, 5):
        while outbox.send_next(now + timedelta(minutes=minutes)):
            pass

    assert tried > 10
    assert len(mail_server.arrived) == Email.objects.count() == 12
    assert len({message["Message-ID"] for message in mail_server.arrived}) == 12
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}


def test_an_address_that_is_refused_for_good_fails_in_sight_and_the_others_get_theirs(mail_server):
    mail_server.refusals["ada@example.org"] = "550 5.1.1 no such user ada@example.org"
    inquiry(message=CRISIS)

    outbox.send_due()

    assert states() == {"ada@example.org": STATUS.failed, FRONT_DESK: STATUS.sent, "on-call@example.org": STATUS.sent}


def test_a_text_that_is_refused_for_good_fails_in_sight(mail_server):
    email = only_receipt()
    mail_server.behaviour = "refuse 554 5.7.1 no"

    outbox.send_due()

    email.refresh_from_db()
    assert email.status == STATUS.failed


@pytest.mark.parametrize("answer", ["450 mailbox busy", "451 try later", "421 going down"])
def test_an_address_that_is_refused_for_now_is_tried_again_later(mail_server, answer):
    email = only_receipt()
    mail_server.refusals["ada@example.org"] = answer
    now = timezone.now()

    outbox.send_next(now)
    too_soon = outbox.send_next(now + timedelta(seconds=59))
    mail_server.refusals.clear()
    in_time = outbox.send_next(now + timedelta(seconds=61))

    email.refresh_from_db()
    assert (too_soon, in_time, email.status) == (False, True, STATUS.sent)


def test_the_pauses_between_tries_grow_to_a_quarter_of_an_hour(mail_server):
    email = only_receipt()
    mail_server.stop()
    now, pauses = timezone.now(), []

    for _ in range(6):
        outbox.send_next(now)
        email.refresh_from_db()
        pauses.append((email.scheduled_time - now).total_seconds() / 60)
        now = email.scheduled_time

    assert pauses == [1, 2, 4, 8, 15, 15]


def test_a_page_is_tried_again_every_minute(mail_server):
    page = inquiry(message=CRISIS).notices.get(kind=Notice.Kind.PAGE).email
    Email.objects.exclude(pk=page.pk).delete()
    mail_server.stop()
    now = timezone.now()

    for _ in range(9):
        assert outbox.send_next(now)
        now += timedelta(minutes=1)

    page.refresh_from_db()
    assert (page.number_of_retries, page.status) == (9, STATUS.requeued)


def test_an_email_that_nobody_takes_for_three_days_fails_in_sight(mail_server):
    email = only_receipt()
    mail_server.stop()
    now = start = timezone.now()

    while outbox.send_next(now):
        email.refresh_from_db()
        now = email.scheduled_time

    assert email.status == STATUS.failed
    assert now - start > timedelta(days=3)


def test_a_mail_server_that_hangs_is_left_after_the_time_limit_and_tried_again(mail_server):
    email = only_receipt()
    mail_server.behaviour = "hang"
    now = timezone.now()

    outbox.send_next(now)
    mail_server.behaviour = "take"
    outbox.send_next(now + timedelta(minutes=2))

    email.refresh_from_db()
    assert email.status == STATUS.sent
    assert mail_server.to() == ["ada@example.org"]


def test_a_mail_server_that_is_slow_again_and_again_is_left_after_twice_the_time_limit(mail_server):
    email = only_receipt()
    mail_server.behaviour = "slow"

    outbox.send_due()

    email.refresh_from_db()
    assert email.status == STATUS.requeued
    assert "SMTPServerDisconnected" in email.logs.get().message


def test_a_connection_that_breaks_in_the_middle_loses_nothing(mail_server):
    email = only_receipt()
    mail_server.behaviour = "break off"
    now = timezone.now()

    outbox.send_next(now)
    mail_server.behaviour = "take"
    outbox.send_next(now + timedelta(minutes=2))

    email.refresh_from_db()
    assert email.status == STATUS.sent
    assert mail_server.to() == ["ada@example.org"]


def test_a_second_copy_after_a_lost_answer_is_known_by_its_message_id(mail_server):
    only_receipt()
    mail_server.behaviour = "take and break off"
    now = timezone.now()

    outbox.send_next(now)
    mail_server.behaviour = "take"
    outbox.send_next(now + timedelta(minutes=2))

    first, second = mail_server.arrived
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("behaviour", ["hang", "break off", "refuse 421 going down"])
def test_a_broken_connection_does_not_spoil_the_next_email(mail_server, behaviour):
    inquiry()
    mail_server.behaviour = behaviour

    outbox.send_next()
    mail_server.behaviour = "take"
    outbox.send_next()

    assert set(states().values()) == {STATUS.sent, STATUS.requeued}


def test_a_bad_good_bye_after_an_email_was_taken_does_not_send_it_twice(mail_server):
    email = only_receipt()
    mail_server.behaviour = "take and never say good-bye"

    outbox.send_due()

    email.refresh_from_db()
    assert email.status == STATUS.sent


def test_an_email_that_cannot_be_written_stays_in_sight_and_the_others_go(mail_server):
    inquiry()
    broken = Email.objects.get(notice__kind=Notice.Kind.RECEIPT)
    Email.objects.filter(pk=broken.pk).update(headers={"X-Note": "a line\nBcc: eve@example.org"})

    outbox.send_due()

    assert states() == {"ada@example.org": STATUS.requeued, FRONT_DESK: STATUS.sent}


def test_a_page_overtakes_twenty_receipts_at_a_slow_mail_server(mail_server):
    for number in range(20):
        inquiry(email=f"ada{number}@example.org")
    Email.objects.exclude(notice__kind=Notice.Kind.RECEIPT).delete()
    mail_server.behaviour = "hang"
    turns = iter(range(100))

    def a_crisis_comes_in_before_the_third():
        turn = next(turns)
        if turn == 2:
            inquiry(email="eve@example.org", message=CRISIS)
        return turn < 3

    outbox.send_due(a_crisis_comes_in_before_the_third)

    assert mail_server.asked == ["ada0@example.org", "ada1@example.org", "on-call@example.org"]


def test_emails_that_keep_failing_do_not_hold_up_new_ones(mail_server):
    only_receipt(email="full@example.org")
    mail_server.refusals["full@example.org"] = "452 mailbox full"
    now = timezone.now()
    outbox.send_next(now)
    inquiry(email="new@example.org")

    outbox.send_next(now + timedelta(hours=1))

    assert mail_server.asked[-1] != "full@example.org"


@pytest.mark.django_db(transaction=True)
def test_an_email_on_its_way_by_another_worker_is_left_to_it(mail_server, other_session):
    email = only_receipt()

    other_session.execute("SELECT FROM post_office_email WHERE id = %s FOR UPDATE", [email.pk])
    meanwhile = outbox.send_next()
    other_session.connection.rollback()
    afterwards = outbox.send_next()

    assert (meanwhile, afterwards) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_staff_do_not_wait_for_an_email_on_its_way(mail_server, other_session):
    email = only_receipt()

    other_session.execute("SELECT FROM post_office_email WHERE id = %s FOR UPDATE", [email.pk])
    changed = outbox.withdraw(Email.objects.all())

    assert changed == 0


def test_no_address_is_in_the_log_of_a_failure(mail_server, caplog):
    email = only_receipt(email="quill@example.org")
    mail_server.refusals["quill@example.org"] = "550 no such user quill@example.org"

    outbox.send_due()

    assert "quill" not in caplog.text
    assert "quill" not in "".join(email.logs.values_list("message", flat=True))


def test_a_failed_email_goes_out_when_staff_send_it_again(mail_server):
    email = only_receipt()
    mail_server.refusals["ada@example.org"] = "550 no such user"
    outbox.send_due()
    mail_server.refusals.clear()

    outbox.send_again(Email.objects.filter(pk=email.pk))
    outbox.send_due()

    assert mail_server.to() == ["ada@example.org"]


def test_an_email_that_was_put_aside_is_not_sent(mail_server):
    email = only_receipt()

    outbox.withdraw(Email.objects.filter(pk=email.pk))
    outbox.send_due()

    assert mail_server.asked == []


def test_an_email_that_arrived_cannot_be_put_aside(mail_server):
    email = only_receipt()
    outbox.send_due()

    outbox.withdraw(Email.objects.filter(pk=email.pk))

    email.refresh_from_db()
    assert email.status == STATUS.sent


def test_an_address_that_no_server_can_be_told_fails_at_once(mail_server):
    email = only_receipt()
    address = f"a@{'ä' * 60}.org"
    Email.objects.filter(pk=email.pk).update(to=address)
    Inquiry.objects.update(email=address)

    outbox.send_due()

    email.refresh_from_db()
    assert (email.status, mail_server.to()) == (STATUS.failed, [])
