"""The lines to the database that the door has for itself: a few connections with the one statement prepared, no transaction but the statement's.

A submission is one call of `collection_receive`. On these lines it costs one round trip and commits by itself; inside somebody's transaction
(corrections, attachments, tests) the same statement runs on Django's connection.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from queue import Empty, LifoQueue
from typing import Any

import psycopg
from django.db import connection
from psycopg import pq
from psycopg.conninfo import make_conninfo

SIZE = int(os.environ.get("BULOU_DOOR_LINES", "6"))
TYPES = (
    "bigint", "bigint", "bigint", "text", "text[]", "text[]", "text", "bigint", "boolean", "text", "text", "bytea", "integer", "bytea", "jsonb",
    "bytea", "text", "text", "boolean", "text[]", "uuid", "jsonb", "text[]", "bytea", "jsonb", "text[]", "timestamptz", "timestamptz", "boolean",
    "text", "text", "boolean", "bigint", "timestamptz",
)  # fmt: skip
SQL = "SELECT outcome, submission, reason, filed FROM collection_receive({})"
_NAME = b"receive"
_TRIES = 3
_AGAIN = {"40001", "40P01"}  # somebody else's lock came first: nothing was done, and doing it again is right
_OPTIONS = "-c plan_cache_mode=force_generic_plan -c jit=off -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"

Answer = tuple[str, int | None, str, int | None]


def ask(values: Sequence[str | bytes | None]) -> Answer:
    """(outcome, submission, reason, record) of one call; `values` in the order of TYPES, as PostgreSQL reads them."""
    if connection.in_atomic_block:
        return _ask_inside(values)
    for attempt in range(_TRIES):
        line = _take()
        try:
            found = _ask_on(line, values)
        except psycopg.Error as problem:
            is_cut = line.pgconn.status != pq.ConnStatus.OK or (problem.sqlstate or "").startswith("57P")
            if is_cut:
                line.close()
            _give_back(line)
            if attempt < _TRIES - 1 and (is_cut or problem.sqlstate in _AGAIN):
                continue  # whether it was committed or not: the same again does no harm
            raise
        except BaseException:
            _give_back(line)
            raise
        _give_back(line)
        return found
    raise AssertionError("unreachable")


def _ask_on(line: psycopg.Connection[Any], values: Sequence[str | bytes | None]) -> Answer:
    raw: Any = [
        value.encode() if isinstance(value, str) else value for value in values
    ]  # None = NULL; psycopg's stubs do not know it
    result = line.pgconn.exec_prepared(_NAME, raw, _FORMATS)
    if result.status != pq.ExecStatus.TUPLES_OK:
        raise psycopg.errors.error_from_result(result)
    outcome, submission, reason, filed = (result.get_value(0, column) for column in range(4))
    return (
        (outcome or b"").decode(),
        int(submission) if submission else None,
        (reason or b"").decode(),
        int(filed) if filed else None,
    )


def _ask_inside(values: Sequence[str | bytes | None]) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(SQL.format(", ".join(f"%s::{kind}" for kind in TYPES)), list(values))
        outcome, submission, reason, filed = cursor.fetchone()
    return outcome, submission, reason or "", filed


_FORMATS = [pq.Format.BINARY if kind == "bytea" else pq.Format.TEXT for kind in TYPES]
_idle: LifoQueue[psycopg.Connection[Any] | None] = LifoQueue()
for _ in range(SIZE):
    _idle.put(None)


def _take() -> psycopg.Connection[Any]:
    line = _idle.get()
    if line is None or line.closed:
        try:
            line = _open()
        except BaseException:
            _idle.put(None)
            raise
    return line


def _give_back(line: psycopg.Connection[Any]) -> None:
    _idle.put(None if line.closed else line)


def close_lines() -> None:
    """Close what is idle (between tests)."""
    kept = 0
    while True:
        try:
            line = _idle.get_nowait()
        except Empty:
            break
        kept += 1
        if line is not None:
            line.close()
    for _ in range(kept):
        _idle.put(None)


def _open() -> psycopg.Connection[Any]:
    given: dict[str, Any] = {
        key: value for key, value in connection.get_connection_params().items() if isinstance(value, str | int)
    }
    role = connection.settings_dict["OPTIONS"].get("assume_role")
    options = f"{given.pop('options', '')} {_OPTIONS} {f'-c role={role}' if role else ''}".strip()
    line = psycopg.connect(make_conninfo(**given, options=options), autocommit=True)
    prepared = line.pgconn.prepare(
        _NAME, SQL.format(", ".join(f"${number}::{kind}" for number, kind in enumerate(TYPES, start=1))).encode()
    )
    if prepared.status != pq.ExecStatus.COMMAND_OK:
        problem = psycopg.errors.error_from_result(prepared)
        line.close()
        raise problem
    return line
