"""Issued briefings. Constraints here, verbs in services."""

from django.db import models
from django.db.models import F, Q


class Issued(models.Model):
    """A briefing as it was issued: the report with its figures and their definitions, the text by language, the head of the journal.

    Never changed: what turns out different later is shown beside it. `digest` = SHA-256 of the texts, also in the journal's line.
    """

    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    number = models.IntegerField()
    day = models.DateField()
    as_of = models.DateTimeField()
    report = models.JSONField()
    texts = models.JSONField()
    digest = models.CharField(max_length=64)
    seal_head = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "number"], name="briefing_issued_number"),
            models.CheckConstraint(condition=Q(as_of__lte=F("issued_at")), name="briefing_issued_past"),
        ]
        indexes = [models.Index(fields=["issued_at", "id"], name="briefing_issued_when")]


class Sheet(models.Model):
    """A form of the superior's (.xlsx) that is filled from an operation: who wants it, by when, and at which hour it is filled by itself.

    `due` is the superior's own words. `fill_at` NULL = only when somebody asks. Ended, never deleted.
    """

    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    wanted_by = models.CharField(max_length=80)
    due = models.CharField(max_length=80, blank=True)
    fill_at = models.TimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "name"], condition=Q(ended_at=None), name="briefing_sheet_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SheetFile(models.Model):
    """The superior's file as it was sent, version by version. Never changed. `digest` = SHA-256 of the content, also in the journal's line."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="files")
    number = models.IntegerField()
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="briefing_sheetfile_number")]


class SheetMapping(models.Model):
    """What fills which cell, version by version: every cell each time (`rules.fillers.Mapped` as JSON). Never changed."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="mappings")
    number = models.IntegerField()
    cells = models.JSONField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="briefing_sheetmapping_number")]


class SheetFilling(models.Model):
    """The sheet as it was filled by itself for a day: the values of its cells as of a moment, with their figures, and the head of the journal.

    Never changed; the file is put together from it whenever it is asked for. `digest` = SHA-256 of the cells, also in the journal's line.
    """

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="fillings")
    file = models.ForeignKey(SheetFile, models.PROTECT, related_name="+")
    mapping = models.ForeignKey(SheetMapping, models.PROTECT, related_name="+")
    day = models.DateField()
    as_of = models.DateTimeField()
    cells = models.JSONField()
    digest = models.CharField(max_length=64)
    seal_head = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "day"], name="briefing_sheetfilling_day"),
            models.CheckConstraint(condition=Q(as_of__lte=F("at")), name="briefing_sheetfilling_past"),
        ]
