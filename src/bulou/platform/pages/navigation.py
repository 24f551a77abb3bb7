"""The navigation, drawn from the manifests' menus for this viewer: what he may not open is not there."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import PUBLIC, SIGNED_IN
from bulou.platform.access.viewer import Viewer
from bulou.platform.manifest import MenuItem, manifests

log = logging.getLogger(__name__)

GROUPS: dict[str, str | Promise] = {
    "duties": _("My duties"),
    "situation": _("Situation"),
    "registers": _("Registers"),
    "house": _("House"),
}


@dataclass(frozen=True, slots=True)
class UserLine:
    """A line of the user's own menu, hung under `user_menu` in a manifest's extras; `is_post` for log-out and its like."""

    title: str | Promise
    url: str
    icon: str = "dot"
    is_post: bool = False

    @property
    def href(self) -> str:
        return reverse(self.url)


@dataclass(frozen=True, slots=True)
class BarMark:
    """A mark in the bar of every page, given by a function (viewer) → marks hung under `bar` in a manifest's extras; `count` of what is new."""

    title: str | Promise
    url: str
    icon: str
    count: int = 0

    @property
    def href(self) -> str:
        return reverse(self.url)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation as shown."""

    title: str
    href: str
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and its lines."""

    title: str
    entries: tuple[Entry, ...]


def navigation(viewer: Viewer, path: str) -> list[Group]:
    """The groups in the order of GROUPS, each with what this viewer may open; empty groups are left out.

    The line whose address is the longest beginning of `path` is where the reader is.
    """
    mine = [item for manifest in manifests() for item in manifest.menu if _may(viewer, item)]
    items = [(item, address) for item in mine if (address := _address(item))]
    here = max((address for _item, address in items if path.startswith(address)), key=len, default="")
    shown = []
    for key, title in GROUPS.items():
        lines = sorted((pair for pair in items if pair[0].group == key), key=lambda pair: pair[0].order)
        if lines:
            entries = (Entry(str(item.title), address, item.icon or "dot", address == here) for item, address in lines)
            shown.append(Group(str(title), tuple(entries)))
    return shown


def _address(item: MenuItem) -> str:
    """Where the line leads. One that leads nowhere is left out and logged: it must not take every page of the house down."""
    try:
        return reverse(item.url)
    except NoReverseMatch:
        log.error("menu item %s leads nowhere", item.url)
        return ""


def _may(viewer: Viewer, item: MenuItem) -> bool:
    if item.group not in GROUPS:
        raise KeyError(f"menu item {item.url!r} stands in no group of the navigation: {item.group!r}")
    if item.permission in (PUBLIC, SIGNED_IN):
        return item.permission == PUBLIC or viewer.user_id is not None
    return viewer.may(item.permission)
