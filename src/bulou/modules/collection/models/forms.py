"""A form, its versions and the files that go with them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Form(models.Model):
    """A form of an operation under one `key` (OpenRosa's formID, unique in the house).

    `state`: draft (nobody sees it) → open → closing (hidden from lists, still accepted) → closed (held) → retired (as closed, out of registers).
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSING = "closing"
        CLOSED = "closed"
        RETIRED = "retired"

    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    key = models.CharField(max_length=249, unique=True, db_collation="C")
    title = models.CharField(max_length=250)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    keep_days = models.IntegerField(null=True)
    made_at = models.DateTimeField()
    lock_version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["operation", "key"], name="collection_form_operation")]


class FormVersion(models.Model):
    """One version as devices know it: `version` is the author's own word for it, "" where the form has none. Published ones never change.

    `xform` are the very bytes devices download, `digest` their MD5 as OpenRosa asks; `source` the XLSForm they were made from. `tree` is what
    the light runner and the exports read (rules.tree), `mapping` what becomes of the answers (rules.mapping), `languages` in the form's order.
    `runner` is light or full, `why_full` the reasons.
    """

    form = models.ForeignKey(Form, models.PROTECT, related_name="versions")
    version = models.CharField(max_length=249, blank=True, db_collation="C")
    number = models.IntegerField()
    title = models.CharField(max_length=250)
    xform = models.BinaryField()
    digest = models.CharField(max_length=32)
    source = models.BinaryField(null=True)
    source_name = models.CharField(max_length=200, blank=True)
    tree = models.JSONField()
    mapping = models.JSONField(default=dict)
    languages = ArrayField(models.CharField(max_length=40), default=list)
    runner = models.CharField(max_length=5, default="full")
    why_full = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="collection_formversion_version"),
            models.UniqueConstraint(fields=["form", "number"], name="collection_formversion_number"),
        ]


class Media(models.Model):
    """A file that goes with a version: an image, a list to select from; or, with `entities`, a list made for each worker when asked for.

    `entities` = people or households; then `content` is NULL.
    """

    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="media")
    name = models.CharField(max_length=200, db_collation="C")
    content_type = models.CharField(max_length=120, blank=True)
    content = models.BinaryField(null=True)
    digest = models.CharField(max_length=32, blank=True)
    size = models.IntegerField(default=0)
    entities = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="collection_media_name")]
