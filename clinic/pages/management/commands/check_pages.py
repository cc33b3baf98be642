"""`manage.py check_pages`: what is wrong with the public pages, by page and line."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError
from django.urls import reverse

from clinic import database
from clinic.pages import checking, loader, reviews
from clinic.pages.models import Page, Reference


class Command(BaseCommand):
    """Looks for errors, broken links, a missing off-label line, hard words and overdue reviews (pages/checking.py)."""

    help = "Report what is wrong with the published pages. Exit status 1 when something must be put right."
    requires_system_checks = []  # they are about this machine; the starter pages can be checked on any

    def add_arguments(self, parser: CommandParser) -> None:
        """What to check, and what counts."""
        parser.add_argument("--starter", action="store_true", help="check the starter files; needs no database")
        parser.add_argument("--strict", action="store_true", help="missing and overdue reviews count too")

    def handle(self, *args: Any, starter: bool, strict: bool, **options: Any) -> None:
        """Print each problem and a count. Raises CommandError when one must be put right, or without a database."""
        pages, keys = _starter() if starter else _published()
        # The form is not one of the pages, but they link to it.
        addresses = checking.addresses_of(pages, keys) | {reverse("inquiries:contact"): set[str]()}
        found = [(page, problem) for page in pages for problem in checking.check(page, keys, addresses)]
        for page, problem in found:
            where = _in_file(page, problem.line) if starter else _on_site(page, problem.line)
            self.stdout.write(f"{where}: {problem.message}")
        unreviewed = [] if starter else list(reviews.overdue())  # a file is reviewed once it is a page
        for page in unreviewed:
            self.stdout.write(f"{page.get_absolute_url()}: warning: {reviews.in_words(page)}.")
        summary = f"Pages: {len(pages)}, problems: {len(found)}, warnings: {len(unreviewed)}."
        if found or (strict and unreviewed):
            raise CommandError(summary)
        self.stdout.write(summary)


def _published() -> tuple[list[Page], set[str]]:
    """The pages that anyone may read, and the keys they may cite."""
    try:
        return list(Page.objects.published()), set(Reference.objects.values_list("key", flat=True))
    except (OperationalError, ProgrammingError) as error:
        raise CommandError(database.not_there(error)) from error


def _starter() -> tuple[list[Page], set[str]]:
    """The pages a new site starts with, as their files are now."""
    return [Page(**values) for values in loader.read_pages()], {entry["key"] for entry in loader.read_references()}


def _on_site(page: Page, line: int) -> str:
    return f"{page.get_absolute_url()} line {line}" if line else page.get_absolute_url()


def _in_file(page: Page, line: int) -> str:
    """Path and line as editors open them; the front matter comes before the page's first line."""
    path = loader.STARTER / f"{page.slug}.md"
    text = path.read_text(encoding="utf-8")
    before = text[: text.index(page.body.strip())].count("\n")
    return f"{path.relative_to(settings.BASE_DIR)}:{before + line if line else 1}"
