"""What cannot wait, from whichever module has it: hung under `situation_alerts` in a manifest's extras, shown on the wall and in "since I came on"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bulou.platform.access.viewer import Viewer
from bulou.platform.manifest import extras


@dataclass(frozen=True, slots=True)
class Alert:
    """A sentence, since when it stands, and the page that opens it."""

    text: str
    at: datetime
    href: str


# What a module hangs: (viewer, operation id, now) → (sentence, since when, address) of what the viewer must know at once.
Alerts = Callable[[Viewer, int, datetime], Iterable[tuple[str, datetime, str]]]


def alerts(viewer: Viewer, operation_id: int, now: datetime) -> list[Alert]:
    """All of them, the one that has waited longest first."""
    found = [Alert(*one) for ask in extras("situation_alerts") for one in ask(viewer, operation_id, now)]
    return sorted(found, key=lambda one: one.at)
