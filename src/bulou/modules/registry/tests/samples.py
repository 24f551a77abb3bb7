"""Samples of the registry's addresses: a village, a unit, a person, a household here and at the neighbour's."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.modules.registry.models import Duplicate, Grant, Membership, Person, Unit
from bulou.modules.registry.services.merging import merge_people
from bulou.modules.registry.services.people_documents import add_relative
from bulou.platform.access.viewer import system
from tests.kit.samples import Sample, World

HOUSE = system("tests")
# The unit clerk works for a unit: her grant reaches the town it stands in and its members, no village and no household.
UNIT_CLERK = frozenset({"unit_clerk"})
VILLAGE_CLERK = frozenset({"village_clerk"})


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    return {
        **_places(world),
        **_units(world),
        **_people(world),
        **_pairs(world),
        **_households(world),
        **_grants(world),
    }


def _places(world: World) -> dict[str, Sample]:
    here, there = ({"pk": world.county.villages[n].pk} for n in (0, 2))
    village = Sample(here, there, blind=UNIT_CLERK)
    names = (
        "place branch add_place change_place move_place merge_places split_place retire_place reinstate_place declare"
    )
    return dict.fromkeys(names.split(), village)


def _units(world: World) -> dict[str, Sample]:
    far = _unit_of_the_neighbour(world)
    unit = Sample({"pk": world.county.office.pk}, {"pk": far.pk}, blind=VILLAGE_CLERK)
    pks = [
        {"pk": Membership.objects.filter(unit=one).values_list("pk", flat=True)[0]}
        for one in (world.county.office, far)
    ]
    return {
        **dict.fromkeys(["unit", "change_unit", "move_unit", "end_unit", "add_members"], unit),
        **dict.fromkeys(["change_member", "end_member"], Sample(*pks, blind=VILLAGE_CLERK)),
    }


def _unit_of_the_neighbour(world: World) -> Unit:
    place, member = world.county.towns[1], world.county.people_of(2)[1]
    named = {"code": "FAR", "name": "巴干乡工作组", "kind": "work_group", "sort_key": "bagan"}
    unit = Unit.objects.create(**named, place=place, starts=world.now)
    unit.lineage = [unit.pk]
    unit.save(update_fields=["lineage"])
    Membership.objects.create(person=member, unit=unit, part="member", starts=world.now)
    return unit


def _people(world: World) -> dict[str, Sample]:
    """The head of a household here, a member of the unit clerk's office; a person there who is in no unit."""
    here, there = world.county.people_of(0)[0], world.county.people_of(2)[1]
    one = Sample({"pk": here.pk}, {"pk": there.pk})
    paper = Sample({"pk": here.pk, "document": here.documents.get().pk}, {"pk": there.pk, "document": 1})
    relation = add_relative(here.pk, world.county.people_of(0)[1].pk, "spouse", by=HOUSE, now=world.now)
    kin = Sample({"pk": here.pk, "relation": relation.pk}, {"pk": there.pk, "relation": 1}, status=405)
    names = """person correct_person move_person end_person resume_person put_document set_phones reveal_identity reveal_name
        add_relative merge_with"""
    return {**dict.fromkeys(names.split(), one), "end_document": paper, "end_relative": kin}


def _pairs(world: World) -> dict[str, Sample]:
    here, there = (world.county.people_of(village) for village in (0, 2))
    pairs = [{"pk": _pair(world, *people[1:3])} for people in (here, there)]
    merges = [
        {"pk": merge_people(*_ids(people[4:6]), by=HOUSE, now=world.now, why="tests").pk} for people in (here, there)
    ]
    return {**dict.fromkeys(("duplicate", "keep_apart"), Sample(*pairs)), "unmerge": Sample(*merges)}


def _pair(world: World, one: Person, other: Person) -> int:
    first, second = sorted(_ids((one, other)))
    found = {"first_id": first, "second_id": second, "reasons": ["name"], "proposed_at": world.now}
    return Duplicate.objects.create(**found).pk


def _ids(people: Iterable[Person]) -> list[int]:
    return [person.pk for person in people]


def _households(world: World) -> dict[str, Sample]:
    here, there = ({"pk": world.county.households_of(village)[0].pk} for village in (0, 2))
    names = "household correct_household split_household join_household move_household end_household"
    return dict.fromkeys(names.split(), Sample(here, there, blind=UNIT_CLERK))


def _grants(world: World) -> dict[str, Sample]:
    user = {"user_id": world.cast.medic.user.pk}
    grant = Grant.objects.filter(user_id=world.cast.medic.user.pk).first()
    return {
        "end_grant": Sample({"grant_id": grant.pk}),
        "link_person": Sample(user),
        "unlink_person": Sample(user, status=405),
    }
