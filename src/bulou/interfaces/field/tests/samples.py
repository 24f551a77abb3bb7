"""Samples for every address of the field pages with something in it."""

from __future__ import annotations

from bulou.interfaces.field.tests import link_samples, page_samples
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    return link_samples.samples(world) | page_samples.samples(world)
