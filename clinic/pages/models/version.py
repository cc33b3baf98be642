"""Every text that a page ever had: who wrote it, who approved it, who published it. Changed by services only."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinic.pages.models.page import Page
from clinic.pages.models.text import TEXT_FIELDS, Section, Text

APPROVAL = ["approved_at", "approved_by", "reviewed_by", "reviewed_on", "next_review_on"]
STAFF = settings.AUTH_USER_MODEL
PUBLICATION = ["published_at", "published_by"]


class State(models.TextChoices):
    """How far a version has come. A draft that is changed becomes PAST, and its successor is the draft."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    PAST = "past", "Earlier"


OPEN = [State.DRAFT, State.APPROVED]
STEPS: list[tuple[str, str]] = [
    (State.DRAFT, State.APPROVED),
    (State.APPROVED, State.PUBLISHED),
    (State.DRAFT, State.PAST),
    (State.APPROVED, State.PAST),
    (State.PUBLISHED, State.PAST),
]


def _set_once(name: str, fields: list[str]) -> pgtrigger.Protect:
    """Refuses any change of `fields` once the first of them is filled in."""
    changed = pgtrigger.Q()
    for field in fields:
        changed |= pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
    filled = pgtrigger.Q(**{f"old__{fields[0]}__isnull": False})
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=filled & changed)


class Version(Text):
    """One text of a page. No author means that it came with the software: the site's starter text."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    note = models.CharField(
        "what changed, and why", max_length=300, help_text="For the list of versions. Readers do not see it."
    )
    # Accounts are never deleted while history points at them.
    author = models.ForeignKey(STAFF, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(STAFF, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    reviewed_on = models.DateField(null=True)
    next_review_on = models.DateField(null=True)
    published_by = models.ForeignKey(STAFF, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(STAFF, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["page", "-number"]
        default_permissions = ()  # pages' permissions decide
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="version_number_is_used_once_per_page"),
            models.UniqueConstraint(fields=["page"], name="version_open_is_one_per_page", condition=Q(state__in=OPEN)),
            models.UniqueConstraint(
                fields=["page"], name="version_published_is_one_per_page", condition=Q(state=State.PUBLISHED)
            ),
            models.CheckConstraint(name="version_state_is_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="version_section_is_known", condition=Q(section__in=Section.values)),
            models.CheckConstraint(
                name="version_has_title_summary_body_and_note",
                condition=~Q(title="") & ~Q(nav_title="") & ~Q(summary="") & ~Q(body="") & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="version_approval_says_who_when_and_until_when",
                condition=Q(approved_at=None, approved_by=None, reviewed_by="", reviewed_on=None, next_review_on=None)
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False, reviewed_on__isnull=False)
                    & Q(next_review_on__gt=F("reviewed_on"))
                    & ~Q(reviewed_by="")
                ),
            ),
            models.CheckConstraint(
                name="version_approved_once_it_is_no_draft",
                condition=Q(state=State.DRAFT, approved_at=None)
                | Q(state=State.APPROVED, approved_at__isnull=False)
                | ~Q(state__in=OPEN),
            ),
            models.CheckConstraint(
                name="version_published_says_when",
                condition=Q(state__in=OPEN, published_at=None)
                | Q(state=State.PUBLISHED, published_at__isnull=False)
                | ~Q(state__in=[*OPEN, State.PUBLISHED]),
            ),
            models.CheckConstraint(
                name="version_published_was_approved_or_came_with_the_software",
                condition=Q(published_at=None, published_by=None)
                | Q(published_by__isnull=False, approved_at__isnull=False)
                | Q(author=None, published_by=None),
            ),
            models.CheckConstraint(
                name="version_past_says_since_when",
                condition=Q(state=State.PAST, closed_at__isnull=False)
                | (~Q(state=State.PAST) & Q(closed_at=None, closed_by=None)),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="version_takes_only_known_steps", field="state", transitions=STEPS),
            pgtrigger.ReadOnly(
                name="version_text_never_changes",
                fields=["page", "number", "note", "author", "made_at", *TEXT_FIELDS],
            ),
            _set_once("version_keeps_its_approval", APPROVAL),
            _set_once("version_keeps_its_publication", PUBLICATION),
            pgtrigger.Protect(
                name="version_once_published_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
