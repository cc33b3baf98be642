"""A page: what readers see now, and how it stands with its versions."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from clinic.pages.edition import NewEdition
from clinic.pages.models.text import SLUG, Section, Text

HOME = "home"  # the slug whose address is /
HELP = "get-help-now"
ALWAYS_PUBLISHED = "The home page and the page with crisis lines are always published."
# Other parts of the site live at these addresses; a page with such a slug could never be reached.
TAKEN = ["admin", "contact", "healthz", "m", "readyz", "static"]


class PageQuerySet(models.QuerySet["Page"]):
    """Questions about pages."""

    def published(self) -> "PageQuerySet":
        """Those that anyone may read."""
        return self.filter(published=True)

    def citing(self, key: str) -> "PageQuerySet":
        """Those that cite a source."""
        return self.filter(body__iregex=rf"@{key}\M")


class Page(Text):
    """A page for patients: the text that readers see. Before it is first published, the text it began with.

    Services copy a version's text here when they publish it (decision 11).
    """

    slug = models.CharField(
        "address",
        max_length=60,
        unique=True,
        validators=[RegexValidator(SLUG, "Use small letters, digits and single hyphens.")],
        help_text="The last part of the page's address. It cannot be changed later, because others link to it.",
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
        permissions = [
            ("approve_page", "Can approve the text of pages (clinicians)"),
            ("publish_page", "Can publish approved pages and take pages down"),
        ]
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

    def related_pages(self) -> list["Page"]:
        """What to read next, in the author's order; one query. A page that is gone or not published is left out."""
        found = {page.slug: page for page in Page.objects.published().filter(slug__in=self.related)}
        return [found[slug] for slug in self.related if slug in found]
