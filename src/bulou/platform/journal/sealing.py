"""Sealing: settled rows of the sealed tables are put, a block at a time, into the chain. Writers never wait for it.

Settled = written by a transaction older than the oldest one running: nothing can appear below that line any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from bulou.platform.journal.chain import Head, Span, genesis, hash_block
from bulou.platform.journal.models import Block, Chain
from bulou.platform.journal.sealed import BEGINNING, ENTRY, SETTINGS, SealedTable, canonical_sql, tables
from bulou.platform.refusals import Refusal

BLOCK = 5000
_LOCK = 0x6A6F75726E616C  # "journal"


def take_turns() -> None:
    """Until this transaction ends, no other seals a block or destroys a secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def head() -> Head:
    """The end of the chain, to print on briefings and exports."""
    last = Block.objects.order_by("-number").only("number", "hash", "at").first()
    if last is None:
        return genesis(Chain.objects.get().key)
    return head_of(last)


def head_of(block: Block) -> Head:
    """A block as the head of what is before it."""
    return Head(block.number, bytes(block.hash), block.at)


def seal(now: datetime, *, block: int = BLOCK) -> int:
    """Seal every settled row that is not sealed yet; gives how many. `block` = rows to a block.

    Each block is its own transaction: a run that is killed has lost nothing, two at once take turns.
    """
    total = 0
    for table in tables().values():
        while done := _seal_block(table, now, block):
            total += done
            if done < block:
                break
    return total


def unsealed() -> dict[str, int]:
    """How many rows of each table lie above the last seal."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables().values():
            words = sql.SQL("SELECT count(*) FROM {} WHERE (xact, id) > (%s, %s)").format(sql.Identifier(table.name))
            cursor.execute(words, _sealed_through(table.name))
            found[table.name] = cursor.fetchone()[0]
    return found


@transaction.atomic
def _seal_block(table: SealedTable, now: datetime, size: int) -> int:
    take_turns()
    with connection.cursor() as cursor:
        # One statement sets the line, the next ones read below it: whatever is below has ended and is seen.
        cursor.execute("SELECT journal_horizon()")
        horizon = cursor.fetchone()[0]
        since = _sealed_through(table.name)
        if since[0] >= horizon:
            raise Refusal(
                "journal.moved", _("This database was moved to another server by hand. Run once: bulou journal rebase.")
            )
        cursor.execute(SETTINGS)
        rows = {"since_xact": since[0], "since_id": since[1], "horizon": horizon, "size": size}
        cursor.execute(_salts_sql(table), rows)
        cursor.execute(_entries_sql(table), rows)
        count, entries, last_xact = cursor.fetchone()
    if not count:
        return 0
    last_id = int.from_bytes(entries[-ENTRY : 8 - ENTRY], "big", signed=True)
    span = Span(table.name, ",".join(table.columns), since, (last_xact, last_id), count)
    _add_block(head(), now, span, bytes(entries))
    return int(count)


def _add_block(last: Head, now: datetime, span: Span, entries: bytes) -> None:
    Block.objects.create(
        number=last.number + 1, at=now, table=span.table, columns=span.columns, since_xact=span.since[0], since_id=span.since[1],
        through_xact=span.through[0], through_id=span.through[1], count=span.count, entries=entries, previous=last.hash,
        hash=hash_block(last.number + 1, now, span, entries, last.hash),
    )  # fmt: skip


def _sealed_through(table: str) -> tuple[int, int]:
    last = Block.objects.filter(table=table).order_by("-number").values_list("through_xact", "through_id").first()
    return last or BEGINNING


def _batch_sql(table: SealedTable) -> sql.Composable:
    """The next rows to seal, with whose secret they take."""
    texts, _canon = canonical_sql(table.name, table.columns)
    return sql.SQL(
        "SELECT r.id, r.xact, {kind} AS salt_kind, {subject} AS salt_subject, {texts} FROM {table} r"
        " WHERE (r.xact, r.id) > (%(since_xact)s, %(since_id)s) AND r.xact < %(horizon)s ORDER BY r.xact, r.id LIMIT %(size)s"
    ).format(kind=sql.SQL(table.kind), subject=sql.SQL(table.subject), texts=texts, table=sql.Identifier(table.name))


def _salts_sql(table: SealedTable) -> sql.Composable:
    """Make the secrets that are missing (122 random bits each, from the server's own strong source)."""
    return sql.SQL(
        "INSERT INTO journal_salt (kind, subject, salt) SELECT b.salt_kind, b.salt_subject, uuid_send(gen_random_uuid())"
        " FROM (SELECT DISTINCT salt_kind, salt_subject FROM ({batch}) every) b"
        " WHERE NOT EXISTS (SELECT FROM journal_salt s WHERE s.kind = b.salt_kind AND s.subject = b.salt_subject AND s.salt IS NOT NULL)"
        " ON CONFLICT (kind, subject) WHERE salt IS NOT NULL DO NOTHING"
    ).format(batch=_batch_sql(table))


def _entries_sql(table: SealedTable) -> sql.Composable:
    """Count, entries (row id, salt id, digest; in order of xact, id) and last xact of the next rows."""
    _texts, canon = canonical_sql(table.name, table.columns)
    return sql.SQL(
        "SELECT count(*), string_agg(int8send(t.id) || int8send(s.id) || sha256(s.salt || convert_to({canon}, 'UTF8')), ''::bytea"
        " ORDER BY t.xact, t.id), max(t.xact)"
        " FROM ({batch}) t JOIN journal_salt s ON s.kind = t.salt_kind AND s.subject = t.salt_subject AND s.salt IS NOT NULL"
    ).format(canon=canon, batch=_batch_sql(table))
