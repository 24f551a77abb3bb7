"""Units: organisation trees of any depth and kind, and who belongs to them from when to when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bulou.modules.registry.models.people import Person
from bulou.modules.registry.models.places import Place


class Unit(models.Model):
    """A unit: agency, department, headquarters, work group, branch, temporary branch, commando, station crew …"""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=300)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lineage = ArrayField(models.BigIntegerField(), default=list)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="units")
    phone = models.CharField(max_length=32, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["parent", "code"])]

    def __str__(self) -> str:
        return self.name


class Part(models.TextChoices):
    """A member's part in a unit."""

    LEADER = "leader"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"


class Membership(models.Model):
    """A person in a unit, valid [starts, ends). Several at once are normal; `seconded_from` = the body that lent the member."""

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
