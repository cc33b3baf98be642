"""Tally: how much came lately, counted without keeping who sent it."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import connection, models

COUNT = """
INSERT INTO inquiries_tally AS kept (slot, during, counted, last_key) VALUES {rows}
ON CONFLICT (slot) DO UPDATE SET
    counted = CASE
        WHEN kept.during <> EXCLUDED.during THEN EXCLUDED.counted
        WHEN kept.last_key = EXCLUDED.last_key THEN kept.counted
        ELSE kept.counted + EXCLUDED.counted
    END,
    during = EXCLUDED.during,
    last_key = EXCLUDED.last_key
RETURNING slot, counted
"""


class TallyManager(models.Manager["Tally"]):
    """Counts."""

    def add(self, amounts: Mapping[int, int], *, during: int, key: str) -> dict[int, int]:
        """Add to each slot for the period `during`; what each holds now. The same key twice in a row counts once.

        One statement that commits by itself, before the inquiry's own transaction: people who write at the same
        moment wait for each other's counting only, not for each other's commit. Raises django.db.Error.
        """
        # In one order, or two senders could wait for each other for ever.
        rows = [(slot, during, amounts[slot], key) for slot in sorted(amounts)]
        with connection.cursor() as cursor:
            # Only the number of rows is put into the text, never a value.
            cursor.execute(COUNT.format(rows=", ".join(["%s"] * len(rows))), rows)
            return dict(cursor.fetchall())


class Tally(models.Model):
    """One counter. There is a fixed number of slots, so the table cannot grow; no row says who or what was counted.

    The table is unlogged: counting costs no wait for the disk, and a crash of the database starts it from zero.
    """

    slot = models.IntegerField(primary_key=True, help_text="What is counted; see spam.py.")
    during = models.BigIntegerField(help_text="The period, counted from 1970. A new one starts from zero.")
    counted = models.BigIntegerField()
    last_key = models.UUIDField(help_text="The submission counted last, so that a double click counts once.")

    objects: ClassVar[TallyManager] = TallyManager()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"Slot {self.slot}: {self.counted}"
