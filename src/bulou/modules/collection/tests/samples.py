"""Samples for every address of the module with something in it."""

from __future__ import annotations

from bulou.modules.collection.tests import form_samples, rest_samples
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    return {**rest_samples.samples(world), **form_samples.samples(world)}
