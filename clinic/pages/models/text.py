"""The text of a page: what its public row and each of its versions have in common."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from clinic.pages.models.reference import Reference
from clinic.pages.rendering import Rendered, render

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
TEXT_FIELDS = ("title", "nav_title", "summary", "section", "order", "body", "related")


class Section(models.TextChoices):
    """Which part of the site a page belongs to."""

    TREATMENT = "treatment", "About the treatment"
    HELP = "help", "Getting help"
    CLINIC = "clinic", "About the clinic"


class Text(models.Model):
    """Everything that a clinician approves and a reader sees, and where it stands in the menus."""

    title = models.CharField(max_length=120)
    nav_title = models.CharField("short title", max_length=40, help_text="For menus.")
    summary = models.CharField(max_length=300, help_text="One or two sentences; search engines show them.")
    body = models.TextField("text", help_text="Markdown. Cite a source as [@key].")
    section = models.CharField(max_length=12, choices=Section.choices, default=Section.TREATMENT)
    order = models.PositiveSmallIntegerField(default=100, help_text="Low numbers come first in menus.")
    related = ArrayField(
        models.CharField(max_length=60, validators=[RegexValidator(SLUG, "Use pages' addresses.")]),
        default=list,
        blank=True,
        verbose_name="what to read next",
        help_text="Two to four pages' addresses, such as safety, your-visit.",
    )

    class Meta:
        abstract = True

    def text(self) -> dict[str, Any]:
        """The text alone, by field."""
        return {name: getattr(self, name) for name in TEXT_FIELDS}

    def render(self) -> Rendered:
        """The body as HTML. One query, for the keys of the references."""
        return render(self.body, set(Reference.objects.values_list("key", flat=True)))
