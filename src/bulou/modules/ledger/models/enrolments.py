"""Who owes, where it counts, until when, what is excused, and duties owed one by one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from bulou.modules.ledger.models.regimes import Regime


class SubjectKind(models.TextChoices):
    """What an enrolment or a record is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    PLACE = "place"
    UNIT = "unit"
    ITEM = "item"


class Bits(models.Field):
    """A column of bits (bit varying), read as text of 0 and 1; the first is ordinal 0."""

    def db_type(self, connection: object) -> str:
        return "bit varying"


class Path(models.Model):
    """The way from the root down to a place or unit, [since, until) = 'infinity' while it holds: so that figures roll up as the tree stood."""

    kind = models.CharField(max_length=5)
    node_id = models.BigIntegerField()
    lineage = ArrayField(models.BigIntegerField())
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "node_id", "since"], name="ledger_path_since")]


class Cell(models.Model):
    """The common leaf of both trees for one regime. Enrolments seated here have an ordinal each, counted from 0 and never given again.

    Derived: bit n of `steady` says that ordinal n owes every window that opens at or after `settled_at`, as long as nothing new is learned.
    """

    regime = models.ForeignKey(Regime, models.PROTECT, related_name="cells")
    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="+")
    unit = models.ForeignKey("registry.Unit", models.PROTECT, null=True, related_name="+")
    next_ord = models.IntegerField(default=0)
    steady = Bits(default="")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regime", "place", "unit"], nulls_distinct=False, name="ledger_cell_leaf")
        ]
        # A tree asks of hundreds of cells where they lie, and not for their bits.
        indexes = [models.Index(fields=["id"], include=["place", "unit"], name="ledger_cell_where")]


class Enrolment(models.Model):
    """`subject` is under `regime` from `starts`; `owed_by` (person or unit) owes it. Its end is in its endings, its place in its seats.

    `by_hand` = added by a person and not by the filter, for a `reason`. Derived: `learned_at` when anything about it was learned last,
    `settles_at` from when on nothing planned is left, `is_steady` whether that is past and folded into its cell, `is_moved`
    whether it has more than one seat, `ends` what its endings come to.
    """

    uuid = models.UUIDField(unique=True)
    regime = models.ForeignKey(Regime, models.PROTECT, related_name="enrolments", db_index=False)
    subject_kind = models.CharField(max_length=9, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    owed_kind = models.CharField(max_length=9, choices=SubjectKind.choices)
    owed_id = models.BigIntegerField()
    starts = models.DateTimeField()
    known_at = models.DateTimeField()
    by_hand = models.BooleanField(default=False)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)
    learned_at = models.DateTimeField()
    settles_at = models.DateTimeField()
    is_steady = models.BooleanField(default=False)
    is_moved = models.BooleanField(default=False)
    ends = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="ledger_enrolment_subject"),
            models.Index(fields=["owed_kind", "owed_id"], name="ledger_enrolment_owed"),
            models.Index(fields=["regime", "learned_at"], name="ledger_enrolment_learned"),
            models.Index("regime", condition=Q(is_steady=False), name="ledger_enrolment_unsteady"),
        ]


class Seat(models.Model):
    """From `at` on the enrolment counts in `cell` under `ord`. Never changed; the first seat stands from the beginning.

    `answerables` are persons who may answer for it (NULL = as before). A transfer is a further seat.
    """

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="seats", db_index=False)
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="seats", db_index=False)
    ord = models.IntegerField()
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    answerables = ArrayField(models.BigIntegerField(), null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cell", "ord"], name="ledger_seat_ord")]
        indexes = [
            models.Index("enrolment", "at", "known_at", name="ledger_seat_enrolment"),
            GinIndex(fields=["answerables"], name="ledger_seat_answerables"),  # whom a person may answer for
        ]


class Ending(models.Model):
    """The enrolment runs up to and not including `at`. Of several the one known last holds. Never changed."""

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="endings")
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400, blank=True)


class Exclusion(models.Model):
    """A person said that a subject the filter matches is not to be enrolled, and why; [at, ended_at)."""

    regime = models.ForeignKey(Regime, models.PROTECT, related_name="exclusions")
    subject_kind = models.CharField(max_length=9, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["regime", "subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="ledger_exclusion_one",
            )
        ]


class Excuse(models.Model):
    """Excuses what falls due in [since, until) under an enrolment; taken back wholly at `removed_at`."""

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="excuses")
    since = models.DateTimeField()
    until = models.DateTimeField()
    known_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
    removed_at = models.DateTimeField(null=True)
    remover_id = models.BigIntegerField(null=True)
    remover_name = models.CharField(max_length=80, blank=True)
    removal_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="ledger_excuse_in_order")]
        indexes = [models.Index(fields=["until", "since"], name="ledger_excuse_span")]


class ExcuseRequest(models.Model):
    """Somebody who owes, or answers, asks that what falls due in [since, until) be excused. Decided once, by somebody else, or taken back.

    Granted it is an excuse of its own (its uuid is made from this one's).
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted"
        DECLINED = "declined"
        TAKEN_BACK = "taken_back"

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="requests")
    since = models.DateTimeField()
    until = models.DateTimeField()
    known_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decider_id = models.BigIntegerField(null=True)
    decider_name = models.CharField(max_length=80, blank=True)
    decision_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="ledger_excuserequest_in_order"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(outcome=""), name="ledger_excuserequest_one_open"
            ),
        ]
        indexes = [models.Index(fields=["-known_at", "-id"], name="ledger_excuserequest_newest")]


class Duty(models.Model):
    """A window no calendar gives, owed under an enrolment: a shift, a round, a visit. Called off by `withdrawn_at` or owed.

    Derived: the columns from `cell` on: how it stands, as a tally and a discharge say it of a calendar window.
    """

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="duties", db_index=False)
    name = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=80, blank=True)
    opens = models.DateTimeField()
    due = models.DateTimeField()
    closes = models.DateTimeField()
    known_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawer_id = models.BigIntegerField(null=True)
    withdrawer_name = models.CharField(max_length=80, blank=True)
    withdrawal_reason = models.CharField(max_length=400, blank=True)
    cell = models.ForeignKey(Cell, models.PROTECT, null=True, related_name="+")
    is_owed = models.BooleanField(default=False)
    is_done = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    is_done_late = models.BooleanField(default=False)
    is_excused = models.BooleanField(default=False)
    due_now = models.DateTimeField(null=True)
    record_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gte=F("opens"), closes__gte=F("due"), closes__gt=F("opens")),
                name="ledger_duty_in_order",
            ),
            models.CheckConstraint(condition=Q(known_at__lte=F("due")), name="ledger_duty_known_by_due"),
        ]
        indexes = [
            models.Index(fields=["enrolment", "closes"], name="ledger_duty_enrolment"),
            models.Index(fields=["opens"], name="ledger_duty_opens"),
        ]
