"""Who is missing: the rows behind the figures, with names and telephones; and runs of what was missed (core.gaps)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from bulou.core import gaps as core
from bulou.core.enrolments import Seat
from bulou.core.obligations import Obligation
from bulou.core.reviews import Review
from bulou.core.standing import Judged, Standing
from bulou.core.windows import Window as CoreWindow
from bulou.modules.ledger.models import Enrolment, Extension, GapReason, Window
from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.reach import VIEW, reach
from bulou.platform.access.viewer import Viewer

Key = tuple[tuple[int, ...], int, int]


@dataclass(slots=True)
class GapRow:
    """One obligation nobody has answered: who, where, whom to telephone, when last heard of. `standing` missing or pending."""

    enrolment_id: int
    subject_kind: str
    subject_id: int
    owed_kind: str
    owed_id: int
    place_id: int
    unit_id: int | None
    answerables: tuple[int, ...]
    last_report: datetime | None
    standing: str
    key: Key
    name: str = ""
    phone: str = ""
    owed_name: str = ""
    owed_phone: str = ""


@dataclass(frozen=True, slots=True)
class GapPage:
    """Rows in the order of the place tree; `after` = where the next page begins, None at the end."""

    rows: list[GapRow] = field(default_factory=list)
    after: Key | None = None


def gap_page(
    viewer: Viewer, window: Window, *, now: datetime, node_id: int | None = None, by: str = "place", after: Key | None = None,
    limit: int = 50,
) -> GapPage:  # fmt: skip
    """The unanswered of a window below a node (all in reach, unless told), so many at a time. Whoever shows it logs the look.

    Before the due time everything unanswered is pending; after it missing, save what a decision gave until later.
    """
    cells = _cells(viewer, window, now, node_id, by == "unit", after, limit + 1)
    spots = _spots(cells, after, limit + 1)
    rows = _rows(window, spots, now)
    page = rows[:limit]
    names.put_names(viewer, page)
    return GapPage(page, page[-1].key if len(rows) > limit else None)


def _cells(
    viewer: Viewer, window: Window, now: datetime, node_id: int | None, by_unit: bool, after: Key | None, limit: int
) -> list[tuple[int, list[int], str]]:
    """The cells with something open, in order: id, lineage, bits of what is open as text."""
    mine = reach(viewer, VIEW, window.regime.operation_id)
    at = min(now, window.due)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cell_id, lineage, open_bits FROM ledger_gap_cells(%s, %s, %s, %s, %s, %s::bigint[], %s::bigint[], %s::bigint[], %s, %s)",
            [
                window.pk, at, node_id, by_unit, mine.is_everything, list(mine.places), list(mine.units), list(after[0]) if after else [],
                after[1] if after else None, limit,
            ],
        )  # fmt: skip
        return cursor.fetchall()


def _spots(cells: Sequence[tuple[int, list[int], str]], after: Key | None, limit: int) -> list[Key]:
    """The first open ordinals, cell by cell."""
    found: list[Key] = []
    for cell_id, lineage, bits in cells:
        begin = after[2] + 1 if after and after[1] == cell_id else 0
        at = bits.find("1", begin)
        while at >= 0 and len(found) < limit:
            found.append((tuple(lineage), cell_id, at))
            at = bits.find("1", at + 1)
    return found


def _rows(window: Window, spots: Sequence[Key], now: datetime) -> list[GapRow]:
    if not spots:
        return []
    given = dict(Extension.objects.filter(window_id=window.pk, due__gte=now).values_list("enrolment_id", "due"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT enrolment_id, subject_kind, subject_id, owed_kind, owed_id, place_id, unit_id, answerables, last_report"
            " FROM ledger_gap_rows(%s::bigint[], %s::int[], %s)",
            [[cell for _l, cell, _o in spots], [ord_ for _l, _c, ord_ in spots], window.due],
        )
        found = cursor.fetchall()
    return [
        GapRow(
            enrolment_id=row[0], subject_kind=row[1], subject_id=row[2], owed_kind=row[3], owed_id=row[4], place_id=row[5], unit_id=row[6],
            answerables=tuple(row[7]), last_report=row[8], key=key,
            standing="pending" if now <= window.due or row[0] in given else "missing",
        )
        for key, row in zip(spots, found, strict=True)
    ]  # fmt: skip


def gap_runs(
    viewer: Viewer,
    enrolment_ids: Sequence[int],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    as_of: datetime | None = None,
) -> tuple[core.Gap, ...]:
    """The gaps of these enrolments (those in reach) among windows and duties opening in [start, end), the oldest first; ids as text.

    A gap's reason is the newest a person gave. Its kind: never answered, stopped, or struck by a decision.
    """
    at = as_of or now
    judged = judged_of(viewer, enrolment_ids, start=start, end=end, at=at)
    reasons = GapReason.objects.filter(enrolment_id__in=enrolment_ids, known_at__lte=at)
    return core.gaps(judged, reasons=[_given(one) for one in reasons])


def judged_of(
    viewer: Viewer, enrolment_ids: Sequence[int], *, start: datetime, end: datetime, at: datetime
) -> list[Judged]:
    """Every obligation of these enrolments that opens in [start, end), judged at `at`, as core judges it; names are ids as text."""
    enrolments = {one.pk: one for one in Enrolment.objects.filter(pk__in=enrolment_ids).select_related("regime")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.window_id, s.duty_id, s.enrolment_id, s.opens, s.due, s.is_done, s.is_late, s.is_excused, s.due_now,"
            " s.struck_record, c.place_id, c.unit_id, p.lineage, u.lineage, coalesce(w.closes, y.closes), coalesce(w.name, '')"
            " FROM ledger_states("
            "  ARRAY(SELECT w.id FROM ledger_window w WHERE w.opens >= %s AND w.opens < %s AND w.regime_id = ANY(%s::bigint[])), %s::bigint[],"
            "  ARRAY(SELECT d.id FROM ledger_duty d WHERE d.opens >= %s AND d.opens < %s AND d.opens <= %s AND d.enrolment_id = ANY(%s::bigint[])), %s) s"
            " JOIN ledger_cell c ON c.id = s.cell_id LEFT JOIN ledger_window w ON w.id = s.window_id LEFT JOIN ledger_duty y ON y.id = s.duty_id"
            " JOIN ledger_path p ON p.kind = 'place' AND p.node_id = c.place_id AND p.since <= least(%s, s.due) AND p.until > least(%s, s.due)"
            " LEFT JOIN ledger_path u ON u.kind = 'unit' AND u.node_id = c.unit_id AND u.since <= least(%s, s.due) AND u.until > least(%s, s.due)",
            [
                start, end, list({one.regime_id for one in enrolments.values()}), list(enrolments), start, end, at, list(enrolments), at,
                at, at, at, at,
            ],
        )  # fmt: skip
        rows = cursor.fetchall()
    reaches = {one.regime.operation_id: reach(viewer, VIEW, one.regime.operation_id) for one in enrolments.values()}
    return [
        _judged(enrolments[row[2]], row, at)
        for row in rows
        if reaches[enrolments[row[2]].regime.operation_id].covers(row[12], row[13] or ())
    ]


def _judged(enrolment: Enrolment, row: Sequence[Any], at: datetime) -> Judged:
    (
        _w,
        duty_id,
        _e,
        opens,
        due,
        is_done,
        is_late,
        is_excused,
        due_now,
        struck,
        place_id,
        unit_id,
        _pl,
        _ul,
        closes,
        name,
    ) = row
    seat = Seat(str(place_id), None if unit_id is None else str(unit_id), ())
    obligation = Obligation(
        enrolment=str(enrolment.pk), regime=str(enrolment.regime_id), version=0, asks=frozenset(), is_list=False,
        subject=f"{enrolment.subject_kind}:{enrolment.subject_id}", owed_by=f"{enrolment.owed_kind}:{enrolment.owed_id}",
        answerables=seat.answerables, place=seat.place, unit=seat.unit, window=CoreWindow(opens, due, closes, name),
        duty=str(duty_id or ""),
    )  # fmt: skip
    if is_excused:
        standing = Standing.EXCUSED
    elif is_done:
        standing = Standing.LATE if is_late else Standing.ON_TIME
    else:
        standing = Standing.PENDING if at <= due_now else Standing.MISSING
    review = Review(struck_at=at) if struck and not is_done else Review()
    return Judged(obligation, standing, due_now, at > due_now, None, None, review)


def _given(one: GapReason) -> core.Given:
    return core.Given(str(one.enrolment_id), one.about, one.reason, one.actor_name or "?", one.known_at)
