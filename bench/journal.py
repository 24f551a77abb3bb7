"""The journal at a million lines: sealing and verifying, beside writing them and beside a bare digest of every row; and sealing of fields.

Alone: python -m bench.journal [lines].
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.database import house
from bench.figure import Figure

LINES = 1_000_000
SECRETS = 200_000


def measure(lines: int = LINES) -> Iterator[Figure]:
    """Seconds for the given number of lines, half of them about a person of their own; resident memory in MB."""
    with house() as home:
        written, _ = _timed(lambda: _write(lines))
        bare, _ = _timed(_bare_digest)
        from bulou.platform.clock import real_now
        from bulou.platform.journal.sealing import seal
        from bulou.platform.journal.verifying import verify

        sealed, _ = _timed(lambda: seal(real_now()))
        yield Figure("journal_seal_1m_s", sealed, "s", written, "reference: COPY of the same lines with their indexes")
        before = _memory()
        verified, report = _timed(verify)
        assert report.is_sound
        assert report.rows >= lines
        yield Figure(
            "journal_verify_1m_s", verified, "s", bare, "reference: one bare SHA-256 of every row in the database"
        )
        yield Figure(
            "journal_verify_memory_mb", _memory() - before, "MB", 50.0, "growth of the process while verifying"
        )
        yield from _backup(home)
    yield from _vault()


def _write(lines: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        words = "COPY journal_line (at, happened_at, action, actor_id, actor_name, kind, subjects, place_id, why, data) FROM STDIN"
        with cursor.copy(words) as copy:
            for n in range(lines):
                at = f"2026-03-{1 + n * 28 // lines:02}T08:00:00Z"
                copy.write_row(
                    (
                        at,
                        at,
                        "registry.person_corrected",
                        n % 300,
                        "某某",
                        "registry.person",
                        [n // 2 + 1],
                        n % 600,
                        "核对户口簿",
                        '{"fields": ["address"]}',
                    )
                )


def _bare_digest() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(sha256(convert_to(l::text, 'UTF8'))) FROM journal_line l")


def _backup(home: Any) -> Iterator[Figure]:
    from bulou.platform import backup
    from bulou.platform.clock import real_now

    path = home / "bench.bulou"
    wrote, _ = _timed(lambda: backup.create(path, now=real_now()))
    yield Figure("backup_1m_lines_s", wrote, "s", None, f"{path.stat().st_size / 1e6:.0f} MB")
    restored, _ = _timed(lambda: backup.restore(path, now=real_now(), replace=True))
    yield Figure("restore_1m_lines_s", restored, "s", wrote, "reference: the backup")


def _vault() -> Iterator[Figure]:
    import os
    from uuid import uuid4

    from bulou.platform import vault

    vault.use(vault.Ring.fresh())
    abouts = [uuid4() for _ in range(SECRETS)]
    cipher = vault.load().data[0].cipher
    bare, _ = _timed(lambda: [cipher.encrypt(os.urandom(12), b"000921199001011230", b"") for _ in abouts])
    took, _ = _timed(
        lambda: [vault.seal("000921199001011230", purpose="registry.document", about=about) for about in abouts]
    )
    yield Figure("vault_seal_800k_s", took * 4, "s", bare * 4, "one core; reference: the bare cipher")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _memory() -> float:
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


if __name__ == "__main__":
    for figure in measure(int(sys.argv[1]) if len(sys.argv) > 1 else LINES):
        print(
            f"{figure.name:28} {figure.value:10.2f} {figure.unit:3} {figure.reference or 0:10.2f} {figure.note}",
            flush=True,
        )
