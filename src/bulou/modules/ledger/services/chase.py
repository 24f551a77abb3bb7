"""The tick that reminds: takes every step of a ladder that has come due, once, and writes one message to each person however much they owe.

All in one transaction: killed at any moment it has either happened or not, and the next run goes on from there. Set-based: who is reminded
of what is worked out in the database; only offices (leads, townships, headquarters) are looked up, cell by cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from bulou.modules.ledger.models import Chase, Duty, Extension, Ladder, Regime, Window
from bulou.modules.ledger.queries.offices import Spot, people_for
from bulou.modules.ledger.rules import chase as rules
from bulou.modules.ledger.services.senders import hand_over
from bulou.platform.access.viewer import system
from bulou.platform.journal.services import write
from bulou.platform.manifest import extras

BY = system("ledger.chase")
SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Aim:
    """A due time a step may be about: of a window (its own, or one a decision gave later), or of duties."""

    regime: Regime
    window_id: int | None
    due: datetime


def chase(now: datetime) -> str:
    """Take every step that is due at `now`; gives what was done, in words for the page of background work. May be called again at any time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger.chase', 0))")
        taken = _take_steps(now)
        sent = [one for one in taken if one.outcome != Chase.Outcome.SKIPPED]
        people = _remind(sent, now) if sent else 0
        _journal(taken, now)
    return f"{len(taken)} steps, {people} messages" if taken else ""


def _take_steps(now: datetime) -> list[Chase]:
    """A row for every step reached, sent or left out. Rows that are there already stay as they are."""
    made: list[Chase] = []
    for regime, ladder in _laddered():
        zone = ZoneInfo(regime.zone)
        if rules.is_quiet(ladder, now, zone):
            continue
        done = _done(regime, ladder, now)
        for aim in _aims(regime, ladder, now):
            verdict = rules.steps_due(ladder, aim.due, now=now, zone=zone, done=done[aim.window_id, aim.due])
            made += [_row(aim, step, now, Chase.Outcome.SKIPPED) for step in verdict.skip]
            if verdict.send is not None:
                made.append(_row(aim, verdict.send, now, Chase.Outcome.SENT))
    return Chase.objects.bulk_create(made)


def _laddered() -> list[tuple[Regime, rules.Ladder]]:
    """The regimes in force that have a ladder."""
    regimes = Regime.objects.filter(ended_at=None).exclude(ladder="").order_by("operation_id", "key")
    written = {
        (operation_id, key): steps
        for operation_id, key, steps in Ladder.objects.filter(ended_at=None).values_list("operation_id", "key", "steps")
    }
    known = [(one, rules.ladder_of(written.get((one.operation_id, one.ladder)))) for one in regimes]
    return [(regime, ladder) for regime, ladder in known if ladder.steps]


def _aims(regime: Regime, ladder: rules.Ladder, now: datetime) -> Iterable[Aim]:
    back, ahead = rules.span_of(ladder)
    span = (now - back, now + ahead)
    windows = (
        Window.objects.filter(regime=regime, due__range=span, opens__lte=now)
        .values_list("pk", "due")
        .order_by("due", "pk")
    )
    known = dict(windows)
    yield from (Aim(regime, window_id, due) for window_id, due in windows)
    given = Extension.objects.filter(due__range=span, is_done=False, is_excused=False)
    given = given.filter(window_id__in=Window.objects.filter(regime=regime).values("pk"))
    for window_id, due in given.values_list("window_id", "due").distinct().order_by("due", "window_id"):
        if known.get(window_id) != due:
            yield Aim(regime, window_id, due)
    duties = Duty.objects.filter(
        enrolment__regime=regime, due_now__range=span, opens__lte=now, is_owed=True, is_done=False, is_excused=False
    )
    moments = duties.values_list("due_now", flat=True).distinct().order_by("due_now")
    yield from (Aim(regime, None, due) for due in moments if due is not None)


def _done(regime: Regime, ladder: rules.Ladder, now: datetime) -> dict[tuple[int | None, datetime], list[int]]:
    back, _ahead = rules.span_of(ladder)
    found: dict[tuple[int | None, datetime], list[int]] = defaultdict(list)
    for window_id, due, step in Chase.objects.filter(regime=regime, due__gte=now - back).values_list(
        "window_id", "due", "step"
    ):
        found[window_id, due].append(step)
    return found


def _row(aim: Aim, step: rules.Step, now: datetime, outcome: str) -> Chase:
    return Chase(
        regime=aim.regime, window_id=aim.window_id, due=aim.due, step=step.number, to=step.to, moment=aim.due + step.offset, at=now,
        outcome=outcome,
    )  # fmt: skip


def _remind(sent: Sequence[Chase], now: datetime) -> int:
    """Write to everybody these steps concern; gives how many people."""
    with connection.cursor() as cursor:
        _gather(sent, now)
        cursor.execute(
            "SELECT DISTINCT g.chase, g.cell, c.place_id, c.unit_id FROM ledger_gathered g JOIN ledger_cell c ON c.id = g.cell"
        )
        by_id = {one.pk: one for one in sent}
        spots = [
            Spot(chase_id, by_id[chase_id].to, by_id[chase_id].regime.operation_id, cell_id, place_id, unit_id)
            for chase_id, cell_id, place_id, unit_id in cursor.fetchall()
        ]
        _address(people_for(spots, now=now), now)
        messages = _write_messages(now)
        _count(sent)
        cursor.execute("DROP TABLE ledger_gathered, ledger_addressed")
    hand_over(messages, by=BY, now=now)
    return len(messages)


def _gather(sent: Sequence[Chase], now: datetime) -> None:
    """What is open under these steps: one row an obligation, in ledger_gathered."""
    of_windows = [one for one in sent if one.window_id is not None]
    of_duties = [one for one in sent if one.window_id is None]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE ledger_gathered ON COMMIT DROP AS"
            " SELECT k.chase, k.step_to, o.window_id, NULL::bigint AS duty_id, o.cell_id AS cell, e.id AS enrolment, e.owed_kind, e.owed_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]) AS k (chase, step_to, win, due)"
            " JOIN ledger_window w ON w.id = k.win"
            " CROSS JOIN LATERAL (SELECT t.window_id, t.cell_id, t.owed & ~(t.done | coalesce(t.excused, t.done)) AS bits FROM ledger_tally t"
            "   WHERE t.window_id = k.win AND t.n_expected > t.n_on_time + t.n_late OFFSET 0) o"
            " JOIN ledger_seat s ON s.cell_id = o.cell_id AND s.ord < length(o.bits) AND get_bit(o.bits, s.ord) = 1"
            " JOIN ledger_enrolment e ON e.id = s.enrolment_id"
            " LEFT JOIN ledger_extension x ON x.window_id = o.window_id AND x.enrolment_id = e.id"
            " WHERE coalesce(x.due, w.due) = k.due",
            [
                [one.pk for one in of_windows],
                [one.to for one in of_windows],
                [one.window_id for one in of_windows],
                [one.due for one in of_windows],
            ],
        )
        cursor.execute(
            "INSERT INTO ledger_gathered"
            " SELECT k.chase, k.step_to, NULL, d.id, d.cell_id, e.id, e.owed_kind, e.owed_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]) AS k (chase, step_to, regime, due)"
            " JOIN ledger_enrolment e ON e.regime_id = k.regime JOIN ledger_duty d ON d.enrolment_id = e.id AND d.due_now = k.due"
            " WHERE d.is_owed AND NOT d.is_done AND NOT d.is_excused AND d.opens <= %s",
            [
                [one.pk for one in of_duties],
                [one.to for one in of_duties],
                [one.regime_id for one in of_duties],
                [one.due for one in of_duties],
                now,
            ],
        )
        cursor.execute("ANALYZE ledger_gathered")


def _address(offices: Sequence[tuple[int, int, int]], now: datetime) -> None:
    """To whom each goes, in ledger_addressed: one who is away passes it to the deputy, one known to be off duty is left out where others remain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE ledger_addressed ON COMMIT DROP AS"
            " WITH direct AS ("
            "  SELECT g.*, CASE WHEN g.step_to NOT IN ('owing', 'answerable') THEN '{}'"
            "     WHEN g.owed_kind = 'person' AND (g.step_to = 'owing' OR coalesce(cardinality(a.answerables), 0) = 0) THEN ARRAY[g.owed_id]"
            "     ELSE coalesce(a.answerables, '{}') END AS people FROM ledger_gathered g"
            "   LEFT JOIN LATERAL (SELECT s.answerables FROM ledger_seat s WHERE s.enrolment_id = g.enrolment AND s.answerables IS NOT NULL"
            "     AND s.at <= %s ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1) a ON true"
            " ), asked AS ("
            "  SELECT d.chase, d.enrolment, d.window_id, d.duty_id, p.person FROM direct d CROSS JOIN LATERAL unnest(d.people) AS p (person)"
            "  UNION"
            "  SELECT d.chase, d.enrolment, d.window_id, d.duty_id, k.person FROM direct d"
            "   JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (chase, cell, person) ON k.chase = d.chase AND k.cell = d.cell"
            "   WHERE d.people = '{}'"
            " ), away AS ("
            "  SELECT DISTINCT ON (b.person_id) b.person_id, b.deputy_id FROM ledger_absence b"
            "   WHERE b.since <= %s AND b.until > %s AND b.ended_at IS NULL ORDER BY b.person_id, b.known_at DESC, b.id DESC"
            " ) SELECT a.chase, a.enrolment, a.window_id, a.duty_id, coalesce(w.deputy_id, a.person) AS person,"
            "    min(a.person) FILTER (WHERE w.deputy_id IS NOT NULL) AS instead_of"
            "   FROM asked a LEFT JOIN away w ON w.person_id = a.person GROUP BY 1, 2, 3, 4, 5",
            [now, [one[0] for one in offices], [one[1] for one in offices], [one[2] for one in offices], now, now],
        )
        # Without statistics a table made just now is joined by loops: of half a million rows that takes hours.
        cursor.execute("ANALYZE ledger_addressed")
        cursor.execute("SELECT DISTINCT person FROM ledger_addressed")
        everybody = [row[0] for row in cursor.fetchall()]
        if off := sorted(_off_duty(everybody, now)):
            cursor.execute(
                "DELETE FROM ledger_addressed a USING ledger_gathered g WHERE g.chase = a.chase AND g.enrolment = a.enrolment"
                " AND g.duty_id IS NOT DISTINCT FROM a.duty_id AND g.step_to <> 'owing'"
                " AND a.person = ANY(%s::bigint[]) AND EXISTS (SELECT FROM ledger_addressed o WHERE o.chase = a.chase AND o.enrolment = a.enrolment"
                "   AND o.duty_id IS NOT DISTINCT FROM a.duty_id AND o.person <> ALL(%s::bigint[]))",
                [off, off],
            )


def _off_duty(people: Sequence[int], now: datetime) -> set[int]:
    """Those of these persons whom a module above knows to be off duty: manifests' `off_duty`, (person ids, now) → ids."""
    return {person for ask in extras("off_duty") for person in ask(people, now)}


def _write_messages(now: datetime) -> list[int]:
    """One message a person with a line for each step it is about, and what it is about; the messages' ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH line AS ("
            '  SELECT a.person, a.chase, h.regime_id, h.due, h."to" AS step_to, count(*) AS n FROM ledger_addressed a'
            "   JOIN ledger_chase h ON h.id = a.chase GROUP BY 1, 2, 3, 4, 5"
            " ), made AS ("
            "  INSERT INTO ledger_message (uuid, person_id, at, lines, channel)"
            "  SELECT gen_random_uuid(), l.person, %s, jsonb_agg(jsonb_build_object('chase', l.chase, 'regime', l.regime_id, 'due', l.due,"
            "     'to', l.step_to, 'count', l.n) ORDER BY l.due, l.regime_id, l.chase), '' FROM line l GROUP BY l.person RETURNING id, person_id"
            " ), about AS ("
            "  INSERT INTO ledger_chased (chase_id, message_id, enrolment_id, window_id, duty_id, person_id, instead_of_id)"
            "  SELECT a.chase, m.id, a.enrolment, a.window_id, a.duty_id, a.person, a.instead_of"
            "   FROM ledger_addressed a JOIN made m ON m.person_id = a.person RETURNING message_id"
            " ) SELECT m.id FROM made m",
            [now],
        )
        return [row[0] for row in cursor.fetchall()]


def _count(sent: Sequence[Chase]) -> None:
    """Keep with each step how much it was about and how many it reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.chase, count(*), count(*) FILTER (WHERE a.chase IS NULL) FROM ledger_gathered g LEFT JOIN ("
            "  SELECT DISTINCT chase, enrolment, coalesce(duty_id, 0) AS duty FROM ledger_addressed"
            " ) a ON a.chase = g.chase AND a.enrolment = g.enrolment AND a.duty = coalesce(g.duty_id, 0) GROUP BY g.chase"
        )
        counted = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT a.chase, count(DISTINCT a.person) FROM ledger_addressed a GROUP BY a.chase")
        people = dict(cursor.fetchall())
    for one in sent:
        one.n_open, one.n_unreached = counted.get(one.pk, (0, 0))
        one.n_people = people.get(one.pk, 0)
        one.outcome = Chase.Outcome.SENT if one.n_people else Chase.Outcome.NOBODY
    Chase.objects.bulk_update(sent, ["n_open", "n_unreached", "n_people", "outcome"])


def _journal(taken: Sequence[Chase], now: datetime) -> None:
    """A line for every step taken; of small ones with the persons written to."""
    for one in taken:
        people: list[int] = []
        if 0 < one.n_people <= SHOWN:
            people = _people_of(one)
        write(
            by=BY, action="ledger.chased", kind="registry.person", subjects=people, now=now, happened_at=one.moment,
            data={
                "chase": one.pk, "regime": one.regime_id, "due": one.due.isoformat(), "step": one.step, "to": one.to,
                "outcome": str(one.outcome), "open": one.n_open, "people": one.n_people, "unreached": one.n_unreached,
            },
        )  # fmt: skip


def _people_of(one: Chase) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT c.person_id FROM ledger_chased c WHERE c.chase_id = %s ORDER BY 1", [one.pk])
        return [row[0] for row in cursor.fetchall()]
