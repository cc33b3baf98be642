"""What the public pages say, where they took it from, and a token that changes whenever either does."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from clinic.pages.edition import NewEdition
from clinic.pages.rendering import Rendered, render
from clinic.practice.models import Closure, Practice

HOME = "home"  # the slug whose address is /
HELP = "get-help-now"
ALWAYS_PUBLISHED = "The home page and the page with crisis lines are always published."
# Other parts of the site live at these addresses; a page with such a slug could never be reached.
TAKEN = ["admin", "contact", "healthz", "readyz", "static"]
REFERENCE_KEY = r"^[a-z0-9][a-z0-9_]*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Edition(models.Model):
    """Which edition of the public pages is current: one row, renewed by triggers on all that the pages show."""

    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(name="edition_is_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(self.token)


class Section(models.TextChoices):
    """Which part of the site a page belongs to."""

    TREATMENT = "treatment", "About the treatment"
    HELP = "help", "Getting help"
    CLINIC = "clinic", "About the clinic"


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

    def citing_pages(self) -> models.QuerySet["Page"]:
        """The pages that cite this source."""
        return Page.objects.filter(body__iregex=rf"@{self.key}\M")


class PageQuerySet(models.QuerySet["Page"]):
    """Questions about pages."""

    def published(self) -> "PageQuerySet":
        """Those that anyone may read."""
        return self.filter(published=True)


class Page(models.Model):
    """A page for patients, written in Markdown."""

    slug = models.CharField(
        "address",
        max_length=60,
        unique=True,
        validators=[RegexValidator(SLUG, "Use small letters, digits and single hyphens.")],
        help_text="The last part of the page's address. It cannot be changed later, because others link to it.",
    )
    title = models.CharField(max_length=120)
    nav_title = models.CharField("short title", max_length=40, help_text="For menus.")
    summary = models.CharField(max_length=300, help_text="One or two sentences; search engines show them.")
    body = models.TextField(help_text="Markdown. Cite a source as [@key].")
    section = models.CharField(max_length=12, choices=Section.choices, default=Section.TREATMENT)
    order = models.PositiveSmallIntegerField(default=100, help_text="Low numbers come first in menus.")
    related = ArrayField(
        models.CharField(max_length=60, validators=[RegexValidator(SLUG, "Use pages' addresses.")]),
        default=list,
        blank=True,
        help_text="Pages to read next: two to four addresses, such as safety, your-visit.",
    )
    published = models.BooleanField(default=False, help_text="Anyone may read it.")
    based_on = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    reviewed_on = models.DateField("last reviewed", null=True, blank=True)
    next_review_on = models.DateField("next review due", null=True, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True, help_text="The clinician's name and credentials.")

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["section", "order", "slug"]
        constraints = [
            models.CheckConstraint(name="page_slug_is_small_words_with_hyphens", condition=Q(slug__regex=SLUG)),
            models.CheckConstraint(
                name="page_slug_is_not_taken_by_another_part_of_the_site",
                condition=~Q(slug__in=TAKEN),
                violation_error_message="Another part of the site has this address.",
            ),
            models.CheckConstraint(
                name="page_has_title_summary_and_body",
                condition=~Q(title="") & ~Q(nav_title="") & ~Q(summary="") & ~Q(body=""),
            ),
            models.CheckConstraint(name="page_section_is_known", condition=Q(section__in=Section.values)),
            models.CheckConstraint(
                name="page_home_and_help_stay_published",
                condition=Q(published=True) | ~Q(slug__in=[HOME, HELP]),
                violation_error_message=ALWAYS_PUBLISHED,
            ),
            models.CheckConstraint(
                name="page_review_says_when_until_when_and_by_whom",
                condition=Q(reviewed_on=None, next_review_on=None, reviewed_by="")
                | (Q(reviewed_on__isnull=False, next_review_on__gt=F("reviewed_on")) & ~Q(reviewed_by="")),
                violation_error_message="A review has a day, a later day for the next one, and a clinician's name.",
            ),
        ]
        triggers = [NewEdition()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page's address."""
        return reverse("pages:home") if self.slug == HOME else reverse("pages:page", args=[self.slug])

    def render(self) -> Rendered:
        """The body as HTML. One query, for the keys of the references."""
        return render(self.body, set(Reference.objects.values_list("key", flat=True)))

    def related_pages(self) -> list["Page"]:
        """What to read next, in the author's order; one query. A page that is gone or not published is left out."""
        found = {page.slug: page for page in Page.objects.published().filter(slug__in=self.related)}
        return [found[slug] for slug in self.related if slug in found]

    def clean(self) -> None:
        """Refuse to publish a text with errors; a draft may still have some."""
        if self.slug in (HOME, HELP) and not self.published:
            # The constraint says so too, but forms skip it where the address cannot be edited.
            raise ValidationError({"published": ALWAYS_PUBLISHED})
        if self.published and (errors := self.render().errors):
            raise ValidationError({"body": ["This cannot be published yet.", *map(str, errors)]})


class PracticeOnPages(Practice):
    """The clinic's facts stand on every page, so a change of them makes a new edition."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [NewEdition()]


class ClosureOnPages(Closure):
    """Extra closed days stand beside the opening hours, so a change of them makes a new edition."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [NewEdition()]
