"""The registry's tables: places, units, people and households, grants. Constraints here, verbs in services."""

from bulou.modules.registry.models.grants import Grant, UserPerson
from bulou.modules.registry.models.people import (
    Document,
    Duplicate,
    Household,
    Merge,
    Person,
    PersonVersion,
    Phone,
    Relation,
)
from bulou.modules.registry.models.places import Declaration, Level, Place, PlaceVersion, Tally
from bulou.modules.registry.models.units import Membership, Part, Unit, UnitVersion

__all__ = [
    "Declaration",
    "Document",
    "Duplicate",
    "Grant",
    "Household",
    "Level",
    "Membership",
    "Merge",
    "Part",
    "Person",
    "PersonVersion",
    "Phone",
    "Place",
    "PlaceVersion",
    "Relation",
    "Tally",
    "Unit",
    "UnitVersion",
    "UserPerson",
]
