"""What the ledger computes and keeps, so that a page adds up a few hundred rows: windows, tallies, discharges, extensions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bulou.modules.ledger.models.enrolments import Bits
from bulou.modules.ledger.models.regimes import Regime, RegimeVersion


class Window(models.Model):
    """An opened calendar window, shared by all enrolments of a regime; of every-n-days calendars, by those whose first day has its `phase`.

    It keeps what its version asked. `wall` is the local time at which days of the calendar open; `known_at` = when it could be known.
    """

    regime = models.ForeignKey(Regime, models.PROTECT, related_name="windows", db_index=False)
    version = models.ForeignKey(RegimeVersion, models.PROTECT, related_name="+", db_index=False)
    every = models.IntegerField(default=1)
    phase = models.IntegerField(default=0)
    wall = models.CharField(max_length=5, default="00:00")
    name = models.CharField(max_length=40, blank=True)
    opens = models.DateTimeField()
    due = models.DateTimeField()
    closes = models.DateTimeField()
    asks = ArrayField(models.CharField(max_length=60))
    is_list = models.BooleanField(default=False)
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regime", "phase", "name", "opens"], name="ledger_window_identity")
        ]
        indexes = [
            models.Index(fields=["regime", "closes"], name="ledger_window_closes"),
            models.Index(fields=["regime", "due"], name="ledger_window_due"),
            models.Index(fields=["opens"], name="ledger_window_opens"),
        ]


class Tally(models.Model):
    """How the ordinals of a cell stand in a window, bit by bit, and the counts of that. NULL bits = none is set.

    `expected` = owed less excused; `on_time` and `late` leave out the excused, `done` does not.
    """

    pk = models.CompositePrimaryKey("window_id", "cell_id")
    window_id = models.BigIntegerField()
    cell_id = models.BigIntegerField()
    owed = Bits()
    done = Bits()
    late = Bits(null=True)
    done_late = Bits(null=True)
    excused = Bits(null=True)
    n_expected = models.IntegerField(default=0)
    n_on_time = models.IntegerField(default=0)
    n_late = models.IntegerField(default=0)
    n_done_late = models.IntegerField(default=0)
    n_excused = models.IntegerField(default=0)


class Discharge(models.Model):
    """What answers an enrolment's calendar window: the earliest valid record and when it was received and done."""

    pk = models.CompositePrimaryKey("window_id", "enrolment_id")
    window_id = models.BigIntegerField()
    enrolment_id = models.BigIntegerField()
    cell_id = models.BigIntegerField()
    ord = models.IntegerField()
    record_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField()
    is_late = models.BooleanField()
    is_done_late = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                include=["window_id", "cell_id", "enrolment_id"],
                condition=models.Q(is_late=True),
                name="ledger_discharge_late",
            )
        ]


class Extension(models.Model):
    """A later due time that a decision set for one obligation."""

    pk = models.CompositePrimaryKey("window_id", "enrolment_id")
    window_id = models.BigIntegerField()
    enrolment_id = models.BigIntegerField()
    cell_id = models.BigIntegerField()
    ord = models.IntegerField()
    due = models.DateTimeField()
    is_done = models.BooleanField()
    is_excused = models.BooleanField()
