"""The journal's tables. Append-only: guarded by grants and triggers (see guards), sealed into blocks (see seal)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Line(models.Model):
    """One line: who did what to which subjects, when it happened, when it was learned, and why. One line per batch for bulk."""

    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    action = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    subjects = ArrayField(models.BigIntegerField(), default=list)
    place_id = models.BigIntegerField(null=True)
    why = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["action", "at"]),
            models.Index(fields=["actor_id", "at"]),
        ]


class Look(models.Model):
    """One look at sensitive rows: a list view logs one line with all its subjects."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    subjects = ArrayField(models.BigIntegerField(), default=list)
    what = models.CharField(max_length=60)
    why = models.TextField(blank=True)
