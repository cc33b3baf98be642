"""Answer: words prepared for a question that comes up again and again, and every text it ever had."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from inquiries.models.choices import Language, Topic
from inquiries.models.inquiry import NFC_GROWTH

STAFF = settings.AUTH_USER_MODEL
TEXT_LENGTH = 4_000


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Questions about prepared answers."""

    def offered(self) -> "AnswerQuerySet":
        """Those that staff may use today: with an approved text, and not retired."""
        approved = AnswerVersion.objects.filter(approved_at__isnull=False)
        return self.filter(retired_at=None, pk__in=approved.values("answer"))


class Answer(models.Model):
    """A prepared answer. Changed by answers.py only; retired when it is no longer wanted, never deleted."""

    name = models.CharField(max_length=80, help_text="What staff choose it by. Patients do not see it.")
    topic = models.CharField(
        max_length=20, choices=Topic.choices, blank=True, help_text="Offered first for questions about it."
    )
    language = models.CharField(
        max_length=2,
        choices=Language.choices,
        default=Language.ENGLISH,
        help_text="It cannot be changed later: the approved text is in it.",
    )
    revision = models.PositiveIntegerField(default=1, help_text="Counts the changes, so that a stale one is refused.")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(STAFF, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "prepared answer"
        ordering: ClassVar = [F("retired_at").asc(nulls_first=True), "language", "name"]
        default_permissions = ("view", "add", "change")
        permissions: ClassVar = [("approve_answer", "Can approve prepared answers (clinicians)")]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "name"],
                name="answer_name_is_used_once_per_language",
                violation_error_message="Another answer in this language has this name.",
            ),
            models.CheckConstraint(name="answer_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="answer_topic_is_known", condition=Q(topic__in=["", *Topic.values])),
            models.CheckConstraint(name="answer_language_is_known", condition=Q(language__in=Language.values)),
            models.CheckConstraint(
                name="answer_retired_says_when_and_by_whom",
                condition=Q(retired_at=None, retired_by=None) | Q(retired_at__isnull=False, retired_by__isnull=False),
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="answer_keeps_its_language", fields=["language"])]

    def __str__(self) -> str:
        return self.name


class AnswerVersion(models.Model):
    """One text of an answer. No author means that it came with the software."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey(STAFF, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(STAFF, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["answer", "-number"]
        default_permissions = ()  # the answers' permissions decide
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="answerversion_number_is_used_once_per_answer"),
            models.CheckConstraint(
                name="answerversion_text_is_neither_empty_nor_endless",
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), TEXT_LENGTH * NFC_GROWTH)),
            ),
            models.CheckConstraint(
                name="answerversion_approved_says_when_and_by_whom",
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="answerversion_text_never_changes", fields=["answer", "number", "text", "author", "made_at"]
            ),
            pgtrigger.Protect(
                name="answerversion_keeps_its_approval",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__approved_at__isnull=False)
                & (
                    pgtrigger.Q(old__approved_at__df=pgtrigger.F("new__approved_at"))
                    | pgtrigger.Q(old__approved_by__df=pgtrigger.F("new__approved_by"))
                ),
            ),
            pgtrigger.Protect(
                name="answerversion_once_approved_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
