"""The expiry log: what was forgotten, when and why. Ids only, never content; append-only and sealed."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Forgotten(models.Model):
    """Subjects of one kind whose content was deleted for real at `at`. `key` is the same in the copy kept outside the database.

    Lines of the journal about several subjects that went with one of them have a row of their own (`journal.line`, `journal.look`).
    """

    key = models.UUIDField(unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    subjects = ArrayField(models.BigIntegerField())
    why = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["kind", "at"]), GinIndex(fields=["subjects"], name="expiry_forgotten_subjects")]
