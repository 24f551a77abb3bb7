"""What people put their name to: signed figures, closed days, reasons of gaps."""

from django.db import models

from bulou.modules.ledger.models.enrolments import Enrolment
from bulou.modules.ledger.models.regimes import Regime


class Signature(models.Model):
    """The figures of a place or unit for windows opening in [starts, ends) of a regime, as signed at `at`; or sent back with a reason."""

    class Act(models.TextChoices):
        SIGNED = "signed"
        RETURNED = "returned"

    uuid = models.UUIDField(unique=True)
    regime = models.ForeignKey(Regime, models.PROTECT, related_name="signatures")
    act = models.CharField(max_length=8, choices=Act.choices)
    node_kind = models.CharField(max_length=5)
    node_id = models.BigIntegerField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    figures = models.JSONField(default=dict)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["regime", "starts", "node_kind", "node_id"], name="ledger_signature_about")]


class DayState(models.Model):
    """A local day of an operation closed or opened again, and why. The newest holds."""

    uuid = models.UUIDField(unique=True)
    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    day = models.DateField()
    is_closed = models.BooleanField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["operation", "day", "at"], name="ledger_daystate_day")]


class GapReason(models.Model):
    """The reason a person gave for a gap, about what the enrolment owed `about` a moment."""

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="gap_reasons")
    about = models.DateTimeField()
    known_at = models.DateTimeField()
    kind = models.CharField(max_length=40, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
