"""Samples of the jobs' addresses."""

from __future__ import annotations

from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """A job is tried again by a post."""
    return {"retry_job": Sample({"job_id": 1}, status=405)}
