"""Samples of the addresses of the light runner and of personal links."""

from __future__ import annotations

from bulou.interfaces.field import bundle
from bulou.modules.collection.tests.linked import linked, published
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from tests.kit.samples import Sample, World

FIRST = "123456789012345678901234567890"


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    operation = Operation.objects.create(
        key="links", titles={"zh-Hans": "演练"}, playbook="x", root=world.county.root, level="x", started_at=world.now
    )
    version = published(operation, world.now)
    text = linked(system("tests"), version, world.county.people_of(0)[1], world.now)
    return {
        "link": Sample({"token": "a" * 26}, status=404),  # the table is asked on another day: no link of these is open
        "runner": Sample({"digest": bundle.packed("js").digest, "kind": "js"}),
        "form_json": Sample({"token": text, "key": "resident_daily"}, status=403),
        "preview": Sample({"pk": version.pk}),
    }
