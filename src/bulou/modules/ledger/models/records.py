"""What was stated, when and by whom; its corrections; and its review. Nothing here is changed: content is forgotten when its time is over."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bulou.modules.ledger.models.enrolments import SubjectKind


class Record(models.Model):
    """The first version of what was stated about one subject. It belongs to no regime.

    `uuid` is the sender's key: the same again changes nothing. `facts` are the plain ones (text, numbers, yes or no); those the catalogue marks
    sensitive lie in `sealed`. `stated` are the codes of both; of a list, `lines_stated` are the codes every line carries ({*} = no lines).
    `done_at` is the moment it is judged by: `happened_at`, or the receipt where the clock `is_doubtful`.
    """

    uuid = models.UUIDField(unique=True)
    subject_kind = models.CharField(max_length=9, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    stated = ArrayField(models.CharField(max_length=60))
    facts = models.JSONField()
    sealed = models.BinaryField(null=True)
    lines = models.JSONField(null=True)
    lines_stated = ArrayField(models.CharField(max_length=60), null=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField()
    is_doubtful = models.BooleanField(default=False)
    filed_by_id = models.BigIntegerField(null=True)
    filed_by_person = models.BigIntegerField(null=True)
    filed_by_name = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=40, blank=True)
    device = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "done_at"], name="ledger_record_subject")]


class RecordVersion(models.Model):
    """A later version of a record: all its facts anew, by whom and why. It never says another time of happening."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    stated = ArrayField(models.CharField(max_length=60))
    facts = models.JSONField()
    sealed = models.BinaryField(null=True)
    lines = models.JSONField(null=True)
    lines_stated = ArrayField(models.CharField(max_length=60), null=True)
    received_at = models.DateTimeField()
    filed_by_id = models.BigIntegerField(null=True)
    filed_by_person = models.BigIntegerField(null=True)
    filed_by_name = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="ledger_recordversion_number")]


class ReviewStep(models.Model):
    """One step of review: questioned (by a person or a rule), upheld, returned, appealed or cleared (core.reviews.Step)."""

    uuid = models.UUIDField(unique=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10)
    known_at = models.DateTimeField()
    new_due = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80, blank=True)
    rule = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=400)
