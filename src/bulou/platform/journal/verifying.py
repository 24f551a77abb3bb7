"""Verifying the chain against the tables: which rows were altered, removed or slipped in, and whether the end matches a printed head.

Constant memory: one block at a time. A block whose digests come out of the database as they were sealed is passed over in one step;
only the others are taken row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from struct import Struct

from django.db import connection, transaction
from psycopg import sql

from bulou.platform.journal.chain import Head, PrintedHead, Span, genesis, hash_block
from bulou.platform.journal.models import Block, Chain, Salt
from bulou.platform.journal.sealed import BEGINNING, ENTRY, SETTINGS, SealedTable, canonical_sql, digest, tables
from bulou.platform.journal.sealing import unsealed
from bulou.platform.manifest import extras

LISTED = 1000
_ENTRY = Struct(">qq32s")
assert _ENTRY.size == ENTRY


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed. `what` is one of ALTERED … REMOVED_TAIL; `row` and `table` where a row is concerned."""

    what: str
    block: int
    table: str = ""
    row: int | None = None


ALTERED, MISSING, INSERTED = "altered", "missing", "inserted"
HIDDEN = "hidden"  # its secret is gone, but the expiry log knows of no forgetting
BROKEN, BLOCK_ALTERED = "broken_chain", "altered_block"
REMOVED_TAIL, OTHER_CHAIN = "removed_tail", "other_chain"


@dataclass(slots=True)
class Report:
    """What a verification found. `rows` verified, `forgotten` by day, `unsealed` rows above the last seal; at most LISTED findings are kept."""

    blocks: int = 0
    rows: int = 0
    forgotten: Counter[datetime] = field(default_factory=Counter)
    unsealed: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    head: Head | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.counts

    def add(self, what: str, block: int, table: str = "", row: int | None = None) -> None:
        """Note a finding."""
        self.counts[what] += 1
        if len(self.findings) < LISTED:
            self.findings.append(Finding(what, block, table, row))


def verify(printed: PrintedHead | None = None, progress: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """Verify the whole chain; with a printed head, also that the chain still contains it. `progress(blocks done, blocks in all)`."""
    report = Report(unsealed=unsealed())
    last = genesis(Chain.objects.get().key)
    met = printed is not None and last.is_like(printed)
    through: dict[str, tuple[int, int]] = {}
    in_all = Block.objects.count()
    for block in blocks():
        _verify_links(block, last, through.get(block.table, BEGINNING), report)
        _verify_rows(block, report)
        through[block.table] = (block.through_xact, block.through_id)
        last = Head(block.number, bytes(block.hash), block.at)
        met = met or (printed is not None and last.is_like(printed))
        report.blocks += 1
        progress(report.blocks, in_all)
    if printed is not None and not met:
        report.add(REMOVED_TAIL if printed.number > last.number else OTHER_CHAIN, printed.number)
    report.head = last
    return report


def blocks() -> Iterator[Block]:
    """Every block in order, one at a time (a server-side cursor would hold a transaction open for the whole run)."""
    number = -1
    while block := Block.objects.filter(number__gt=number).order_by("number").first():
        yield block
        number = block.number


def entries_of(block: Block) -> Iterator[tuple[int, int, bytes]]:
    """The rows of a block as they were sealed: row id, salt id, digest."""
    entries = bytes(block.entries)
    return _ENTRY.iter_unpack(entries[: len(entries) // ENTRY * ENTRY])


def span_of(block: Block) -> Span:
    """A block's span as the hash has it."""
    return Span(
        block.table, block.columns, (block.since_xact, block.since_id), (block.through_xact, block.through_id), block.count
    )  # fmt: skip


def _verify_links(block: Block, last: Head, since: tuple[int, int], report: Report) -> None:
    entries = bytes(block.entries)
    if (
        block.number != last.number + 1
        or bytes(block.previous) != last.hash
        or (block.since_xact, block.since_id) != since
    ):
        report.add(BROKEN, block.number, block.table)
    fresh = hash_block(block.number, block.at, span_of(block), entries, bytes(block.previous))
    if fresh != bytes(block.hash) or len(entries) != block.count * ENTRY:
        report.add(BLOCK_ALTERED, block.number, block.table)


@transaction.atomic
def _verify_rows(block: Block, report: Report) -> None:
    entries = bytes(block.entries)
    table = tables().get(block.table)
    if table is not None and _fresh_entries(table, block) == entries:
        report.rows += block.count
        return
    texts = row_texts(block)
    sealed = list(entries_of(block))
    # Rows are read before secrets: a row emptied in between is then judged by a secret that is already gone.
    salts = {salt.pk: salt for salt in Salt.objects.filter(pk__in={salt for _row, salt, _sum in sealed})}
    gone = _Forgotten({(s.kind, s.subject) for s in salts.values() if s.salt is None})
    for row_id, salt_id, kept in sealed:
        _verify_row(block, row_id, texts.pop(row_id, None), salts.get(salt_id), kept, gone, report)
    for row_id in texts:
        report.add(INSERTED, block.number, block.table, row_id)


def _verify_row(
    block: Block,
    row_id: int,
    texts: list[str | None] | None,
    salt: Salt | None,
    kept: bytes,
    gone: _Forgotten,
    report: Report,
) -> None:
    report.rows += 1
    if salt is None:
        report.add(HIDDEN, block.number, block.table, row_id)
    elif salt.salt is None:
        when = gone.when(salt.kind, salt.subject)
        if when is None:
            report.add(HIDDEN, block.number, block.table, row_id)
        else:
            report.forgotten[when] += 1
    elif texts is None:
        report.add(MISSING, block.number, block.table, row_id)
    elif digest(bytes(salt.salt), block.table, row_id, texts) != kept:
        report.add(ALTERED, block.number, block.table, row_id)


class _Forgotten:
    """When subjects were forgotten, by the expiry log (asked through `forgotten_when` on the manifests)."""

    def __init__(self, subjects: set[tuple[str, int]]) -> None:
        self._when: dict[tuple[str, int], datetime] = {}
        for forgotten_when in extras("forgotten_when") if subjects else ():
            self._when |= forgotten_when(subjects)

    def when(self, kind: str, subject: int) -> datetime | None:
        return self._when.get((kind, subject))


def _fresh_entries(table: SealedTable, block: Block) -> bytes | None:
    """The block's entries as the tables give them now, made by the database in one go."""
    columns = tuple(block.columns.split(","))
    texts, canon = canonical_sql(table.name, columns)
    words = sql.SQL(
        "SELECT string_agg(int8send(t.id) || int8send(s.id) || sha256(s.salt || convert_to({canon}, 'UTF8')), ''::bytea"
        " ORDER BY t.xact, t.id) FROM (SELECT r.id, r.xact, {kind} AS salt_kind, {subject} AS salt_subject, {texts} FROM {table} r"
        " WHERE (r.xact, r.id) > (%s, %s) AND (r.xact, r.id) <= (%s, %s) OFFSET 0) t"
        " JOIN journal_salt s ON s.kind = t.salt_kind AND s.subject = t.salt_subject AND s.salt IS NOT NULL"
    ).format(
        canon=canon,
        kind=sql.SQL(table.kind),
        subject=sql.SQL(table.subject),
        texts=texts,
        table=sql.Identifier(table.name),
    )
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(words, [block.since_xact, block.since_id, block.through_xact, block.through_id])
        found = cursor.fetchone()[0]
    return None if found is None else bytes(found)


def row_texts(block: Block) -> dict[int, list[str | None]]:
    """The canonical texts of the rows now in a block's span, by row id."""
    texts, _canon = canonical_sql(block.table, tuple(block.columns.split(",")))
    words = sql.SQL(
        "SELECT r.id, {} FROM {} r WHERE (r.xact, r.id) > (%s, %s) AND (r.xact, r.id) <= (%s, %s) ORDER BY r.xact, r.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(
            words.format(texts, sql.Identifier(block.table)),
            [block.since_xact, block.since_id, block.through_xact, block.through_id],
        )
        return {row[0]: list(row[1:]) for row in cursor.fetchall()}
