"""Samples: for every address with something in it, rows the table of addresses × roles can ask for. See docs/adding-a-module.md.

A module keeps them in `tests/samples.py` as `samples(world) -> {"name of the address": Sample(…)}`; a part of the platform in
`tests/platform/<part>/samples.py`, the site in `tests/site/samples.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.kit.cast import Cast, County


@dataclass(frozen=True, slots=True)
class World:
    """What samples are made from: the small county, its cast, the moment."""

    county: County
    cast: Cast
    now: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """What to ask of one address.

    `here` names a row of the cast's own township (best: its village), `there` one of the neighbour's; leave `there` out where rows
    have no place. `status` is what those get who may open it (302 where it leads on, 405 where it only takes a POST). `blind` are
    those of the cast who hold the permission but do not reach `here`; `answers` says what single ones get, where a rule of its
    own decides.
    """

    here: Mapping[str, Any] = field(default_factory=dict)
    there: Mapping[str, Any] | None = None
    query: str = ""
    status: int = 200
    blind: frozenset[str] = frozenset()
    answers: Mapping[str, int] = field(default_factory=dict)
