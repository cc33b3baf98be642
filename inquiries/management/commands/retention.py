"""`manage.py retention --preview`: what the worker will erase in the next night, and why."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from clinic import database
from clinic.practice.models import Practice
from inquiries import retention


class Command(BaseCommand):
    """Counts and lists references; erases nothing. The worker does that after midnight at the clinic."""

    help = "List what is over its time. Nothing is erased by this command."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch, and it must be given: nobody should have to wonder what the command alone would do."""
        parser.add_argument("--preview", action="store_true", required=True, help="count and list, erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """By kind: how many, which, and which of them a legal hold keeps. Raises CommandError without a database."""
        try:
            practice = Practice.objects.current()
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(database.not_there(error)) from error
        night = retention.next_night(timezone.now(), practice)
        self.stdout.write(f"What is over its time when {night:%A, %B} {night.day}, {night.year} begins at the clinic:")
        for kind, rows in retention.over(night, practice).items():
            self._say(kind, rows.filter(held_at=None).values_list("reference", flat=True))
            self._say(f"{kind}, kept by a legal hold", rows.exclude(held_at=None).values_list("reference", flat=True))

    def _say(self, what: str, references: Any) -> None:
        count = references.count()
        if count or "legal hold" not in what:
            self.stdout.write(f"{what}: {count}")
        for reference in references.iterator():
            self.stdout.write(f"  {reference}")
