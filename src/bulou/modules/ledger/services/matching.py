"""Enrolling whom a regime's filter matches, ending whom it no longer does, and the exceptions people make by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Enrolment, Exclusion, Regime
from bulou.modules.ledger.queries import matching, reach
from bulou.modules.ledger.queries.matching import Current, Identity, Matched
from bulou.modules.ledger.services import enrolling, store
from bulou.modules.ledger.services.actors import actor, reason
from bulou.modules.ledger.services.enrolling import ENROL, NewEnrolment
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Moved:
    """What a matching did: how many were enrolled, ended, and moved to where the registry has them now."""

    enrolled: int
    ended: int
    transferred: int


@transaction.atomic
def enrol_matching(
    *, by: Viewer, regime: Regime, now: datetime, starts: datetime | None = None, why: str = ""
) -> Moved:
    """Hold a regime's enrolments against its filter: enrol whom it matches, end whom it no longer does, move who lives elsewhere.

    By hand added stays, by hand excluded stays out. New ones start at `starts` (now, unless told). A second call changes nothing.
    """
    by.need(ENROL)
    store.hold_all()
    matched = {one.identity: one for one in matching.matched(regime, now)}
    return follow_one(
        by=by,
        regime=regime,
        current=matching.current_enrolments(regime, now),
        matched=matched,
        now=now,
        starts=starts,
        why=why,
    )


def follow_one(
    *, by: Viewer, regime: Regime, current: Mapping[Identity, Current], matched: Mapping[Identity, Matched], now: datetime,
    starts: datetime | None = None, why: str = "",
) -> Moved:  # fmt: skip
    """Inside a verb: what is enrolled made to follow what is matched, of all subjects or of those given."""
    excluded = set(Exclusion.objects.filter(regime=regime, ended_at=None).values_list("subject_kind", "subject_id"))
    fresh = [
        one for key, one in matched.items() if key not in current and (one.subject_kind, one.subject_id) not in excluded
    ]
    gone = [found for key, found in current.items() if key not in matched and not found.by_hand]
    moved = [
        (current[key], one) for key, one in matched.items() if key in current and current[key].place_id != one.place_id
    ]
    _enrol_all(by, regime, fresh, starts or now, now, why)
    _end_all(by, [found.enrolment_id for found in gone], now, why)
    _move_all(by, [(found.enrolment_id, one) for found, one in moved], now, why)
    done = Moved(len(fresh), len(gone), len(moved))
    if done != Moved(0, 0, 0):
        write(
            by=by, action="ledger.matched", kind="ledger.regime", subjects=[regime.pk], now=now, why=why,
            data={"enrolled": done.enrolled, "ended": done.ended, "transferred": done.transferred},
        )  # fmt: skip
    return done


@transaction.atomic
def exclude(*, by: Viewer, regime: Regime, subject_kind: str, subject_id: int, why: str, now: datetime) -> Exclusion:
    """Say that a subject is not to be under a regime although its filter matches; ends its enrolments there now. Said already: nothing happens."""
    by.need(ENROL)
    known = Exclusion.objects.filter(
        regime=regime, subject_kind=subject_kind, subject_id=subject_id, ended_at=None
    ).first()
    if known is not None:
        return known
    made = Exclusion.objects.create(
        regime=regime, subject_kind=subject_kind, subject_id=subject_id, at=now, reason=reason(why), **actor(by)
    )
    mine = [
        e.enrolment_id for e in matching.current_enrolments(regime, now, subject=(subject_kind, subject_id)).values()
    ]
    for enrolment_id in mine:
        enrolling.enrolment_within(by, ENROL, enrolment_id)
    _end_all(by, mine, now, made.reason)
    write(
        by=by, action="ledger.excluded", kind=f"registry.{subject_kind}", subjects=[subject_id], now=now, why=made.reason,
        data={"regime": regime.pk, "ended": len(mine)},
    )  # fmt: skip
    return made


@transaction.atomic
def include(*, by: Viewer, regime: Regime, subject_kind: str, subject_id: int, why: str, now: datetime) -> int:
    """Take an exclusion back, and enrol the subject where the filter matches it; gives how many enrolments that makes."""
    by.need(ENROL)
    text = reason(why)
    Exclusion.objects.filter(regime=regime, subject_kind=subject_kind, subject_id=subject_id, ended_at=None).update(
        ended_at=now
    )
    current = matching.current_enrolments(regime, now, subject=(subject_kind, subject_id))
    found = [
        one for one in matching.matched(regime, now, subject=(subject_kind, subject_id)) if one.identity not in current
    ]
    if any(
        not by.is_system and not reach.covers(by, ENROL, regime.operation_id, one.place_id, one.unit_id)
        for one in found
    ):
        raise Refusal("ledger.subject_unknown", _("There is no such subject."), status=404)
    _enrol_all(by, regime, found, now, now, text)
    write(
        by=by, action="ledger.included", kind=f"registry.{subject_kind}", subjects=[subject_id], now=now, why=text,
        data={"regime": regime.pk, "enrolled": len(found)},
    )  # fmt: skip
    return len(found)


def _enrol_all(by: Viewer, regime: Regime, found: Sequence[Matched], starts: datetime, now: datetime, why: str) -> None:
    for first in range(0, len(found), BATCH):
        rows = [_new(regime, one, now) for one in found[first : first + BATCH]]
        enrolling.enrol_rows(by=by, regime=regime, rows=rows, starts=starts, now=now, why=why, by_hand=False)


def _new(regime: Regime, one: Matched, now: datetime) -> NewEnrolment:
    name = (
        f"{regime.pk}:{one.subject_kind}:{one.subject_id}:{one.unit_id}:{one.owed_kind}:{one.owed_id}:{now.isoformat()}"
    )
    return NewEnrolment(
        uuid5(SPACE, name),
        one.subject_id,
        one.place_id,
        one.unit_id,
        one.subject_kind,
        one.owed_kind,
        one.owed_id,
        one.answerables,
    )


def _end_all(by: Viewer, ids: Sequence[int], now: datetime, why: str) -> None:
    if ids:
        found = list(Enrolment.objects.filter(pk__in=ids).select_related("regime"))
        onces = [uuid5(one.uuid, f"end:{now.isoformat()}") for one in found]
        enrolling.end_rows(by=by, enrolments=found, at=now, onces=onces, now=now, why=why)


def _move_all(by: Viewer, moved: Sequence[tuple[int, Matched]], now: datetime, why: str) -> None:
    if moved:
        found = Enrolment.objects.select_related("regime").in_bulk([pk for pk, _one in moved])
        to = [(uuid5(found[pk].uuid, f"move:{now.isoformat()}"), one.place_id, one.unit_id) for pk, one in moved]
        enrolling.move_rows(
            by=by, enrolments=[found[pk] for pk, _one in moved], at=now, to=to, now=now, answerables=None, why=why
        )


SPACE = UUID("6b1f3c1e-6a52-5d6d-8c39-3f1f0f6d2a10")
