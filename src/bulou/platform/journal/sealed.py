"""Which tables are sealed, and the canonical form their digests are taken of. Modules hang theirs under `sealed_tables`.

Canonical form of a row: the netstrings (`5:hello,`; NULL is `-`) of the table's name, the row's id and each column's text as PostgreSQL
writes it with time zone UTC, ISO dates and hexadecimal bytes. Digest: SHA-256 of the subject's sixteen secret bytes, then that.
The same in words for a reader with a programme of his own: docs/journal.md; a programme: tools/verify_journal.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from psycopg import sql

from bulou.platform.manifest import extras

FEW = 8  # a line about more subjects than this is a batch: it says nothing about one of them, and is not forgotten with one
BEGINNING = (-(2**63), -(2**63))
ENTRY = 48

SETTINGS = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601';"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
)


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table to seal (made sealable by guards). `columns` are what its digests cover.

    `kind` and `subject` are SQL over a row `r`: whose secret keys the digest, in the words of the Forgets that erases it
    (`'registry.person'`, `r.person_id`). Rows of one subject are forgotten together.
    """

    name: str
    columns: tuple[str, ...]
    kind: str
    subject: str


def tables() -> dict[str, SealedTable]:
    """Every sealed table, by name."""
    return {table.name: table for found in extras("sealed_tables") for table in found}


def by_subjects(short: str) -> dict[str, str]:
    """`kind` and `subject` for tables with `kind`, `subjects` and `at`: one subject: its own; a few: the row's; a batch: the month's."""
    return {
        "kind": f"CASE WHEN cardinality(r.subjects) = 1 THEN r.kind WHEN cardinality(r.subjects) BETWEEN 2 AND {FEW} THEN '{short}' ELSE 'journal.month' END",
        "subject": "CASE WHEN cardinality(r.subjects) = 1 THEN r.subjects[1]"
        f" WHEN cardinality(r.subjects) BETWEEN 2 AND {FEW} THEN r.id"
        " ELSE to_char(r.at AT TIME ZONE 'UTC', 'YYYYMM')::bigint END",
    }


def netstring(text: str | None) -> bytes:
    """One value of the canonical form."""
    if text is None:
        return b"-"
    body = text.encode()
    return str(len(body)).encode() + b":" + body + b","


def canonical(table: str, row_id: int, texts: Iterable[str | None]) -> bytes:
    """The canonical form of a row."""
    return b"".join(map(netstring, (table, str(row_id), *texts)))


def digest(salt: bytes, table: str, row_id: int, texts: Iterable[str | None]) -> bytes:
    """The keyed digest of a row."""
    return sha256(salt + canonical(table, row_id, texts)).digest()


def canonical_sql(table: str, columns: tuple[str, ...]) -> tuple[sql.Composable, sql.Composable]:
    """The texts of a row `r` as a select list (c1, c2, …), and the canonical form over that selection, called `t`, as SQL text."""
    texts = sql.SQL(", ").join(
        sql.SQL("r.{}::text AS {}").format(sql.Identifier(column), sql.Identifier(f"c{n}"))
        for n, column in enumerate(columns)
    )
    names = [sql.SQL("t.id::text"), *(sql.Identifier("t", f"c{n}") for n in range(len(columns)))]
    parts = [sql.SQL("coalesce(octet_length({0})::text || ':' || {0} || ',', '-')").format(name) for name in names]
    return texts, sql.SQL(" || ").join([sql.Literal(netstring(table).decode()), *parts])
