"""Whom a regime's filter matches and who is not enrolled all the same: left out by a person, with a reason, or by nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bulou.modules.ledger.models import Exclusion, Regime
from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.matching import Matched, current_enrolments, matched
from bulou.modules.ledger.queries.reach import VIEW, Reach, reach
from bulou.modules.registry.queries import places, units
from bulou.platform.access.viewer import Viewer


@dataclass(slots=True)
class Unenrolled:
    """A subject the filter matches. `who` left it out and `why`; both empty = nobody did, and it is missing from the denominator."""

    subject_kind: str
    subject_id: int
    owed_kind: str
    owed_id: int
    place_id: int
    who: str
    why: str
    name: str = ""
    phone: str = ""
    owed_name: str = ""
    owed_phone: str = ""
    place: str = ""


def unenrolled(viewer: Viewer, regime: Regime, now: datetime, *, limit: int = 50) -> tuple[Sequence[Unenrolled], int]:
    """Those within reach, whom nobody left out first, so many; and how many in all. Reads the whole filter: seconds in a large county.

    Whoever shows it logs the look.
    """
    mine = reach(viewer, VIEW, regime.operation_id)
    if mine.is_nothing:
        return (), 0
    enrolled = current_enrolments(regime, now)
    lacking = [one for one in matched(regime, now) if one.identity not in enrolled]
    lacking = lacking if mine.is_everything else _within(viewer, mine, lacking)
    out = {(one.subject_kind, one.subject_id): one for one in Exclusion.objects.filter(regime=regime, ended_at=None)}
    lacking.sort(key=lambda one: (one.subject_kind, one.subject_id) in out)
    rows = [_row(one, out.get((one.subject_kind, one.subject_id))) for one in lacking[:limit]]
    names.put_names(viewer, rows)
    named = names.named(viewer, "place", {one.place_id for one in rows})
    for one in rows:
        one.place = named.get(one.place_id, ("", ""))[0]
    return rows, len(lacking)


def _within(viewer: Viewer, mine: Reach, found: list[Matched]) -> list[Matched]:
    """Those that would count within reach."""
    above = {one.pk: one.lineage for one in places.everything(viewer)}
    parts = {one.pk: one.lineage for one in units.visible(viewer, with_ended=True)}
    return [
        one
        for one in found
        if mine.covers(above.get(one.place_id, ()), parts.get(one.unit_id, ()) if one.unit_id else ())
    ]


def _row(one: Matched, out: Exclusion | None) -> Unenrolled:
    who, why = (out.actor_name, out.reason) if out else ("", "")
    return Unenrolled(one.subject_kind, one.subject_id, one.owed_kind, one.owed_id, one.place_id, who, why)
