"""Samples of the addresses of tokens, held reports, submissions and what goes out of them."""

from __future__ import annotations

from bulou.modules.collection.services.tokens import issue_token
from bulou.platform.access.viewer import system
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    here, there = (
        {
            "pk": issue_token(
                by=system("x"), kind="device", person=world.county.people_of(n)[1].pk, now=world.now
            ).token.pk
        }
        for n in (0, 2)
    )
    return {
        "own_token": Sample(status=405),
        "revoke_token": Sample(here, there, status=405, blind=frozenset({"unit_clerk"})),
    }
