"""Putting a backup back: checked whole before anything is touched, then loaded in one transaction, then forgotten again what must be."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_lazy as _

from bulou.platform import vault
from bulou.platform.backup.container import Header, pieces, read_header
from bulou.platform.backup.programs import Program
from bulou.platform.expiry.role import acting_as
from bulou.platform.expiry.services import replay
from bulou.platform.journal.moving import REBASE
from bulou.platform.postgres.doors import dsn_as
from bulou.platform.postgres.roles import OWNER
from bulou.platform.refusals import Refusal

Progress = Callable[[str, int, int], None]

_BEGIN = b"""
\\set ON_ERROR_STOP on
BEGIN;
SET lock_timeout = '15s';
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
_COMMIT = b"\nSET search_path = public;\n" + REBASE.encode() + b"\nCOMMIT;\n"
_COPY = re.compile(rb"^COPY .* FROM stdin;\n$")
# PostgreSQL's releases of November 2026 keep a mark of their own beside each column, which a pg_dump older than they copies and
# servers older than they refuse. The server that gets the data makes its own.
_OTHERS = re.compile(rb"^(SET transaction_timeout|ALTER TABLE ONLY .* ALTER COLUMN .* SET \(pg_attver=\d+\);\n$)")
_DEFAULTS_OF = re.compile(rb'^ALTER DEFAULT PRIVILEGES FOR ROLE ("[^"]+"|\S+) ')


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the backup's header; subjects forgotten again; ids of data keys that are not here (what they sealed stays closed);
    whether the key by which numbers are found is another (they are not found until entered anew)."""

    header: Header
    forgotten_again: int
    lost_keys: list[str]
    index_is_lost: bool


def restore(
    path: Path, *, now: datetime, replace: bool = False, progress: Progress = lambda step, done, of: None
) -> Restored:
    """Put the backup at `path` into the database Django uses. `replace=True` gives up what the database holds now.

    Refuses, and then has changed nothing: `backup.expired`, `backup.newer`, `backup.not_empty`, `backup.in_use`, `backup.damaged`,
    `backup.truncated`, `backup.key_missing`, `backup.load_failed`. `progress(step, bytes done, bytes in all)`.
    """
    header = read_header(path)
    _check(header, now)
    if not replace and _holds_something():
        raise Refusal("backup.not_empty", _("The database is not empty. To give up what it holds, say so: --replace."))
    _read_through(path, progress)
    _load(path, progress)
    _bring_up_to_date()
    ring = vault.load()
    return Restored(
        header,
        forgotten_again=replay(),
        lost_keys=[key for key in header.data_keys if bytes.fromhex(key) not in ring.by_id],
        index_is_lost=header.index_key not in {key.id.hex() for key in ring.index[:1]},
    )


def _check(header: Header, now: datetime) -> None:
    if header.expires_at <= now:
        raise Refusal(
            "backup.expired",
            _("This backup of %(created)s expired on %(expires)s: what it holds had to be forgotten by then."),
            created=header.created_at.date(),
            expires=header.expires_at.date(),
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if any((app, name) not in known for app, names in header.schema.items() for name in names):
        raise Refusal(
            "backup.newer",
            _("This backup was made by a newer Bulou (%(version)s). Restore it with that one."),
            version=header.version,
        )


def _holds_something() -> bool:
    """Whether anything was ever done in this database: every write has its line in the journal."""
    with connection.cursor() as cursor:
        if "journal_line" not in connection.introspection.table_names(cursor):
            return bool(connection.introspection.table_names(cursor))
        cursor.execute("SELECT EXISTS (SELECT FROM journal_line)")
        return bool(cursor.fetchone()[0])


def _read_through(path: Path, progress: Progress) -> None:
    size, done = path.stat().st_size, 0
    for piece in pieces(path):
        done += len(piece)
        progress("check", done, size)


def _load(path: Path, progress: Progress) -> None:
    """decrypt → pg_restore → psql, all streaming. Only the COMMIT at the very end makes it so; a break anywhere rolls back."""
    dsn = dsn_as(OWNER)
    connections["default"].close()
    unpack = Program("pg_restore", "--no-owner", "--exit-on-error", "--file=-", reads=True, writes=True)
    load = Program("psql", "--no-psqlrc", "--quiet", "--file=-", dsn=dsn, reads=True)
    feeder = threading.Thread(target=_feed, args=(unpack, path, progress), daemon=True)
    feeder.start()
    assert unpack.process.stdout is not None
    assert load.process.stdin is not None
    try:
        _pass_on(unpack.process.stdout, load.process.stdin)
        feeder.join()
        if unpack.finish() == 0:
            load.process.stdin.write(_COMMIT)
    except BrokenPipeError:
        unpack.process.kill()
        unpack.finish()
    if load.finish() or unpack.process.returncode:
        raise _why_not(load.complaint() if load.process.returncode else unpack.complaint())


def _feed(unpack: Program, path: Path, progress: Progress) -> None:
    size, done = path.stat().st_size, 0
    assert unpack.process.stdin is not None
    try:
        for piece in pieces(path):
            unpack.process.stdin.write(piece)
            done += len(piece)
            progress("load", done, size)
        unpack.process.stdin.close()
    except (OSError, Refusal):  # it was whole a moment ago: end without COMMIT, and nothing has changed
        unpack.process.kill()


def _pass_on(script: IO[bytes], out: IO[bytes]) -> None:
    out.write(_BEGIN)
    for line in _fitted(script):
        out.write(line)


def _fitted(script: IO[bytes]) -> Iterator[bytes]:
    """The script without what depends on the server it came from: settings and marks others lack, the former owner's name."""
    in_data = False
    for line in script:
        if in_data:
            in_data = line != b"\\.\n"
        elif _OTHERS.match(line):
            continue
        else:
            in_data = bool(_COPY.match(line))
            line = _DEFAULTS_OF.sub(b"ALTER DEFAULT PRIVILEGES ", line)
        yield line


def _why_not(complaint: str) -> Refusal:
    if "lock timeout" in complaint:
        return Refusal("backup.in_use", _("The database is in use. Stop Bulou first; nothing was changed."))
    return Refusal(
        "backup.load_failed", _("The backup could not be loaded and nothing was changed: %(reason)s"), reason=complaint
    )


def _bring_up_to_date() -> None:
    """A backup of an older Bulou gets the tables of this one; the planner is told what is there, or the first pages would be slow."""
    with acting_as(OWNER):
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
