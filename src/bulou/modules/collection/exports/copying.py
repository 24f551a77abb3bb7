"""CSV straight out of the database: one COPY, no row passes through Python. For plain answers; labels and opened answers take exports.rows.

A cell that a spreadsheet program would run as a formula gets an apostrophe in front, as rules.columns.harmless says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import connection
from django.db.models import QuerySet
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.rules.columns import Question, Rounds
from bulou.platform.pages.context import lent

LINES = 500
MARK = "\ufeff".encode()  # so that Excel reads UTF-8
# What stands of the submission itself before the answers.
META = ("instance_id", "version", "edits", "received_at", "happened_at", "sender", "source", "device", "state")
FIELDS = (
    "id", "instance_id", "version_id", "number", "received_at", "happened_at", "sender_name", "source", "device", "is_held", "is_test", "xml",
    "answers",
)  # fmt: skip
_FORMULA = "'^[-+]?[0-9]*[.]?[0-9]+$'"


@dataclass(slots=True)
class Select:
    """SQL under way: expressions with their values, in order."""

    words: list[str]
    values: list[Any]

    def add(self, words: str, *values: Any) -> None:
        """One column more."""
        self.words.append(words)
        self.values.extend(values)


def write_main(asked: Asked, out: BinaryIO) -> None:
    """The submissions themselves, a line each, questions in repeats left out; with a head line."""
    select, heads = Select([], []), []
    if exercise := lent("exercise", asked.now):
        heads.append("exercise")
        select.add("%s::text", exercise)
    _add_meta(asked, select)
    for question in shown(asked, asked.of.shape.questions):
        heads_name = question.header(grouped=asked.is_grouped)
        heads.append(heads_name)
        select.add(_guarded("(s.answers ->> %s)"), *[question.path] * 4)
    at = 1 if exercise else 0
    _copy(asked, [*heads[:at], *META, *heads[at:]], select, "", [], out)


def write_rounds(asked: Asked, rounds: Rounds, out: BinaryIO) -> None:
    """The rounds of a repeat, a line each: of which submission, the number of the round (2.1: first of the second), its answers."""
    select = Select(["s.instance_id"], [])
    joins, values, numbers, last = _unrolled(asked, rounds)
    select.add(
        " || '.' || ".join(f"{number}::text" for number in numbers) if len(numbers) > 1 else f"{numbers[0]}::text"
    )
    for question in shown(asked, rounds.questions):
        select.add(_guarded(f"({last} ->> %s)"), *[question.path] * 4)
    heads = ["instance_id", "round", *(one.header(grouped=asked.is_grouped) for one in shown(asked, rounds.questions))]
    _copy(asked, heads, select, joins, values, out)


def shown(asked: Asked, questions: Sequence[Question]) -> list[Question]:
    """The questions that go out: sensitive ones only where a reason was given."""
    return [one for one in questions if asked.is_opened or not one.is_secret]


def heading(heads: Sequence[str]) -> bytes:
    """The first line of a CSV file, with the mark by which Excel knows its encoding."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(heads)
    return MARK + text.getvalue().encode()


def _add_meta(asked: Asked, select: Select) -> None:
    select.add(_guarded("s.instance_id"))
    names = {row.pk: row.version for row in asked.of.versions}
    whens = " ".join("WHEN %s THEN %s" for _name in names)
    select.add(
        f"CASE s.version_id {whens} END" if names else "NULL", *[part for pair in names.items() for part in pair]
    )
    select.add("greatest(s.number - 1, 0)")
    select.add("s.received_at")
    select.add("s.happened_at")
    for column in ("s.sender_name", "s.source", "s.device"):
        select.add(_guarded(column))
    waits = "EXISTS (SELECT FROM collection_held h WHERE h.submission_id = s.id AND h.settled_at IS NULL)"
    select.add(
        "CASE WHEN s.xml IS NULL THEN 'forgotten' WHEN s.is_test THEN 'test'"
        f" WHEN s.is_held THEN CASE WHEN {waits} THEN 'held' ELSE 'settled' END ELSE 'received' END"
    )


def _guarded(value: str) -> str:
    """The value, with an apostrophe where it would run. Four times in the words: each %s in it is needed four times."""
    return f"CASE WHEN ascii({value}) IN (61, 43, 45, 64, 9, 13) AND {value} !~ {_FORMULA} THEN '''' || {value} ELSE {value} END"


def _unrolled(asked: Asked, rounds: Rounds) -> tuple[str, list[Any], list[str], str]:
    """The joins that unroll a repeat and those around it; the values in them, the columns of the numbers, the last one's answers."""
    line = [rounds]
    by_path = {one.path: one for one in asked.of.shape.repeats}
    while line[0].inside:
        line.insert(0, by_path[line[0].inside])
    joins, values, numbers, before = "", [], [], "s.answers"
    for number, one in enumerate(line):
        here = f"r{number}"
        joins += (
            f" CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof({before} -> %s) WHEN 'array' THEN {before} -> %s END)"
            f" WITH ORDINALITY {here} (answers, place)"
        )
        values += [one.path, one.path]
        numbers.append(f"{here}.place")
        before = f"{here}.answers"
    return joins, values, numbers, before


def _copy(
    asked: Asked, heads: Sequence[str], select: Select, joins: str, join_values: Sequence[Any], out: BinaryIO
) -> None:
    inner, inner_values = _compiled(asked.rows)
    words = f"COPY (SELECT {', '.join(select.words)} FROM ({inner}) s{joins} ORDER BY s.id) TO STDOUT (FORMAT csv)"
    out.write(heading(heads))
    with _local_time(), connection.cursor() as cursor:
        for block in _blocks(cursor, words, [*select.values, *inner_values, *join_values]):
            out.write(block)


def _blocks(cursor: Any, words: str, values: Sequence[Any]) -> Iterator[bytes]:
    """What the server sends, a few hundred lines at a time. Asked of libpq itself: the driver's own reader waits anew for every line, which
    takes longer than everything else here."""
    pgconn = cursor.connection.pgconn
    result = pgconn.exec_(cursor.mogrify(words, values).encode())
    if result.status != ExecStatus.COPY_OUT:
        raise error_from_result(result)
    held: list[bytes] = []
    while True:
        size, line = pgconn.get_copy_data(0)
        if size <= 0:
            break
        held.append(bytes(line))
        if len(held) == LINES:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)
    while (result := pgconn.get_result()) is not None:
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)


def _compiled(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    words, values = rows.order_by().values(*FIELDS).query.sql_with_params()
    return words, values


@contextmanager
def _local_time() -> Iterator[None]:
    """Moments as the county's clocks show them, with their offset."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Shanghai'")
        cursor.execute("SET LOCAL DateStyle = 'ISO, YMD'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
