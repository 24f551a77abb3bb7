"""Units: organisation trees of any depth and kind, and who belongs to them from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Cast

from bulou.modules.registry.models.people import Person
from bulou.modules.registry.models.places import Place


class Unit(models.Model):
    """A unit: agency, department, headquarters, work group, branch, temporary branch, commando, station crew …"""

    code = models.CharField(max_length=32, unique=True, db_collation="C")
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=200, db_collation="C")
    initials = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lineage = ArrayField(models.BigIntegerField(), default=list)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="units")
    phone = models.CharField(max_length=32, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["parent", "code"]), GinIndex(fields=["lineage"], name="registry_unit_lineage")]

    def __str__(self) -> str:
        return self.name


class UnitVersion(models.Model):
    """What a unit was called and part of, valid [starts, ends); an ending is a version of no length (starts = ends)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    change = models.CharField(max_length=20)
    why = models.TextField(blank=True)
    by_name = models.CharField(max_length=80, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="registry_unitversion_number")]


def _same(field: str) -> Func:
    """A range of one value: without btree_gist, equality in an exclusion is an overlap of ranges."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


def _same_text(field: str) -> Func:
    """The same of a text, by its hash; two posts of one hash would only be refused as one, never stored wrong."""
    digest = Cast(Func(F(field), function="hashtext"), BigIntegerField())
    return Func(digest, digest, Value("[]"), function="int8range")


_SPAN = Func(F("starts"), F("ends"), function="tstzrange")


class Part(models.TextChoices):
    """A member's part in a unit."""

    LEADER = "leader"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"


class Membership(models.Model):
    """A person in a unit, valid [starts, ends). Several at once are normal; `seconded_from` = the body that lent them.

    `terms` of employment: permanent, support, temporary, public_welfare, self_hired (cases.md A2), or empty.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    part = models.CharField(max_length=12, choices=Part.choices)
    post = models.CharField(max_length=60, blank=True)
    terms = models.CharField(max_length=24, blank=True)
    seconded_from = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="seconded")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["unit", "ends"]), models.Index(fields=["person", "ends"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="registry_membership_ends_after_start"
            ),
            ExclusionConstraint(
                name="registry_membership_one_leader",
                expressions=[(_same("unit_id"), "&&"), (_SPAN, "&&")],
                condition=Q(part="leader"),
            ),
            ExclusionConstraint(
                name="registry_membership_no_twins",
                expressions=[
                    (_same("unit_id"), "&&"),
                    (_same("person_id"), "&&"),
                    (_same_text("part"), "&&"),
                    (_same_text("post"), "&&"),
                    (_SPAN, "&&"),
                ],
            ),
        ]
