"""Reminders and telephone calls, absences with their deputies, and the duty log."""

from django.db import models
from django.db.models import F, Q

from bulou.modules.ledger.models.derived import Window
from bulou.modules.ledger.models.enrolments import Duty, Enrolment
from bulou.modules.ledger.models.records import Record
from bulou.modules.ledger.models.regimes import Regime


class Chase(models.Model):
    """One step of a regime's ladder about one due time, taken once. Without a window it is about the duties due then.

    `moment` = when it came due, `at` = when it was taken: later after an outage or a quiet night. Counts say how many obligations, how many
    people were written to, and for how many nobody was found.
    """

    class Outcome(models.TextChoices):
        SENT = "sent"
        NOBODY = "nobody"
        SKIPPED = "skipped"

    regime = models.ForeignKey(Regime, models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+")
    due = models.DateTimeField()
    step = models.IntegerField()
    to = models.CharField(max_length=12)
    moment = models.DateTimeField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    n_open = models.IntegerField(default=0)
    n_people = models.IntegerField(default=0)
    n_unreached = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["regime", "window", "due", "step"], nulls_distinct=False, name="ledger_chase_once"
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="ledger_chase_at"),
            models.Index(fields=["regime", "due"], name="ledger_chase_due"),
        ]


class Message(models.Model):
    """One reminder to one person, however much it is about. `lines` = [{regime, due, to, count}]; `channel` = the senders that took it, or sink."""

    uuid = models.UUIDField(unique=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    lines = models.JSONField()
    channel = models.CharField(max_length=80, blank=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="ledger_message_inbox"),
            models.Index("person", condition=Q(acknowledged_at=None), name="ledger_message_unread"),
        ]


class Chased(models.Model):
    """That a message was about an enrolment's obligation, under a step of a ladder; nobody is reminded twice of one step."""

    chase = models.ForeignKey(Chase, models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+")
    window_id = models.BigIntegerField(null=True)
    duty_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField()
    instead_of_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chase", "enrolment", "duty_id", "person_id"], nulls_distinct=False, name="ledger_chased_once"
            )
        ]


class Call(models.Model):
    """A telephone call about what an enrolment owes, and how it went. Never changed. `record` = the report it gave, `excuse_until` = proposed."""

    class Outcome(models.TextChoices):
        WILL_REPORT = "will_report"
        REPORTED = "reported"
        NO_ANSWER = "no_answer"
        WRONG_NUMBER = "wrong_number"
        REFUSED = "refused"
        AWAY = "away"

    uuid = models.UUIDField(unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+", db_index=False)
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", db_index=False)
    duty = models.ForeignKey(Duty, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    note = models.CharField(max_length=400, blank=True)
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="+", db_index=False)
    excuse_until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "-at"], name="ledger_call_enrolment")]


class Absence(models.Model):
    """A person is away in [since, until) and a deputy gets what would have gone to them. Ended early at `ended_at`."""

    uuid = models.UUIDField(unique=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    deputy = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    known_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="ledger_absence_in_order"),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="ledger_absence_somebody_else"),
        ]
        indexes = [models.Index(fields=["until", "since"], name="ledger_absence_span")]


class Watch(models.Model):
    """A turn of duty at an operation's headquarters: begun by whoever took over, after the one before it. Never changed; its signatures close it."""

    uuid = models.UUIDField(unique=True)
    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    after = models.OneToOneField("self", models.PROTECT, null=True, related_name="following")
    starts = models.DateTimeField()
    people = models.JSONField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation"], condition=Q(after=None), name="ledger_watch_one_first")
        ]
        indexes = [models.Index(fields=["operation", "-starts", "-id"], name="ledger_watch_newest")]


class WatchEntry(models.Model):
    """A line of the duty log: what happened when, as written down by whom. Never changed; a mistake is put right by a further line."""

    uuid = models.UUIDField(unique=True)
    watch = models.ForeignKey(Watch, models.PROTECT, related_name="entries")
    happened_at = models.DateTimeField()
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)


class WatchSignature(models.Model):
    """Who hands over, with the note, and who takes over: each side once, by two different people. Never changed."""

    class Side(models.TextChoices):
        OUT = "out"
        IN = "in"

    uuid = models.UUIDField(unique=True)
    watch = models.ForeignKey(Watch, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=3, choices=Side.choices)
    note = models.CharField(max_length=4000, blank=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "side"], name="ledger_watchsignature_side")]
