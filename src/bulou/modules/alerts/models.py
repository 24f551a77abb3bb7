"""Immediate reports, and the levels that have to acknowledge them."""

from django.db import models


class Alert(models.Model):
    """What was reported at once: of whom (a person of the registry, or a name), where, by whom. What was said besides lies in `sealed`.

    `uuid` is the sender's key: the same again changes nothing.
    """

    class Kind(models.TextChoices):
        SUSPECTED = "suspected"
        CONFIRMED = "confirmed"

    class About(models.TextChoices):
        STAFF = "staff"
        FAMILY = "family"

    uuid = models.UUIDField(unique=True)
    operation = models.ForeignKey("operations.Operation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    about = models.CharField(max_length=8, choices=About.choices)
    person = models.ForeignKey("registry.Person", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    reporter_id = models.BigIntegerField(null=True)
    reporter_name = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["-reported_at", "id"], name="alerts_alert_newest")]


class Level(models.Model):
    """A level of the line that has to say that it knows: a place, or the unit of the person concerned. `rank` counts from the top.

    Said once, never taken back.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="levels")
    place = models.ForeignKey("registry.Place", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("registry.Unit", models.PROTECT, null=True, related_name="+")
    rank = models.SmallIntegerField()
    acknowledged_at = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "place"], name="alerts_level_once"),
            models.UniqueConstraint(fields=["alert", "unit"], name="alerts_level_unit_once"),
            models.CheckConstraint(condition=models.Q(place=None) ^ models.Q(unit=None), name="alerts_level_is_one"),
        ]
        indexes = [models.Index(fields=["place"], condition=models.Q(acknowledged_at=None), name="alerts_level_open")]

    @property
    def name(self) -> str:
        """What the level is called."""
        return str(self.unit if self.place is None else self.place.name)
