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
