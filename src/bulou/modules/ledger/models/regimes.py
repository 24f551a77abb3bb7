"""What may be asked and what is asked: facts, ladders, regimes and their versions, of one operation each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bulou.platform.spoken import said


class Fact(models.Model):
    """A fact a playbook adds to the shipped catalogue (core.facts). Ended, never deleted: old records still say it."""

    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    code = models.SlugField(max_length=60)
    titles = models.JSONField(default=dict)
    kind = models.CharField(max_length=12)
    unit = models.CharField(max_length=20, blank=True)
    holds_for = models.DurationField(null=True)
    is_sensitive = models.BooleanField(default=False)
    choices = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "code"], name="ledger_fact_code")]


class Ladder(models.Model):
    """Who is reminded when, step by step. `steps` as the playbook says them; read by chase."""

    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    key = models.SlugField(max_length=80)
    steps = models.JSONField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "key"], name="ledger_ladder_key")]


class Regime(models.Model):
    """A standing rule of an operation. What it asks and when is in its versions; `who` is the filter over the registry.

    Windows that open before `opened_through` have been made. Its answers are kept `keep_days` after its operation; `searched_at` = when all that is
    over was last looked for. `minutes` = what one report costs the one who makes it.
    """

    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    key = models.SlugField(max_length=80)
    titles = models.JSONField(default=dict)
    zone = models.CharField(max_length=40)
    who = models.JSONField(default=dict)
    owed_by = models.CharField(max_length=12, default="subject")
    ladder = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    keep_days = models.IntegerField(default=30)
    minutes = models.DecimalField(max_digits=5, decimal_places=1, default=1)
    is_immediate = models.BooleanField(default=False)
    opened_through = models.DateTimeField(null=True)
    searched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "key"], name="ledger_regime_key")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is called, in the language active now."""
        return said(self.titles) or self.key


class RegimeVersion(models.Model):
    """What a regime asks, in which windows, for those that open at or after `since`. Never changed. `calendar` NULL = owed one by one."""

    regime = models.ForeignKey(Regime, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    asks = ArrayField(models.CharField(max_length=60))
    calendar = models.JSONField(null=True)
    is_list = models.BooleanField(default=False)
    since = models.DateTimeField()
    known_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regime", "number"], name="ledger_regimeversion_number")]
