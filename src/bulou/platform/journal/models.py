"""The journal's tables. Append-only: guarded by grants and triggers (see guards), sealed into blocks (see sealing)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
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
            models.Index(fields=["place_id", "id"]),
            BrinIndex(fields=["at"], name="journal_line_at"),
            GinIndex(fields=["subjects"], name="journal_line_subjects"),
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

    class Meta:
        indexes = [
            models.Index(fields=["actor_id", "at"]),
            BrinIndex(fields=["at"], name="journal_look_at"),
            GinIndex(fields=["subjects"], name="journal_look_subjects"),
        ]


class Chain(models.Model):
    """The chain's name, made once with the database: the first block points to it, and copies of the expiry log are told apart by it."""

    id = models.SmallIntegerField(primary_key=True)
    key = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="journal_chain_is_one")]


class Salt(models.Model):
    """The secret that digests of one subject's rows are keyed with. Destroyed with the content: then `salt` is NULL and the digests tell nothing."""

    kind = models.CharField(max_length=60)
    subject = models.BigIntegerField()
    salt = models.BinaryField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(salt__isnull=False), name="journal_salt_live"
            ),
            models.CheckConstraint(
                condition=models.Q(salt__isnull=False) ^ models.Q(forgotten_at__isnull=False),
                name="journal_salt_or_forgotten",
            ),
        ]


class Block(models.Model):
    """A sealed block: rows of one table in (since, through] by (xact, id), their keyed digests, and the hash that ties it to the block before."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    table = models.CharField(max_length=63)
    columns = models.TextField()
    since_xact = models.BigIntegerField()
    since_id = models.BigIntegerField()
    through_xact = models.BigIntegerField()
    through_id = models.BigIntegerField()
    count = models.IntegerField()
    entries = models.BinaryField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["table", "-number"])]
