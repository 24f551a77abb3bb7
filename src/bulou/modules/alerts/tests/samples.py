"""Samples of immediate reports: one from a village here, one from the neighbour's."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from bulou.modules.alerts.models import Alert, Level
from bulou.modules.operations.models import Operation
from tests.kit.samples import Sample, World

# The unit's clerk learns of her unit's people only, and this is nobody of hers.
NOT_THEIRS = frozenset({"unit_clerk"})


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    root = world.county.root
    operation = Operation.objects.create(
        key="alerts", titles={"en": "x"}, playbook="x", root=root, level="x", started_at=world.now - timedelta(days=1)
    )
    pks = []
    for village, town in ((0, 0), (2, 1)):
        place, person = world.county.villages[village], world.county.people_of(village)[1]
        one = Alert.objects.create(uuid=uuid4(), operation=operation, kind="suspected", about="staff", person=person, place=place,
            happened_at=world.now, reported_at=world.now, reporter_name="x")  # fmt: skip
        level = Level.objects.create(alert=one, place=world.county.towns[town], rank=1)
        pks.append(({"pk": one.pk}, {"pk": level.pk}))
    (here, level_here), (there, level_there) = pks
    return {
        "alert": Sample(here, there, blind=NOT_THEIRS),
        "acknowledge": Sample(level_here, level_there, status=405, blind=frozenset({"chief", "duty_officer"})),
    }
