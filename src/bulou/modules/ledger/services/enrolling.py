"""Enrolling, transferring, ending. What is learned moves only what has not fallen due (core.enrolments)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Ending, Enrolment, Regime, Seat
from bulou.modules.ledger.queries import reach
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.actors import actor, enrolment_within, reason
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

ENROL = "ledger.enrol"


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    """Who owes what about whom, where. `answerables` are ids of persons who may answer; `uuid` is the sender's key."""

    uuid: UUID
    subject_id: int
    place_id: int
    unit_id: int | None = None
    subject_kind: str = "person"
    owed_kind: str = "person"
    owed_id: int | None = None
    answerables: tuple[int, ...] = ()


@transaction.atomic
def enrol(
    *,
    by: Viewer,
    regime: Regime,
    new: NewEnrolment,
    now: datetime,
    starts: datetime | None = None,
    why: str = "",
    by_hand: bool = True,
) -> Enrolment:
    """Put one subject under a regime from `starts` (now, unless told). By hand it needs a reason. The same uuid again changes nothing.

    Who starts in the past owes no window that fell due before `now`. Out of the viewer's reach: Http404.
    """
    found = Enrolment.objects.filter(uuid=new.uuid).first()
    if found is not None:
        return found
    if by_hand:
        why = reason(why)
    _need_places(by, regime, [new])
    enrol_rows(by=by, regime=regime, rows=[new], starts=starts or now, now=now, why=why, by_hand=by_hand)
    made = Enrolment.objects.get(uuid=new.uuid)
    write(
        by=by, action="ledger.enrolled", kind=f"registry.{new.subject_kind}", subjects=[new.subject_id], place_id=new.place_id,
        now=now, happened_at=made.starts, why=why, data={"regime": regime.pk, "enrolment": made.pk},
    )  # fmt: skip
    return made


@transaction.atomic
def enrol_many(
    *,
    by: Viewer,
    regime: Regime,
    rows: Sequence[NewEnrolment],
    now: datetime,
    starts: datetime | None = None,
    why: str = "",
) -> int:
    """Many at once, one journal line; those whose uuid is known already are left as they are. Gives how many are new."""
    known = set(Enrolment.objects.filter(uuid__in=[row.uuid for row in rows]).values_list("uuid", flat=True))
    fresh = [row for row in rows if row.uuid not in known]
    if fresh:
        _need_places(by, regime, fresh)
        enrol_rows(by=by, regime=regime, rows=fresh, starts=starts or now, now=now, why=why, by_hand=False)
        write(
            by=by, action="ledger.enrolled_many", kind=f"registry.{fresh[0].subject_kind}", subjects=[row.subject_id for row in fresh],
            now=now, why=why, data={"regime": regime.pk, "count": len(fresh)},
        )  # fmt: skip
    return len(fresh)


def enrol_rows(
    *,
    by: Viewer,
    regime: Regime,
    rows: Sequence[NewEnrolment],
    starts: datetime,
    now: datetime,
    why: str,
    by_hand: bool,
) -> list[int]:
    """Inside a verb: the rows themselves, seated and settled; the ids of the enrolments."""
    for kind in {row.subject_kind for row in rows}:
        store.hold(kind, [row.subject_id for row in rows if row.subject_kind == kind])
    ids = _insert(by, regime, rows, starts, now, why, by_hand)
    store.learn_paths(now, places={row.place_id for row in rows}, units={row.unit_id for row in rows if row.unit_id})
    sit(by, regime, list(zip(ids, rows, strict=True)), at=[store.BEGINNING] * len(ids), now=now, why=why)
    store.settle_since(ids, now)
    return ids


def sit(
    by: Viewer, regime: Regime, rows: Sequence[tuple[int, NewEnrolment]], *, at: Sequence[datetime], now: datetime, why: str,
    keep_answerables: bool = False,
) -> None:  # fmt: skip
    """Inside a verb: a seat for each enrolment, from its moment on. The seat's uuid is the row's."""
    store.plan_for(len(rows))
    answerables = [None if keep_answerables else "{" + ",".join(map(str, row.answerables)) + "}" for _id, row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_sit(%s, %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s, %s::bigint, %s, %s)",
            [
                regime.pk, [uuid5(row.uuid, "seat") if not keep_answerables and at[0] == store.BEGINNING else row.uuid for _id, row in rows],
                [enrolment_id for enrolment_id, _row in rows], [row.place_id for _id, row in rows], [row.unit_id for _id, row in rows],
                answerables, list(at), now, by.user_id, by.name[:80], why[:400],
            ],
        )  # fmt: skip


def _insert(
    by: Viewer, regime: Regime, rows: Sequence[NewEnrolment], starts: datetime, now: datetime, why: str, by_hand: bool
) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_enrolment (uuid, regime_id, subject_kind, subject_id, owed_kind, owed_id, starts, known_at, by_hand,"
            " actor_id, actor_name, reason, learned_at, settles_at, is_steady, is_moved)"
            " SELECT n.uuid, %s, n.sk, n.sid, n.ok, n.oid, %s, %s, %s, %s, %s, %s, %s, %s, false, false"
            " FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::bigint[]) WITH ORDINALITY AS n (uuid, sk, sid, ok, oid, place)"
            " ORDER BY n.place RETURNING uuid, id",
            [
                regime.pk, starts, now, by_hand, by.user_id, by.name[:80], why[:400], now, max(starts, now),
                [row.uuid for row in rows], [row.subject_kind for row in rows], [row.subject_id for row in rows],
                [row.owed_kind if row.owed_id else row.subject_kind for row in rows], [row.owed_id or row.subject_id for row in rows],
            ],
        )  # fmt: skip
        ids = dict(cursor.fetchall())
    return [ids[row.uuid] for row in rows]


@transaction.atomic
def transfer(
    *, by: Viewer, enrolment_id: int, at: datetime, place_id: int, unit_id: int | None, once: UUID, now: datetime,
    answerables: tuple[int, ...] | None = None, why: str = "",
) -> Enrolment:  # fmt: skip
    """Let an enrolment count elsewhere from `at` on, and perhaps others answer (None = the same). It moves no judged window."""
    if found := Seat.objects.filter(uuid=once).select_related("enrolment").first():
        return found.enrolment
    enrolment = enrolment_within(by, ENROL, enrolment_id)
    move_rows(
        by=by, enrolments=[enrolment], at=at, to=[(once, place_id, unit_id)], now=now, answerables=answerables, why=why
    )
    write(
        by=by, action="ledger.transferred", kind=f"registry.{enrolment.subject_kind}", subjects=[enrolment.subject_id], place_id=place_id,
        now=now, happened_at=at, why=why, data={"regime": enrolment.regime_id, "enrolment": enrolment.pk, "unit": unit_id},
    )  # fmt: skip
    return enrolment


def move_rows(
    *, by: Viewer, enrolments: Sequence[Enrolment], at: datetime, to: Sequence[tuple[UUID, int, int | None]], now: datetime,
    answerables: tuple[int, ...] | None, why: str,
) -> None:  # fmt: skip
    """Inside a verb: further seats, settled. The enrolments may be of several regimes."""
    store.learn_paths(now, places={place for _u, place, _unit in to}, units={unit for _u, _p, unit in to if unit})
    for kind in {one.subject_kind for one in enrolments}:
        store.hold(kind, [one.subject_id for one in enrolments if one.subject_kind == kind])
    for regime in {one.regime for one in enrolments}:
        rows = [
            (one.pk, NewEnrolment(once, one.subject_id, place, unit, answerables=answerables or ()))
            for one, (once, place, unit) in zip(enrolments, to, strict=True)
            if one.regime_id == regime.pk
        ]
        sit(by, regime, rows, at=[at] * len(rows), now=now, why=why, keep_answerables=answerables is None)
    store.settle_since([one.pk for one in enrolments], now)


@transaction.atomic
def end_enrolment(
    *, by: Viewer, enrolment_id: int, at: datetime, once: UUID, now: datetime, why: str = ""
) -> Enrolment:
    """End an enrolment at `at`, excluded; of several ends the one known last holds. It hides no gap that had fallen due before `now`."""
    if found := Ending.objects.filter(uuid=once).select_related("enrolment").first():
        return found.enrolment
    enrolment = enrolment_within(by, ENROL, enrolment_id)
    end_rows(by=by, enrolments=[enrolment], at=at, onces=[once], now=now, why=why)
    write(
        by=by, action="ledger.enrolment_ended", kind=f"registry.{enrolment.subject_kind}", subjects=[enrolment.subject_id], now=now,
        happened_at=at, why=why, data={"regime": enrolment.regime_id, "enrolment": enrolment.pk},
    )  # fmt: skip
    enrolment.refresh_from_db()
    return enrolment


def end_rows(
    *, by: Viewer, enrolments: Sequence[Enrolment], at: datetime, onces: Sequence[UUID], now: datetime, why: str
) -> None:
    """Inside a verb: endings, settled."""
    for kind in {one.subject_kind for one in enrolments}:
        store.hold(kind, [one.subject_id for one in enrolments if one.subject_kind == kind])
    Ending.objects.bulk_create(
        Ending(uuid=once, enrolment=one, at=at, known_at=now, reason=why[:400], **actor(by))
        for one, once in zip(enrolments, onces, strict=True)
    )
    store.settle_since([one.pk for one in enrolments], now)


def _need_places(by: Viewer, regime: Regime, rows: Sequence[NewEnrolment]) -> None:
    """Refuse a place that is not there; Http404 for what lies beyond the viewer's reach."""
    by.need(ENROL)
    if regime.ended_at is not None:
        raise Refusal("ledger.regime_ended", _("This regime has ended."), status=409)
    if by.is_system:
        return
    for place_id, unit_id in {(row.place_id, row.unit_id) for row in rows}:
        if not reach.covers(by, ENROL, regime.operation_id, place_id, unit_id):
            raise Http404
