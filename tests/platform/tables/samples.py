"""Samples of the tables' addresses."""

from __future__ import annotations

from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """Columns are chosen by a post."""
    return {"columns": Sample(status=405)}
