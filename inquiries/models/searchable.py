"""Searchable and NameWord: what the search box looks in. docs/decisions/0013 says why it is kept apart."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F
from django.db.models.functions import Reverse

# Documents stand on shelves in the order in which inquiries came, the shelves in rooms: a search for a common word
# looks at the newest shelves and stops, and never reads half a million matches to show fifty. The database's function
# `inquiries_find` counts with the same two numbers.
SHELF = 8_192
ROOM = 16 * SHELF


class Searchable(models.Model):
    """The words of one inquiry as a search finds them: its message, its name, its notes and calls.

    Written by the database's function `inquiries_read_in` only: by the worker within seconds of a new inquiry, by a
    search that comes sooner, and by triggers when a note is added or what a patient wrote is changed or erased.
    """

    inquiry = models.OneToOneField(
        "inquiries.Inquiry", on_delete=models.CASCADE, primary_key=True, related_name="searchable"
    )
    email = models.TextField(help_text="In small letters.")
    phone = models.TextField(help_text="The last ten digits.")
    words = SearchVectorField(help_text="Stems. A: the name. B: notes and calls. D: the message.")
    shelf = models.GeneratedField(
        expression=F("inquiry") / SHELF, output_field=models.BigIntegerField(), db_persist=True
    )
    room = models.GeneratedField(expression=F("inquiry") / ROOM, output_field=models.BigIntegerField(), db_persist=True)

    class Meta:
        indexes = [
            # Without a list of pending words, which each search would have to read through.
            GinIndex(fields=["shelf", "room", "words"], name="searchable_words", fastupdate=False),
            models.Index(fields=["email"], name="searchable_email_begins", opclasses=["text_pattern_ops"]),
            models.Index(fields=["phone"], name="searchable_phone_begins", opclasses=["text_pattern_ops"]),
            models.Index(OpClass(Reverse("phone"), name="text_pattern_ops"), name="searchable_phone_ends"),
        ]

    def __str__(self) -> str:
        return f"What can be found of inquiry {self.inquiry_id}"


class NameWord(models.Model):
    """A word that stands in somebody's name, so that a name typed in part or misspelt leads to words that exist.

    There are far fewer of them than inquiries, so comparing letters stays quick however many people write.
    """

    word = models.TextField(primary_key=True, help_text="In small letters, without accents.")
    seen = models.PositiveIntegerField(help_text="In how many names; the more frequent one is offered first.")

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["word"], name="name_word_is_like", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"A word of {self.seen} names"
