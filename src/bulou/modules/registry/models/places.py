"""Places: the area tree from province to site. Loaded from the national list, then the county's own. Names are no keys."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Level(models.TextChoices):
    """Levels of the tree (GB/T 2260 and the 12-digit statistical codes; grid and site are the county's own)."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GRID = "grid"
    SITE = "site"


class Place(models.Model):
    """A place as it stands now. `lineage` = ids from the root down to itself; `ends` set = retired (its rows stay).

    `sort_key` and `initials` order and find it by pinyin; `version` counts its changes, as its PlaceVersions do.
    """

    code = models.CharField(max_length=32, unique=True, db_collation="C")
    level = models.CharField(max_length=10, choices=Level.choices)
    kind = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=200, db_collation="C")
    initials = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lineage = ArrayField(models.BigIntegerField(), default=list)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["parent", "code"]), GinIndex(fields=["lineage"], name="registry_place_lineage")]

    def __str__(self) -> str:
        return self.name


class PlaceVersion(models.Model):
    """What a place was called, coded and part of, valid [starts, ends); `change` is what made this version.

    A retirement is a version valid at no moment (starts = ends), which holds the reason and, after a merge or split, the
    successors' ids. So a moment's places are those with a version covering it, and nothing is ever overwritten.
    """

    place = models.ForeignKey(Place, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    code = models.CharField(max_length=32)
    level = models.CharField(max_length=10)
    kind = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    successors = ArrayField(models.BigIntegerField(), default=list)
    change = models.CharField(max_length=20)
    why = models.TextField(blank=True)
    by_name = models.CharField(max_length=80, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "number"], name="registry_placeversion_number")]


class Declaration(models.Model):
    """People and households a place declared, as of a day, from which source: the denominator the roll is held against.

    A correction is a new row: of one day, the one recorded last counts.
    """

    place = models.ForeignKey(Place, models.PROTECT, related_name="declarations")
    population = models.PositiveIntegerField()
    households = models.PositiveIntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "-as_of", "-id"])]


class Tally(models.Model):
    """A change in how many current people and households live directly at a place; their sum is how many do.

    Written by triggers, folded by services.places_tally: a change appends a row and waits for nobody, and a county's page adds up
    a thousand rows instead of counting a million people.
    """

    place_id = models.BigIntegerField()
    people = models.IntegerField(default=0)
    households = models.IntegerField(default=0)
