"""The line of sign-off: village, town, county by places; department, county by units. A node signs after all below it have."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def why_not_sign(below: Collection[int], signed: Iterable[int]) -> frozenset[int]:
    """The nodes directly below that have not signed and keep this one from signing; empty = it may."""
    return frozenset(below) - frozenset(signed)
