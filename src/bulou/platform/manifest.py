"""What a module hangs on its door, so that the house can find it: title, menu, permissions, and whatever the faces collect.

A module's `module.py` ends with `MANIFEST = hang(Manifest(...))`. Nobody imports a module to ask it something; they ask `manifests()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise

from bulou.platform.access import permissions
from bulou.platform.access.permissions import Permission
from bulou.platform.playbooks import Change, Items, Problem, diff

Text = str | Promise


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the navigation. `url` is a URL name; shown to whoever holds `permission`. `icon` names a symbol of the page kit."""

    title: Text
    url: str
    permission: str
    group: str = "registers"
    order: int = 50
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Work that comes due: `run(now)` is called at least every `every`, does what is due at `now`, and may be called twice.

    What it gives, in a few words, stands on the page of background work under its `title`.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], Any]
    title: Text = ""


@dataclass(frozen=True, slots=True)
class Forgets:
    """Content that expires. `due(now)` lists subject ids whose time is over; `forget(ids)` deletes their content for real."""

    kind: str
    due: Callable[[datetime], list[int]]
    forget: Callable[[list[int]], None]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a playbook this module owns. Applied in the order of the floors, in one transaction; removing ends, never deletes.

    `schema` = JSON Schema of one item; `check(items, playbook)` finds what a schema cannot; `plan(current, wanted)` is pure;
    `apply(changes, operation=…, by=…, now=…)` writes.
    """

    key: str
    title: Text
    schema: Mapping[str, Any]
    apply: Callable[..., None]
    plan: Callable[[Items, Items], list[Change]] = diff
    check: Callable[[Items, Mapping[str, Any]], list[Problem]] = lambda items, playbook: []


@dataclass(frozen=True, slots=True)
class Manifest:
    """A module's face to the house. Only `name` and `title` are required."""

    name: str
    title: Text
    menu: tuple[MenuItem, ...] = ()
    permissions: tuple[Permission, ...] = ()
    sections: tuple[Section, ...] = ()
    listens: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    ticks: tuple[Tick, ...] = ()
    forgets: tuple[Forgets, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)


_hung: dict[str, Manifest] = {}


def hang(manifest: Manifest) -> Manifest:
    """Hang a manifest on the door; two modules of one name are an error."""
    if manifest.name in _hung and _hung[manifest.name] is not manifest:
        raise ValueError(f"two modules are called {manifest.name!r}")
    _hung[manifest.name] = manifest
    permissions.declare(manifest.permissions)
    return manifest


def manifests() -> list[Manifest]:
    """Every manifest, in the order of the floors (as the apps were loaded)."""
    return list(_hung.values())


def extras(key: str) -> Iterator[Any]:
    """What each module hung under `key`, lowest floor first."""
    for manifest in manifests():
        if key in manifest.extras:
            yield manifest.extras[key]
