"""The prefecture's form of case A over three days: every number equals SQL of its own, today and as it was known at ten."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from bulou.modules.briefing.exports.sheets import filled_file
from bulou.modules.briefing.models import SheetFilling
from bulou.modules.briefing.queries.sheets import filling, kept
from bulou.modules.briefing.services import fill_due_sheets
from bulou.platform.access.viewer import system
from bulou.site.scenarios.cases import CASES
from bulou.site.scenarios.loading import load
from bulou.site.scenarios.reporting import report_day
from bulou.site.scenarios.superior import FIRST, OFFICES, TOWNS, add_superior_form

NOW = datetime(2020, 1, 26, 0, 0, tzinfo=UTC)
DAYS = [date(2020, 1, day) for day in (26, 27, 28)]
LATER = datetime(2020, 1, 29, 4, 0, tzinfo=UTC)
BY = system("tests")

# (owed, answered by the moment) of a regime and day: of a place and all below it, or of a unit, by who is enrolled and what was received.
COUNTED = """
WITH owed AS (
  SELECT w.opens, w.closes, w.asks, w.is_list, e.subject_kind, e.subject_id
    FROM ledger_window w JOIN ledger_regime g ON g.id = w.regime_id AND g.operation_id = %(operation)s AND g.key = %(regime)s
    JOIN ledger_enrolment e ON e.regime_id = g.id AND e.starts <= w.opens AND e.known_at <= w.due
   WHERE (w.opens AT TIME ZONE 'Asia/Shanghai')::date = %(day)s
     AND CASE e.subject_kind
           WHEN 'place' THEN EXISTS (SELECT FROM registry_place p WHERE p.id = e.subject_id AND p.lineage @> ARRAY[%(node)s]::bigint[])
           ELSE EXISTS (SELECT FROM registry_person h JOIN registry_place p ON p.id = h.place_id WHERE h.id = e.subject_id AND p.lineage @> ARRAY[%(node)s]::bigint[])
                AND NOT %(is_unit)s
             OR EXISTS (SELECT FROM registry_membership m WHERE m.person_id = e.subject_id AND m.unit_id = %(node)s) AND %(is_unit)s
         END
)
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM ledger_record r WHERE r.subject_kind = o.subject_kind AND r.subject_id = o.subject_id AND r.happened_at >= o.opens
       AND r.happened_at < o.closes AND r.received_at <= %(at)s AND CASE WHEN o.is_list THEN r.lines IS NOT NULL ELSE r.stated @> o.asks END))
  FROM owed o
"""


def counted(operation: Any, regime: str, day: date, node: int, at: datetime, is_unit: bool = False) -> tuple[int, int]:
    """(owed, answered) from enrolments and records alone."""
    given = {"operation": operation.pk, "regime": regime, "day": day, "node": node, "at": at, "is_unit": is_unit}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, given)
        owed, answered = cursor.fetchone()
    return owed, answered


STATED = """
SELECT sum((coalesce((SELECT v.facts FROM ledger_recordversion v WHERE v.record_id = r.id AND v.received_at <= %(at)s ORDER BY v.number DESC LIMIT 1),
                     r.facts) ->> %(fact)s)::numeric)
  FROM ledger_record r WHERE r.subject_kind = 'unit' AND r.subject_id = %(unit)s AND r.received_at <= %(at)s
   AND (r.happened_at AT TIME ZONE 'Asia/Shanghai')::date = %(day)s
"""


def stated(day: date, fact: str, unit: int, at: datetime) -> int | None:
    """What a department stated on a day, from its records alone; None if nothing."""
    with connection.cursor() as cursor:
        cursor.execute(STATED, {"day": day, "fact": fact, "unit": unit, "at": at})
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


@pytest.mark.django_db
def test_the_form_of_case_a_is_filled_on_three_days(client: Client) -> None:
    loaded = load("qumalai", seed=7, now=NOW, residents=CASES["qumalai"].fewest)
    sheet = add_superior_form(loaded.operation, by=BY, now=NOW)
    for day in DAYS:
        report_day(loaded.operation, day, 7)
    known = {
        one.name: one for one in filling.catalogue(BY, loaded.operation, now=LATER).nodes if one.level != "village"
    }
    held = {one.key for one in kept.mapped_cells(sheet)}
    assert len(held) == 6 * 8 + 10 * 6 + 2 + 3, (
        "every town, every department, the day and the unit, three figures of organisation"
    )
    seen = 0
    for day in DAYS:
        for wanted in (time(17, 45), None):
            _day, at = filling.moment(sheet, day=day, at=wanted, now=LATER)
            made = filling.filled(BY, sheet, day=day, at=at, now=LATER)
            book = load_workbook(
                io.BytesIO(filled_file(made, base="http://testserver", by="tests", now=LATER, seal_head="x"))
            )
            assert not [one for one in made.cells if one.is_left_out]
            seen += _check_towns(book[TOWNS], loaded.operation, day, at, known)
            seen += _check_offices(book[OFFICES], loaded.operation, day, at, known)
            assert [book[OFFICES][cell].value for cell in ("C3", "E3", "G3")] == [16, 159, 354]
    assert seen > 3 * 2 * 700, "the numbers are not all noughts"
    _filled_by_itself(sheet)


def _check_towns(page: Any, operation: Any, day: date, at: datetime, known: dict[str, Any]) -> int:
    total = 0
    for row in range(FIRST, FIRST + 6):
        node = known[page[f"B{row}"].value].id
        for first, regime in (("C", "resident-list"), ("G", "returnee-health")):
            total += _check_row(page, row, first, counted(operation, regime, day, node, at))
    assert page[f"C{FIRST + 6}"].value == f"=SUM(C{FIRST}:C{FIRST + 5})"
    return total


def _check_offices(page: Any, operation: Any, day: date, at: datetime, known: dict[str, Any]) -> int:
    rows = range(FIRST, FIRST + 10)
    for row in rows:
        for column, fact in (("G", "staff_on_post"), ("H", "staff_absent")):
            total = stated(day, fact, known[page[f"B{row}"].value].id, at)
            assert page[f"{column}{row}"].value == ("不详" if total is None else total), (day, row, column)
    return sum(
        _check_row(
            page, row, "C", counted(operation, "staff-daily", day, known[page[f"B{row}"].value].id, at, is_unit=True)
        )
        for row in rows
    )


def _check_row(page: Any, row: int, first: str, found: tuple[int, int]) -> int:
    """Expected, reported, the rate; missing is no more than what is left, and all of it once the day is over."""
    owed, answered = found
    expected, actual, missing, rate = (page.cell(row, page[f"{first}{row}"].column + place).value for place in range(4))
    assert (expected, actual) == (owed, answered), (row, first)
    assert missing in (0, owed - answered), (row, first)
    assert rate == (pytest.approx(answered / owed) if owed else "不详"), (row, first)
    return expected


def _filled_by_itself(sheet: Any) -> None:
    """The house was off for three days: each day is filled afterwards as of its hour, and only once."""
    assert fill_due_sheets(by=BY, now=LATER) == len(DAYS)
    assert fill_due_sheets(by=BY, now=LATER + timedelta(hours=1)) == 0
    kept_days = {one.day: one for one in SheetFilling.objects.filter(sheet=sheet)}
    assert sorted(kept_days) == DAYS
    for day, one in kept_days.items():
        again = filling.filled(BY, sheet, day=day, at=one.as_of, now=LATER)
        assert [each.as_json() for each in again.cells] == one.cells, "as of its hour, however late"
