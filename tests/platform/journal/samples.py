"""Samples of the journal's addresses."""

from __future__ import annotations

from bulou.platform.journal.models import Line
from bulou.platform.journal.services import write
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """A line about the cast's village and one about the neighbour's."""
    return {"line": Sample({"line_id": _line(world, 0)}, {"line_id": _line(world, 2)})}


def _line(world: World, village: int) -> int:
    place = world.county.villages[village]
    made = {"kind": "registry.place", "subjects": [place.pk], "place_id": place.pk, "now": world.now}
    return Line.objects.get(pk=write(by=world.cast.chief.viewer, action="registry.place_changed", **made)).pk
