"""Seats the cast in a county: each is a person of the registry, each role a grant at its place or unit. For tests and the demo county."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bulou.modules.registry.models import Grant, Person, Place, Unit, UserPerson
from bulou.modules.registry.services.people_bulk import NewPerson, load_people
from bulou.modules.registry.services.people_checks import Facts
from bulou.platform.access.viewer import system
from bulou.platform.cast import CAST, Member, Spots
from bulou.platform.journal.services import write

BY = system("cast")


@transaction.atomic
def seat_cast(users: Mapping[str, int], spots: Spots, now: datetime) -> None:
    """Make the cast's persons, tie the users to them and give the grants. Those who have a seat keep it: it can be called again."""
    seated = set(UserPerson.objects.filter(user_id__in=users.values()).values_list("user_id", flat=True))
    fresh = [
        one for one in CAST if users.get(one.key) not in seated and not (one.role is None and _is_there(one, spots))
    ]
    if not fresh:
        return
    people = _make_people(fresh, spots, now)
    for one in fresh:
        if one.key in users:
            UserPerson.objects.create(user_id=users[one.key], person_id=people[one.key])
            _give_grant(one, users[one.key], spots, now)


def _make_people(fresh: list[Member], spots: Spots, now: datetime) -> dict[str, int]:
    place_ids = dict(Place.objects.filter(code__in=spots.values()).values_list("code", "id"))
    rows = [NewPerson(Facts(one.name, purpose="cast"), place_ids[spots[one.lives_in]]) for one in fresh]
    ids = load_people(rows, by=BY, now=now, why="cast")
    return dict(zip((one.key for one in fresh), ids, strict=True))


def _give_grant(one: Member, user_id: int, spots: Spots, now: datetime) -> None:
    place_id = unit_id = None
    if one.spot == "unit":
        unit_id = Unit.objects.values_list("id", flat=True).get(code=spots["unit"])
    elif one.spot is not None:
        place_id = Place.objects.values_list("id", flat=True).get(code=spots[one.spot])
    grant = Grant.objects.create(
        user_id=user_id, role=one.role or "", place_id=place_id, unit_id=unit_id, starts=now, why="cast"
    )
    data = {"role": grant.role, "place": place_id, "unit": unit_id}
    write(
        by=BY, action="registry.grant_given", kind="accounts.user", subjects=[user_id], now=now, why="cast", data=data
    )


def _is_there(one: Member, spots: Spots) -> bool:
    return Person.objects.filter(name=one.name, purpose="cast", place__code=spots[one.lives_in]).exists()
