"""Samples of the situation room's addresses: a person who owes here, and one of the neighbour's."""

from __future__ import annotations

from bulou.interfaces.situation.tests.day import day
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    made = day(world.county)
    here, there = ({"kind": "person", "pk": made.county.people_of(village)[0].pk} for village in (0, 2))
    return {"subject": Sample(here, there)}
