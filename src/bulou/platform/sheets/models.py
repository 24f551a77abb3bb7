"""Files sent for import, and the mappings people confirmed."""

import uuid

from django.db import models


class State(models.TextChoices):
    """How far an upload has come."""

    JUDGED = "judged"
    LOADED = "loaded"
    DROPPED = "dropped"


class Upload(models.Model):
    """A file somebody sent. Its content is encrypted and goes after `expires_at`; its verdict and what was loaded stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    spec = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    size = models.IntegerField()
    content = models.BinaryField(null=True)
    sheet = models.IntegerField(default=0)
    header_first = models.IntegerField(default=0)
    header_depth = models.IntegerField(default=1)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.JUDGED)
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)
    loaded_rows = models.IntegerField(null=True)
    returned_rows = models.JSONField(default=list)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["actor_id", "at"])]


class Mapping(models.Model):
    """A mapping confirmed by loading: the next file with the same headings is read the same way."""

    spec = models.CharField(max_length=60)
    signature = models.CharField(max_length=64)
    columns = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["spec", "signature"], name="sheets_mapping_signature")]
