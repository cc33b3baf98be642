"""WorkerHeartbeat: the sign that somebody sends our emails."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """One row, written every few seconds by the worker in charge; `/readyz` turns red when it is old."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="heartbeat_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"Worker seen at {self.beat_at:%Y-%m-%d %H:%M:%S} UTC"
