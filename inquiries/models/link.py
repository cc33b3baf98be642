"""Link, Code and LostLink: how a patient gets to their messages without an account."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

LINK_LASTS = timedelta(days=30)
CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5


def _a_month_on() -> datetime:
    return timezone.now() + LINK_LASTS


def _ten_minutes_on() -> datetime:
    return timezone.now() + CODE_LASTS


class Link(models.Model):
    """The address of one inquiry's messages. It shows nothing without a code; see conversation/links.py.

    What makes the address is in no row: it is derived from the nonce with the site's secret key, at sending.
    """

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="links")
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token in the address.")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=_a_month_on)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry"], condition=Q(replaced_at__isnull=True), name="link_is_one_per_inquiry"
            ),
        ]

    def __str__(self) -> str:
        return f"Link to inquiry {self.inquiry_id}"

    @property
    def works(self) -> bool:
        """True until it expires or another one replaces it."""
        return self.replaced_at is None and self.expires_at > timezone.now()


class Code(models.Model):
    """Six digits, sent to the address on file to make sure that its owner is reading. For one browser, once.

    The digits are in no row either: they are derived like the token.
    """

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="codes")
    nonce = models.CharField(max_length=32)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=_ten_minutes_on)
    wrong_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["link", "made_at"], name="code_by_link")]
        constraints = [
            models.CheckConstraint(name="code_has_five_tries", condition=Q(wrong_tries__lte=MOST_TRIES)),
        ]

    def __str__(self) -> str:
        return f"Code {self.pk}"


class LostLink(models.Model):
    """Somebody asks for a link again. The worker looks whether there is one to send, so that the page cannot tell."""

    reference = models.CharField(max_length=8)
    mailbox = models.CharField(max_length=64, help_text="A keyed digest of the address that was typed.")
    period = models.BigIntegerField(help_text="The quarter of an hour, counted from 1970: one email in each.")
    asked_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("asked_at", name="lost_link_to_look_at", condition=Q(looked_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "mailbox", "period"], name="lost_link_is_one_in_a_quarter_of_an_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"Lost link {self.pk}"
