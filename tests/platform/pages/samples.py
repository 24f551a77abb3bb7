"""Samples of the page kit's addresses."""

from __future__ import annotations

from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """The language is chosen by a post, by anybody."""
    return {"language": Sample(status=405)}
