"""Who may be given a token. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol


class Limits(Protocol):
    """A grant's limits: None = not limited in that respect."""

    @property
    def place_id(self) -> int | None: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def operation_id(self) -> int | None: ...


def reaches_beyond(
    theirs: Iterable[Limits],
    mine: Sequence[Limits],
    places: Mapping[int, Sequence[int]],
    units: Mapping[int, Sequence[int]],
) -> bool:
    """Whether any of `theirs` reaches further than all of `mine`: a device acts as its user, so nobody gives one that sees more than himself.

    `places` and `units`: the lineage (root … itself) of each that a grant names.
    """
    return not all(any(_within(one, over, places, units) for over in mine) for one in theirs)


def _within(one: Limits, over: Limits, places: Mapping[int, Sequence[int]], units: Mapping[int, Sequence[int]]) -> bool:
    return (
        (over.place_id is None or (one.place_id is not None and over.place_id in places.get(one.place_id, ())))
        and (over.unit_id is None or (one.unit_id is not None and over.unit_id in units.get(one.unit_id, ())))
        and over.operation_id in (None, one.operation_id)
    )
