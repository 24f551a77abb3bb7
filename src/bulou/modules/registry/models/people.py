"""People and households. Least data: what a county must hold to reach somebody and to count them once."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from bulou.modules.registry.models.places import Place


class Household(models.Model):
    """A household: people who live together and are looked in on together. `kind` ordinary, collective, herding camp …"""

    code = models.CharField(max_length=32, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="households")
    kind = models.CharField(max_length=24, default="ordinary")
    address = models.CharField(max_length=200, blank=True)
    head = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["place", "code"])]


class Person(models.Model):
    """A person. `uuid` never changes (encryption is bound to it); `merged_into` set = this row stands for another person now.

    `name_key` sorts and finds by pinyin, `initials` by first letters, `grams` by one or two characters of the name.
    `place` is where the person lives now; `home_place` where registered, if elsewhere in the county.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    name_key = models.CharField(max_length=200)
    initials = models.CharField(max_length=40)
    grams = ArrayField(models.CharField(max_length=2), default=list)
    sex = models.CharField(max_length=1, blank=True)
    born_on = models.DateField(null=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="people")
    home_place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="people")
    relation = models.CharField(max_length=24, blank=True)
    address = models.CharField(max_length=200, blank=True)
    employer = models.CharField(max_length=120, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list)
    qualifications = ArrayField(models.CharField(max_length=40), default=list)
    is_temporary = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    purpose = models.CharField(max_length=60, default="registry")
    keep_until = models.DateField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["place", "name_key", "id"]),
            models.Index(fields=["name_key", "id"]),
            models.Index(fields=["initials", "id"]),
            models.Index(fields=["household"]),
            GinIndex(fields=["grams"], name="registry_person_grams"),
        ]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """An identity document of a person. The number is encrypted with the person's uuid as associated data, found by keyed hash.

    `masked` and `tail` (last four) are written with it, so that a list decrypts nothing.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=24)
    sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    masked = models.CharField(max_length=40)
    tail = models.CharField(max_length=4)

    class Meta:
        indexes = [models.Index(fields=["digest"]), models.Index(fields=["tail"]), models.Index(fields=["person"])]


class Phone(models.Model):
    """A telephone number of a person. Several people may share one; `rank` 1 is called first."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="phones")
    number = models.CharField(max_length=20)
    tail = models.CharField(max_length=4)
    rank = models.SmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["number"]), models.Index(fields=["tail"]), models.Index(fields=["person", "rank"])]


class Relation(models.Model):
    """A relative of a person who is in the registry too, valid [starts, ends)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="relatives")
    relative = models.ForeignKey(Person, models.PROTECT, related_name="relative_of")
    kind = models.CharField(max_length=24)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)


class Duplicate(models.Model):
    """Two rows that may be one person, with the reasons; a person decides. `state` proposed, merged, different."""

    first = models.ForeignKey(Person, models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=24))
    state = models.CharField(max_length=12, default="proposed")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="registry_duplicate_pair")]


class Merge(models.Model):
    """A merge of two people, with what is needed to take it back."""

    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Person, models.PROTECT, related_name="+")
    moved = models.JSONField()
    at = models.DateTimeField()
    why = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)
