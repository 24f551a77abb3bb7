"""Samples of the ledger's addresses, part by part."""

from __future__ import annotations

from bulou.modules.ledger.tests import chase_samples
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    return {**chase_samples.samples(world)}
