"""The sources that pages cite."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from clinic.pages.edition import NewEdition

REFERENCE_KEY = r"^[a-z0-9][a-z0-9_]*$"


class Reference(models.Model):
    """A source that pages cite as [@key]."""

    key = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(REFERENCE_KEY, "Use small letters, digits and _ only.")],
        help_text="What authors write: [@key].",
    )
    authors = models.CharField(max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty if the source has no date.")
    title = models.CharField(max_length=400)
    journal = models.CharField("journal or publisher", max_length=200, blank=True)
    doi = models.CharField("DOI", max_length=120, blank=True, help_text="Without https://doi.org/")
    pmid = models.CharField("PubMed ID", max_length=12, blank=True)
    url = models.URLField("address", max_length=400, blank=True)
    note = models.CharField("still to check", max_length=300, blank=True, help_text="For staff; not on the site.")
    based_on = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(name="reference_key_is_small_letters", condition=Q(key__regex=REFERENCE_KEY)),
            models.CheckConstraint(name="reference_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="reference_can_be_looked_up",
                condition=~Q(doi="") | ~Q(url=""),
                violation_error_message="Give a DOI or an address, so that readers can look it up.",
            ),
        ]
        triggers = [NewEdition()]

    def __str__(self) -> str:
        return self.key

    @property
    def link(self) -> str:
        """Where a reader finds the source."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url
