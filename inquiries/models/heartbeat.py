"""WorkerHeartbeat: the sign that somebody sends our emails."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

# A round takes seconds, one slow email most of a minute; after this long nobody sends emails and a page would wait.
SILENCE = timedelta(seconds=60)


class WorkerHeartbeat(models.Model):
    """One row, written every few seconds by the worker in charge; `/readyz` turns red when it is old."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField()
    expired_on = models.DateField(
        null=True, help_text="The last day at the clinic on which what was over its time was erased."
    )
    counted_at = models.DateTimeField(null=True, help_text="When the figures of the dashboard were last counted.")

    class Meta:
        constraints = [models.CheckConstraint(name="heartbeat_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"Worker seen at {self.beat_at:%Y-%m-%d %H:%M:%S} UTC"

    @classmethod
    def is_heard(cls, now: datetime | None = None) -> bool:
        """True when a worker has been at work within the last minute."""
        return cls.objects.filter(beat_at__gt=(now or timezone.now()) - SILENCE).exists()
