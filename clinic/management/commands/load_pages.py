"""`manage.py load_pages`: bring in the starter pages; never touches what staff edited."""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.pages import loader


class Command(BaseCommand):
    """Adds what is missing and refreshes what nobody edited. Safe to repeat."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what happened."""
        loaded = loader.load()
        self.stdout.write(f"Pages and references: {loaded.added} added, {loaded.refreshed} refreshed.")
        if loaded.kept:
            self.stdout.write(f"Kept as edited or reviewed here: {', '.join(loaded.kept)}.")
