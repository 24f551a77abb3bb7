"""The one row that says what this database is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class House(models.Model):
    """Real or exercise, and of which county: fixed at founding. The pace is set only in an exercise."""

    class Kind(models.TextChoices):
        REAL = "real", _("Real")
        EXERCISE = "exercise", _("Exercise")

    id = models.SmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    county = models.CharField(max_length=12)
    founded_at = models.DateTimeField()
    anchor = models.DateTimeField(null=True)
    shown = models.DateTimeField(null=True)
    speed = models.FloatField(default=1.0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="house_only_one"),
            models.CheckConstraint(condition=models.Q(kind__in=["real", "exercise"]), name="house_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind="exercise") | models.Q(anchor=None, shown=None, speed=1.0),
                name="house_real_keeps_real_time",
            ),
            models.CheckConstraint(condition=models.Q(speed__gt=0, speed__lte=10000), name="house_speed_in_bounds"),
            models.CheckConstraint(
                condition=models.Q(anchor=None, shown=None) | models.Q(anchor__isnull=False, shown__isnull=False),
                name="house_pace_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.county}"
