"""Making a backup: pg_dump, encrypted as it runs; nothing readable ever touches the disk."""

from __future__ import annotations

import os
import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy as _

import bulou
from bulou.platform import vault
from bulou.platform.backup.container import Header, write
from bulou.platform.backup.programs import Program
from bulou.platform.journal.models import Chain
from bulou.platform.journal.sealing import head
from bulou.platform.postgres.doors import dsn_as
from bulou.platform.postgres.roles import OWNER
from bulou.platform.refusals import Refusal

KEEP = timedelta(days=30)
Progress = Callable[[int, int | None], None]


def create(path: Path, *, now: datetime, keep: timedelta = KEEP, progress: Progress = lambda done, of: None) -> Header:
    """Write an encrypted backup of the database, as of this moment, to `path`; it may be restored until `now + keep`.

    The file appears whole or not at all. `progress(bytes so far, bytes in all or None)`. Refuses with `backup.exists`,
    `backup.nothing`, `backup.unwritable_file`, `backup.dump_failed` and the vault's refusals.
    """
    if path.exists():
        raise Refusal("backup.exists", _("%(path)s is already there. Choose another name."), path=path)
    if "journal_chain" not in connection.introspection.table_names():
        raise Refusal("backup.nothing", _("There is nothing to back up: this database is not founded yet."))
    header = _header(now, keep)
    part = path.with_name(path.name + ".part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            dump = Program(
                "pg_dump", "--format=custom", "--compress=gzip:1", "--no-owner", dsn=dsn_as(OWNER), writes=True
            )
            assert dump.process.stdout is not None
            write(out, header, dump.process.stdout.read, lambda done: progress(done, None))
            if dump.finish():
                raise Refusal(
                    "backup.dump_failed", _("The database could not be read: %(reason)s"), reason=dump.complaint()
                )
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    except OSError as error:
        raise Refusal(
            "backup.unwritable_file", _("%(path)s cannot be written: %(reason)s."), path=path, reason=error.strerror
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return header


def _header(now: datetime, keep: timedelta) -> Header:
    ring = vault.load()
    if not ring.backup:
        raise Refusal(
            "vault.kind_missing",
            _("The key ring of this machine has no %(kind)s key. Run bulou keys create."),
            kind="backup",
        )
    return Header(
        created_at=now, expires_at=now + keep, version=bulou.__version__, chain=str(Chain.objects.get().key), head=head().short(),
        schema=applied_migrations(), backup_key=ring.backup[0].id.hex(), data_keys=[key.id.hex() for key in ring.data],
        index_key=ring.index[0].id.hex() if ring.index else "", salt=secrets.token_hex(32),
    )  # fmt: skip


def applied_migrations() -> dict[str, list[str]]:
    """The migrations this database has, by app."""
    found = defaultdict(list)
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found[app].append(name)
    return dict(found)
