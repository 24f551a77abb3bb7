"""Grants: a role for a user over a place, a unit and an operation, with dates."""

from django.conf import settings
from django.db import models

from bulou.modules.registry.models.people import Person
from bulou.modules.registry.models.places import Place
from bulou.modules.registry.models.units import Unit


class Grant(models.Model):
    """A role × place × unit × operation, valid [starts, ends). Ended, never deleted. `operation_id` points up, so it is a bare id."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=24)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    operation_id = models.BigIntegerField(null=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "ends"])]


class UserPerson(models.Model):
    """Which person of the registry a user is, if any."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
