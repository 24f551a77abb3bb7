"""Reading the expiry log: when subjects were forgotten, so that an old figure opens to “forgotten on …”."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bulou.platform.expiry.models import Forgotten


def forgotten(kind: str, subjects: Iterable[int]) -> dict[int, datetime]:
    """Which of these subjects were forgotten, and when (the first time). Ids and times only: not scoped."""
    wanted = set(subjects)
    found: dict[int, datetime] = {}
    for line in Forgotten.objects.filter(kind=kind, subjects__overlap=list(wanted)).order_by("at", "id"):
        for subject in wanted.intersection(line.subjects):
            found.setdefault(subject, line.at)
    return found


def forgotten_when(subjects: set[tuple[str, int]]) -> dict[tuple[str, int], datetime]:
    """The same for several kinds; the journal's verification asks this."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, subject in subjects:
        by_kind[kind].add(subject)
    found: dict[tuple[str, int], datetime] = {}
    for kind, ids in by_kind.items():
        found |= {(kind, subject): at for subject, at in forgotten(kind, ids).items()}
    return found
