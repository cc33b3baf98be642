"""Access: who looked at patients' data, when and from where."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone


class Access(models.Model):
    """One row for each person, deed, inquiry, page and reason in five minutes. Rows are only added: see the trigger.

    Ids only: no name of a patient, no word that was searched for.
    """

    class Deed(models.TextChoices):
        """What the person did."""

        OPENED = "opened", "Opened an inquiry"
        LISTED = "listed", "Looked at a list"
        SEARCHED = "searched", "Searched"
        EXPORTED = "exported", "Exported a list"
        COPIED = "copied", "Exported one person"
        ERASED = "erased", "Erased a person"
        HELD = "held", "Set or lifted a legal hold"
        REFUSED = "refused", "Was refused"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    deed = models.CharField(max_length=10, choices=Deed.choices)
    # Without a constraint: a row must outlive the sample it is about, and never keep it from being removed.
    inquiry = models.ForeignKey(
        "inquiries.Inquiry",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,  # as for the person: an index below begins with it
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(default=timezone.now)
    period = models.BigIntegerField(help_text="The five minutes, counted from 1970.")
    network = models.GenericIPAddressField("from", null=True, blank=True, help_text="The address of the staff member.")
    place = models.CharField(max_length=80, help_text="The name of the page, as the site's code knows it.")
    reason = models.CharField(max_length=300, blank=True, help_text="Given by the person, where one is asked for.")

    class Meta:
        verbose_name_plural = "access log"
        ordering: ClassVar = ["-at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            # An inquiry's page: who has looked?
            models.Index(fields=["inquiry", "-at"], name="access_by_inquiry"),
            # The access log as it opens, of one person, and of one deed.
            models.Index(fields=["-at", "-id"], name="access_by_time"),
            models.Index(fields=["person", "-at", "-id"], name="access_by_person"),
            models.Index(fields=["deed", "-at", "-id"], name="access_by_deed"),
        ]
        constraints = [
            # Two rows without an inquiry do not differ by that. PostgreSQL has words for it from 15 on; we run on 14.
            models.UniqueConstraint(
                *("person", "deed", Coalesce("inquiry_id", 0), "place", "reason", "period"),
                name="access_is_one_row_in_five_minutes",
            ),
            models.CheckConstraint(
                name="access_deed_is_known",
                condition=models.Q(
                    deed__in=["opened", "listed", "searched", "exported", "copied", "erased", "held", "refused"]
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="access_is_only_added_to", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} at {self.at:%Y-%m-%d %H:%M} UTC"
