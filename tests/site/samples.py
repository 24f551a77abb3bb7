"""Samples of the site's own addresses."""

from __future__ import annotations

from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """The front page leads on to where one works."""
    return {"home": Sample(status=302)}
