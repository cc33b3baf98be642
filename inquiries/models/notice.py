"""Notice: an email we owe, committed with the change that promises it."""

from typing import ClassVar

from django.db import models
from post_office.models import Email


class Notice(models.Model):
    """Ties an email in the outbox to its inquiry, so that staff see what reached whom."""

    class Kind(models.TextChoices):
        """What the email is for."""

        RECEIPT = "receipt", "Receipt to the patient"
        NEW_INQUIRY = "new_inquiry", "News of an inquiry to the front desk"
        PAGE = "page", "Page to the people on call"
        REPLY = "reply", "News of a message to the patient"
        CODE = "code", "Code to the patient"
        LINK = "link", "Link to the patient, who had lost it"
        NEW_MESSAGE = "new_message", "News of a patient's message to the front desk"

    TO_PATIENT: ClassVar = frozenset({Kind.RECEIPT, Kind.REPLY, Kind.CODE, Kind.LINK})

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    email = models.OneToOneField(Email, on_delete=models.CASCADE, related_name="notice")
    mailbox = models.CharField(
        max_length=64, blank=True, default="", db_default="",
        help_text="Of a receipt: a keyed digest of the address, to count what one mailbox gets in a day.",
    )  # fmt: skip
    message = models.ForeignKey(
        "inquiries.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="notices", db_index=False,
        help_text="The one that the email tells of.",
    )  # fmt: skip
    code = models.ForeignKey(
        "inquiries.Code", null=True, blank=True, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When its inquiry came back to the desk because the email did not arrive."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            # Asked before each receipt is sent: how many did this mailbox get today?
            models.Index(
                "mailbox", "created_at", name="notice_receipts_by_mailbox", condition=models.Q(kind="receipt")
            ),
            # Most are about neither, and a new inquiry should not pay for these indexes.
            models.Index("message", name="notice_by_message", condition=models.Q(message__isnull=False)),
            models.Index("code", name="notice_by_code", condition=models.Q(code__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_kind_is_known",
                condition=models.Q(kind__in=["receipt", "new_inquiry", "page", "reply", "code", "link", "new_message"]),
            ),
            # A patient who presses the button twice must not get two receipts.
            models.UniqueConstraint(
                fields=["inquiry"], condition=models.Q(kind="receipt"), name="notice_one_receipt_per_inquiry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for inquiry {self.inquiry_id}"
