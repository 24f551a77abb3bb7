"""People and households. Least data: what a county must hold to reach somebody and to count them once."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from bulou.modules.registry.models.places import Place

CURRENT = Q(ends=None, merged_into=None)


class Household(models.Model):
    """A household: people who live together and are looked in on together. `kind` ordinary, collective, herding camp …"""

    code = models.CharField(max_length=32, unique=True, db_collation="C")
    place = models.ForeignKey(Place, models.PROTECT, related_name="households")
    kind = models.CharField(max_length=24, default="ordinary")
    address = models.CharField(max_length=200, blank=True)
    head = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["place", "code"]), models.Index(fields=["head"])]

    def __str__(self) -> str:
        return self.code


class Person(models.Model):
    """A person. `uuid` never changes (encryption is bound to it); `merged_into` set = this row stands for another person now.

    `code` is the number a list, a band or a form knows the person by (P000123), where one was given.
    `name_key` sorts and finds by pinyin, `initials` by first letters, `grams` by one or two characters of both names.
    `other_name` is the name in the person's own script. `place` is where the person lives now; `home_place` where registered,
    if elsewhere in the county. `no_document` says why there is no identity document. `ends` set = died or gone, `end_kind` says which.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=32, null=True, unique=True, db_collation="C")
    name = models.CharField(max_length=80, db_collation="C")
    other_name = models.CharField(max_length=80, blank=True)
    name_key = models.CharField(max_length=200, db_collation="C")
    initials = models.CharField(max_length=40, db_collation="C")
    grams = ArrayField(models.CharField(max_length=2), default=list)
    sex = models.CharField(max_length=1, blank=True)
    born_on = models.DateField(null=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="people", db_index=False)
    home_place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="people")
    relation = models.CharField(max_length=24, blank=True)
    address = models.CharField(max_length=200, blank=True)
    employer = models.CharField(max_length=120, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list)
    qualifications = ArrayField(models.CharField(max_length=40), default=list)
    no_document = models.CharField(max_length=24, blank=True)
    is_temporary = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    purpose = models.CharField(max_length=60, default="registry")
    keep_until = models.DateField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    end_kind = models.CharField(max_length=12, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                "place", "name_key", "id", include=["name", "initials"], condition=CURRENT, name="registry_person_place"
            ),
            models.Index("name_key", "id", condition=CURRENT, name="registry_person_key"),
            models.Index("initials", "name_key", "id", condition=CURRENT, name="registry_person_initials"),
            models.Index("name", "id", condition=CURRENT, name="registry_person_name"),
            models.Index("place", "name_key", "id", condition=~CURRENT, name="registry_person_gone"),
            models.Index(
                "keep_until", condition=Q(keep_until__isnull=False, forgotten_at=None), name="registry_person_keep"
            ),
            GinIndex(fields=["grams"], name="registry_person_grams"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="registry_person_not_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonVersion(models.Model):
    """What a person was before one change: `before` holds the former value of each field that changed, never a number of a document."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    change = models.CharField(max_length=24)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "number"], name="registry_personversion_number")]


class Document(models.Model):
    """An identity document of a person, valid [starts, ends): a replaced one stays, still sealed.

    The number is sealed with `about` (the uuid of the person it was written for, so that a merge moves it unharmed) and found by keyed
    hash. `masked` and `tail` (last four) are written with it, so that a list decrypts nothing.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents")
    about = models.UUIDField(editable=False)
    kind = models.CharField(max_length=24)
    sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    masked = models.CharField(max_length=40)
    tail = models.CharField(max_length=4, db_collation="C")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["digest"]), models.Index(fields=["tail"])]


class Phone(models.Model):
    """A telephone number of a person. Several people may share one; `rank` 1 is called first."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="phones", db_index=False)
    number = models.CharField(max_length=20, db_collation="C")
    tail = models.CharField(max_length=4, db_collation="C")
    rank = models.SmallIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["number"]),
            models.Index(fields=["tail"]),
            models.Index(fields=["person", "rank"]),
        ]


class Relation(models.Model):
    """A relative of a person who is in the registry too, valid [starts, ends). `kind` is what the relative is to the person."""

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
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="registry_duplicate_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="registry_duplicate_order"),
        ]
        indexes = [models.Index("state", "id", condition=Q(state="proposed"), name="registry_duplicate_open")]


class Merge(models.Model):
    """A merge of two people, with what is needed to take it back: `moved` lists the rows that changed hands, by table and column."""

    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Person, models.PROTECT, related_name="+")
    moved = models.JSONField()
    at = models.DateTimeField()
    why = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at=None), name="registry_merge_absorbed_once"
            ),
        ]
