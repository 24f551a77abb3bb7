"""Operations, the playbooks applied to them, what each section was given, and what was changed by hand."""

from django.db import models

from bulou.platform.spoken import said


class State(models.TextChoices):
    """An operation runs until it is stood down."""

    ACTIVE = "active"
    STOOD_DOWN = "stood_down"


class Operation(models.Model):
    """A playbook activated at a root place, [started_at, ended_at). `titles` by language; `zone` says whose local days count."""

    key = models.SlugField(max_length=60, unique=True)
    titles = models.JSONField()
    playbook = models.SlugField(max_length=60)
    root = models.ForeignKey("registry.Place", models.PROTECT, related_name="+")
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    level = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is called, in the language active now."""
        return said(self.titles)


class PlaybookVersion(models.Model):
    """The text of a playbook as it was applied, with who and when. Never changed."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    applied_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="operations_version_number")]


class Item(models.Model):
    """What a section was given under a key, [starts, ends). Identity = operation, section, key: an ended item taken up again goes on."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="items")
    section = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    wanted = models.JSONField()
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "section", "key"], name="operations_item_identity")]


class Override(models.Model):
    """A field of an item changed in the interface. It stands until taken back or until a new playbook version is decided against it."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="overrides")
    section = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    field = models.CharField(max_length=60)
    value = models.JSONField()
    instead_of = models.JSONField(null=True)
    why = models.TextField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "section", "key", "field"],
                condition=models.Q(ended_at=None),
                name="operations_one_override",
            )
        ]
