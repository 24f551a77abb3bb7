"""What devices sent, as received; and what of it waits for a person."""

from django.db import models


class Submission(models.Model):
    """One submission, for ever as it came. A correction is another one of the same `chain` (the instanceID of its first), with a higher `number`.

    `xml` is sealed (purpose collection.xml, about `instance_id`), `digest` the keyed digest of its bytes: the same again is known by it.
    `answers` are the plain ones by path (rules.answers), those of sensitive questions lie in `sealed`. `record_id` is the ledger's record; NULL while
    held, of a test, or where the form answers nothing; what a person decided later is in `Held`. `subject_id` NULL = about nobody we know.
    `number` 0 = no version of its chain: what it corrects had not come (then `chain` is itself; see `Joined`), or was corrected already.
    """

    instance_id = models.CharField(max_length=249, unique=True, db_collation="C")
    chain = models.CharField(max_length=249, db_collation="C")
    number = models.IntegerField(default=1)
    deprecates = models.CharField(max_length=249, blank=True, db_collation="C")
    # No constraint in the database: each insert would lock the form's row, and a thousand a second stand in line there. Neither is ever deleted.
    version = models.ForeignKey(
        "collection.FormVersion", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    form = models.ForeignKey("collection.Form", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    digest = models.BinaryField(max_length=32)
    size = models.IntegerField()
    xml = models.BinaryField(null=True)
    answers = models.JSONField(null=True)
    sealed = models.BinaryField(null=True)
    subject_kind = models.CharField(max_length=9, blank=True)
    subject_id = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    is_held = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_doubtful = models.BooleanField(default=False)
    token_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    sender_name = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=16)
    device = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "number"], condition=models.Q(number__gt=1), name="collection_submission_chain"
            )
        ]
        indexes = [
            models.Index(fields=["form", "id"], name="collection_submission_form"),
            models.Index(fields=["deprecates"], condition=models.Q(number=0), name="collection_submission_waits"),
            models.Index(
                fields=["token_id", "id"], condition=models.Q(source="link"), name="collection_submission_link"
            ),
        ]


class Joined(models.Model):
    """A correction that came before what it corrects, and its place since that has come. Never changed."""

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="joined")
    chain = models.CharField(max_length=249, db_collation="C")
    number = models.IntegerField()
    subject_id = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="collection_joined_chain")]


class Attachment(models.Model):
    """A file sent with a submission, sealed (purpose collection.file, about instance_id + "/" + name)."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="attachments", db_index=False)
    name = models.CharField(max_length=255, db_collation="C")
    content_type = models.CharField(max_length=120, blank=True)
    size = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="collection_attachment_name")]


class Held(models.Model):
    """Something that was received and could not be counted: it waits for the worker's lead, who says what becomes of it.

    `reason` is a code (rules.holding), `detail` the values concerned. A conflict (the same instanceID with other content) carries its own sealed
    copy in `xml`, or `file_name` and the file in `xml`; everything else points to its submission. `place` and `unit` are the worker's.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="held")
    instance_id = models.CharField(max_length=249, db_collation="C")
    form = models.ForeignKey("collection.Form", models.PROTECT, related_name="+")
    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24)
    detail = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)
    xml = models.BinaryField(null=True)
    file_name = models.CharField(max_length=255, blank=True)
    place_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    sender_name = models.CharField(max_length=80, blank=True)
    device = models.CharField(max_length=80, blank=True)
    held_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    subject_kind = models.CharField(max_length=9, blank=True)
    subject_id = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance_id", "digest", "reason", "file_name"], name="collection_held_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["operation", "held_at"], condition=models.Q(settled_at=None), name="collection_held_open"
            ),
        ]
