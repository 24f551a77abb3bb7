"""What the ledger does when the registry changes: enrolments follow people who move, merge, come and go; cells follow the trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import uuid5

from bulou.modules.ledger.models import Enrolment, Regime
from bulou.modules.ledger.queries import matching as reads
from bulou.modules.ledger.services import enrolling, matching, store
from bulou.platform.access.viewer import Viewer, system

HOUSE = "ledger"


class Line(Protocol):
    """What is read of a journal line."""

    action: str
    subjects: list[int]
    happened_at: datetime


def follow_people(*, line: Line, by: Viewer, now: datetime) -> None:
    """Hold each person's enrolments against the filters again: end, move, enrol. By whoever changed the registry, at once."""
    if len(line.subjects) > matching.BATCH:
        return  # a county is being loaded: the filters are evaluated when its regimes are set
    for regime in Regime.objects.filter(ended_at=None, who__subject="person").select_related("operation"):
        for person_id in line.subjects:
            _follow(regime, "person", person_id, now, line.action)


def follow_merge(*, line: Line, by: Viewer, now: datetime) -> None:
    """Of two rows of one person the absorbed one owes nothing from now on; the kept one is held against the filters."""
    kept, absorbed = line.subjects[0], line.subjects[1]
    gone = list(
        Enrolment.objects.filter(subject_kind="person", subject_id=absorbed, ends=None).select_related("regime")
    )
    if gone:
        onces = [uuid5(one.uuid, f"merge:{now.isoformat()}") for one in gone]
        enrolling.end_rows(by=system(HOUSE), enrolments=gone, at=now, onces=onces, now=now, why=line.action)
    follow_people(line=_Only(line, [kept]), by=by, now=now)


def follow_households(*, line: Line, by: Viewer, now: datetime) -> None:
    """The same for households."""
    for regime in Regime.objects.filter(ended_at=None, who__subject="household").select_related("operation"):
        for household_id in line.subjects:
            _follow(regime, "household", household_id, now, line.action)


def follow_trees(*, line: Line, by: Viewer, now: datetime) -> None:
    """Places or units changed: what falls due from now on rolls up by the new tree, and filters over them are evaluated again."""
    store.learn_paths(now)
    for regime in Regime.objects.filter(ended_at=None, who__subject__in=["place", "unit"]).select_related("operation"):
        matching.enrol_matching(by=system(HOUSE), regime=regime, now=now, why=line.action)


def _follow(regime: Regime, kind: str, subject_id: int, now: datetime, why: str) -> None:
    """One subject in one regime, without evaluating the filter for everybody."""
    current = reads.current_enrolments(regime, now, subject=(kind, subject_id))
    found = {one.identity: one for one in reads.matched(regime, now, subject=(kind, subject_id))}
    if not current and not found:
        return
    matching.follow_one(by=system(HOUSE), regime=regime, current=current, matched=found, now=now, why=why)


class _Only:
    """The line, about some of its subjects."""

    def __init__(self, line: Line, subjects: list[int]) -> None:
        self.action, self.subjects, self.happened_at = line.action, subjects, line.happened_at


LISTENS: Mapping[str, Callable[..., None]] = {
    **dict.fromkeys(
        (
            "registry.person_registered", "registry.people_loaded", "registry.person_moved", "registry.person_corrected",
            "registry.person_ended", "registry.person_resumed", "registry.people_unmerged", "registry.member_added", "registry.members_added",
            "registry.member_changed", "registry.member_ended",
        ),
        follow_people,
    ),
    "registry.people_merged": follow_merge,
    **dict.fromkeys(("registry.household_created", "registry.household_moved", "registry.household_ended", "registry.household_corrected"), follow_households),
    **dict.fromkeys(
        (
            "registry.place_added", "registry.place_moved", "registry.place_retired", "registry.place_reinstated", "registry.places_merged",
            "registry.place_split", "registry.unit_created", "registry.unit_moved", "registry.unit_ended", "registry.unit_reopened",
        ),
        follow_trees,
    ),
}  # fmt: skip
