"""Re-encrypting what is stored under older keys. Modules say where their sealed values lie by hanging `sealed_columns`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from bulou.platform.manifest import extras
from bulou.platform.vault import ring
from bulou.platform.vault.sealing import seal, unseal

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A bytea column of sealed values. `about` is SQL giving the record's uuid for a row called `r`; the table's key is `id`.

    Example: `SealedColumn("registry_document", "sealed", "registry.document", "(SELECT uuid FROM registry_person p WHERE p.id = r.person_id)")`.
    """

    table: str
    column: str
    purpose: str
    about: str


def sealed_columns() -> list[SealedColumn]:
    """Every column the modules hung under `sealed_columns`."""
    return [column for columns in extras("sealed_columns") for column in columns]


def rotate(
    progress: Callable[[str, int], None] = lambda table, done: None, columns: Iterable[SealedColumn] | None = None
) -> int:
    """Seal anew, under the current data key, every value sealed under an older one; gives how many.

    In small transactions, so that it can be stopped and run again, and nobody waits. Older keys stay on the ring: backups need them.
    A value that does not open stops the run with its refusal; what was done stays done.
    """
    total = 0
    for column in sealed_columns() if columns is None else columns:
        after, done = 0, 0
        while batch := _next_batch(column, after):
            after = batch[-1][0]
            done += _reseal(column, batch)
            progress(column.table, done)
        total += done
    return total


def _next_batch(column: SealedColumn, after: int) -> list[tuple[int, bytes, UUID]]:
    current = ring.load().data[0].id
    words = sql.SQL(
        "SELECT r.id, r.{column}, {about} FROM {table} r"
        " WHERE r.id > %s AND octet_length(r.{column}) > 0 AND substring(r.{column} FROM 2 FOR 4) <> %s ORDER BY r.id LIMIT %s"
    ).format(column=sql.Identifier(column.column), table=sql.Identifier(column.table), about=sql.SQL(column.about))
    with connection.cursor() as cursor:
        cursor.execute(words, [after, current, _BATCH])
        return [(key, bytes(blob), about) for key, blob, about in cursor.fetchall()]


def _reseal(column: SealedColumn, batch: list[tuple[int, bytes, UUID]]) -> int:
    """The old value is named in the condition: a value somebody changed meanwhile is left to the newer writer."""
    fresh = []
    for key, blob, about in batch:
        text = unseal(blob, purpose=column.purpose, about=about)
        fresh.append((key, blob, seal(text, purpose=column.purpose, about=about)))
    ids, olds, news = (list(values) for values in zip(*fresh, strict=True))
    words = sql.SQL(
        "UPDATE {table} r SET {column} = n.fresh FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS n(id, old, fresh)"
        " WHERE r.id = n.id AND r.{column} = n.old"
    ).format(column=sql.Identifier(column.column), table=sql.Identifier(column.table))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words, [ids, olds, news])
        return int(cursor.rowcount)
