"""Samples of the installable page and of what it asks: public, as it holds nobody's data; a token or a log-in decides what is given."""

from __future__ import annotations

from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    stranger = {"token": "a" * 26}
    return {
        "words": Sample({"language": "bo"}),
        "sign_out": Sample(status=405),
        "enrol": Sample(status=405),
        "carry": Sample(status=405),
        "lists": Sample(stranger, status=403),
        "register": Sample(stranger, status=405),
    }
