"""Reads of the chase: one's inbox, the steps taken, what was said on the telephone, who is away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import Http404

from bulou.modules.ledger.models import Absence, Call, Chase, Duty, Enrolment, Ladder, Message, Record, Regime, Window
from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.reach import VIEW, reach
from bulou.modules.ledger.rules.chase import ladder_of
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.spoken import said

CHASE = "ledger.chase"
MANY = 200


@dataclass(slots=True)
class About:
    """One obligation a message is about, as it stands now. `name` is the subject's; `stands_in_for` = the person who is away."""

    enrolment_id: int
    subject_kind: str
    subject_id: int
    owed_kind: str
    owed_id: int
    regime_title: str
    due: datetime
    is_open: bool
    instead_of_id: int | None
    name: str = ""
    phone: str = ""
    owed_name: str = ""
    owed_phone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message: which regime, due when, of whom asked (`to`), how many it was about and how many of them are open still."""

    regime: Regime
    due: datetime
    to: str
    count: int
    open: int
    operation_id: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its lines, for whoever it went to."""

    message: Message
    lines: list[Line] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether nothing it is about is open any more."""
        return all(line.open == 0 for line in self.lines)


@dataclass(frozen=True, slots=True)
class LastChased:
    """What was last done about an enrolment: the last reminder (`step` = to whom) and the last call with its outcome and note."""

    reminded_at: datetime | None = None
    to: str = ""
    call: Call | None = None


def unread(viewer: Viewer) -> int:
    """How many messages the viewer has not acknowledged; counting stops at 99."""
    if viewer.person_id is None:
        return 0
    return len(Message.objects.filter(person_id=viewer.person_id, acknowledged_at=None).values_list("pk")[:99])


def inbox(viewer: Viewer, *, before: int | None = None, limit: int = 20) -> list[Letter]:
    """The viewer's own messages, the newest first; those older than message `before`."""
    if viewer.person_id is None:
        return []
    found = Message.objects.filter(person_id=viewer.person_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return letters(list(found.order_by("-pk")[:limit]))


def letter(viewer: Viewer, pk: int) -> Letter:
    """One of the viewer's own messages; Http404 otherwise."""
    found = Message.objects.filter(pk=pk, person_id=viewer.person_id or 0).first()
    if found is None:
        raise Http404
    return letters([found])[0]


def letters(messages: Sequence[Message]) -> list[Letter]:
    """Messages with their lines as they stand now."""
    regimes = Regime.objects.in_bulk({line["regime"] for one in messages for line in one.lines})
    still = _open_counts([one.pk for one in messages])
    return [
        Letter(one, [
            Line(regimes[line["regime"]], _moment(line["due"]), line["to"], line["count"], still.get((one.pk, line["chase"]), 0),
                 regimes[line["regime"]].operation_id)
            for line in one.lines
        ])
        for one in messages
    ]  # fmt: skip


def about(viewer: Viewer, message: Message) -> list[About]:
    """What a message is about, the open first, 200 at most. Names of those one owes or answers for, else what the viewer may see."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.enrolment_id, e.subject_kind, e.subject_id, e.owed_kind, e.owed_id, e.regime_id, h.due, c.instead_of_id,"
            " NOT (coalesce(d.is_done OR d.is_excused OR NOT d.is_owed, false) OR x.record_id IS NOT NULL OR q.id IS NOT NULL) AS is_open"
            " FROM ledger_chased c JOIN ledger_chase h ON h.id = c.chase_id JOIN ledger_enrolment e ON e.id = c.enrolment_id"
            " LEFT JOIN ledger_discharge x ON x.window_id = c.window_id AND x.enrolment_id = c.enrolment_id"
            " LEFT JOIN ledger_duty d ON d.id = c.duty_id"
            " LEFT JOIN LATERAL (SELECT q.id FROM ledger_excuse q WHERE q.enrolment_id = c.enrolment_id AND q.removed_at IS NULL"
            "   AND q.since <= h.due AND q.until > h.due LIMIT 1) q ON true"
            " WHERE c.message_id = %s ORDER BY is_open DESC, h.due, c.id LIMIT %s",
            [message.pk, MANY],
        )
        rows = cursor.fetchall()
    titles = {one.pk: one.title for one in Regime.objects.filter(pk__in={row[5] for row in rows})}
    found = [
        About(row[0], row[1], row[2], row[3], row[4], titles[row[5]], row[6], row[8], row[7]) for row in rows
    ]  # fmt: skip
    is_mine = all(line["to"] in ("owing", "answerable") for line in message.lines)
    names.put_names(system("ledger.chase") if is_mine else viewer, found)
    return found


def _open_counts(ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(message, step) → how many of what it was about are open still."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.message_id, c.chase_id, count(*) FROM ledger_chased c JOIN ledger_chase h ON h.id = c.chase_id"
            " LEFT JOIN ledger_duty d ON d.id = c.duty_id"
            " WHERE c.message_id = ANY(%s::bigint[]) AND NOT coalesce(d.is_done OR d.is_excused OR NOT d.is_owed, false)"
            " AND NOT EXISTS (SELECT FROM ledger_discharge x WHERE x.window_id = c.window_id AND x.enrolment_id = c.enrolment_id)"
            " AND NOT EXISTS (SELECT FROM ledger_excuse q WHERE q.enrolment_id = c.enrolment_id AND q.removed_at IS NULL"
            "   AND q.since <= h.due AND q.until > h.due)"
            " GROUP BY 1, 2",
            [list(ids)],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def last_chased(enrolment_ids: Iterable[int], *, since: datetime | None = None) -> dict[int, LastChased]:
    """What was last done about each of these enrolments, of all times or from `since` on; those nobody chased are left out.

    For lists whose rows are in the viewer's reach already: it asks nobody's permission.
    """
    ids = list(enrolment_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, c.at, c.step_to FROM unnest(%s::bigint[]) AS k (id) CROSS JOIN LATERAL ("
            ' SELECT h.at, h."to" AS step_to FROM ledger_chased c JOIN ledger_chase h ON h.id = c.chase_id'
            "  WHERE c.enrolment_id = k.id AND (%s::timestamptz IS NULL OR h.at >= %s) ORDER BY h.at DESC, h.id DESC LIMIT 1) c",
            [ids, since, since],
        )
        reminded = {row[0]: row[1:] for row in cursor.fetchall()}
    made = Call.objects.filter(enrolment_id__in=ids).order_by("enrolment_id", "-at", "-pk").distinct("enrolment_id")
    calls = {one.enrolment_id: one for one in (made.filter(at__gte=since) if since else made)}
    found = {}
    for pk in reminded.keys() | calls.keys():
        reminded_at, to = reminded.get(pk, (None, ""))
        found[pk] = LastChased(reminded_at, to, calls.get(pk))
    return found


def calls_of(enrolment_id: int, *, limit: int = 50) -> list[Call]:
    """The calls about an enrolment, the newest first. For whoever has the enrolment in reach already."""
    return list(Call.objects.filter(enrolment_id=enrolment_id).order_by("-at", "-pk")[:limit])


def steps_about(enrolment_id: int, *, limit: int = 50) -> list[Chase]:
    """The steps of ladders taken about an enrolment, the newest first; the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.chase_id FROM ledger_chased c WHERE c.enrolment_id = %s ORDER BY 1 DESC LIMIT %s",
            [enrolment_id, limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(Chase.objects.filter(pk__in=ids).order_by("-at", "-pk"))


def steps(viewer: Viewer, *, operation_id: int | None = None) -> Any:
    """Every step taken in operations the viewer reaches, the newest first."""
    found = Chase.objects.select_related("regime").order_by("-at", "-pk")
    mine = [
        one.pk
        for one in Regime.objects.all()
        if operation_id in (None, one.operation_id) and not reach(viewer, VIEW, one.operation_id).is_nothing
    ]
    return found.filter(regime_id__in=mine)


def script(regime: Regime) -> str:
    """What to say on the telephone, in the reader's language; '' where the playbook gives nothing."""
    ladder = Ladder.objects.filter(operation_id=regime.operation_id, key=regime.ladder, ended_at=None).first()
    return said(ladder_of(ladder.steps).script) if ladder else ""


@dataclass(frozen=True, slots=True)
class Open:
    """An obligation one may telephone about: of a window or a duty, whose facts it asks, due when."""

    enrolment: Enrolment
    window: Window | None
    duty: Duty | None

    @property
    def due(self) -> datetime:
        return self.window.due if self.window else self.duty.due  # type: ignore[union-attr]

    @property
    def asks(self) -> list[str]:
        """The facts asked; of a duty, those of the regime's newest version."""
        if self.window:
            return list(self.window.asks)
        newest = self.enrolment.regime.versions.order_by("-number").first()
        return list(newest.asks) if newest else []


def open_of(
    viewer: Viewer, enrolment_id: int, *, now: datetime, window_id: int | None = None, permission: str = CHASE
) -> Open:
    """What an enrolment in reach owes: in that window, else in the one opened last, else the duty due last. Http404 out of reach or of nothing."""
    enrolment = Enrolment.objects.select_related("regime", "regime__operation").filter(pk=enrolment_id).first()
    if enrolment is None or not within(viewer, permission, enrolment):
        raise Http404
    windows = Window.objects.filter(regime_id=enrolment.regime_id, opens__lte=now).order_by("-opens", "-pk")
    window = (
        windows.filter(pk=window_id).first()
        if window_id is not None
        else windows.filter(closes__gt=now).first() or windows.first()
    )
    duty = None if window else Duty.objects.filter(enrolment=enrolment, opens__lte=now).order_by("-opens").first()
    if window is None and duty is None:
        raise Http404
    return Open(enrolment, window, duty)


def within(viewer: Viewer, permission: str, enrolment: Enrolment) -> bool:
    """Whether the viewer holds the permission where the enrolment counts now."""
    mine = reach(viewer, permission, enrolment.regime.operation_id)
    if mine.is_everything or mine.is_nothing:
        return mine.is_everything
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.lineage, u.lineage FROM ledger_seat s JOIN ledger_cell c ON c.id = s.cell_id"
            " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.until = timestamptz '9999-12-31 00:00+00'"
            " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.until = timestamptz '9999-12-31 00:00+00'"
            " WHERE s.enrolment_id = %s ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1",
            [enrolment.pk],
        )
        found = cursor.fetchone()
    return found is not None and mine.covers(found[0], found[1] or ())


def last_report(enrolment: Enrolment) -> Record | None:
    """The newest record about its subject."""
    return (
        Record.objects.filter(subject_kind=enrolment.subject_kind, subject_id=enrolment.subject_id)
        .order_by("-done_at")
        .first()
    )


def absences(viewer: Viewer, *, now: datetime) -> list[Absence]:
    """Absences running or to come: the viewer's own, and with the office for it those in reach of people who may be named."""
    found = (
        Absence.objects.filter(ended_at=None, until__gt=now)
        .select_related("person", "deputy", "person__place")
        .order_by("since")
    )
    if viewer.may("ledger.note_absence"):
        return list(found.filter(person__in=scopes.people(viewer, "ledger.note_absence")))
    return list(found.filter(person_id=viewer.person_id or 0))


def own_absences(viewer: Viewer, *, now: datetime) -> list[Absence]:
    """The viewer's own absences, running or to come, the soonest first."""
    found = Absence.objects.filter(person_id=viewer.person_id or 0, ended_at=None, until__gt=now)
    return list(found.select_related("deputy").order_by("since", "pk"))
