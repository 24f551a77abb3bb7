"""The journal as a file that somebody else can verify, with a programme of their own or with tools/verify_journal.py.

JSON lines. The first names the chain; then one line per block with its rows: what was sealed, and what the tables say now.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.chain import Head, stamp
from bulou.platform.journal.models import Block, Chain, Salt
from bulou.platform.journal.sealing import head, seal
from bulou.platform.journal.services import write
from bulou.platform.journal.verifying import blocks, entries_of, row_texts
from bulou.platform.refusals import Refusal

FORMAT = "bulou journal 1"


def export(
    path: Path, *, by: Viewer, now: datetime, progress: Callable[[int, int], None] = lambda done, of: None
) -> Head:
    """Seal what is settled and write the whole chain with its content to `path` (compressed when it ends in .gz); gives its head.

    It holds what the journal holds, so the export is itself a line of the journal. Refuses with `journal.export_exists`.
    """
    by.need("journal.verify")
    if path.exists():
        raise Refusal("journal.export_exists", _("%(path)s is already there. Choose another name."), path=path)
    write(by=by, action="journal.exported", kind="journal.chain", subjects=[], now=now, data={"file": path.name})
    seal(now)
    end = head()
    with _opened(path) as out:
        _put(
            out,
            {"format": FORMAT, "chain": str(Chain.objects.get().key), "exported_at": stamp(now), "head": end.short()},
        )
        for block in blocks():
            if block.number > end.number:
                break
            _put(out, _block(block))
            progress(block.number, end.number)
    return end


def _block(block: Block) -> dict[str, Any]:
    texts = row_texts(block)
    sealed = list(entries_of(block))
    salts = Salt.objects.filter(pk__in={salt for _row, salt, _digest in sealed})
    return {
        "number": block.number, "at": stamp(block.at), "table": block.table, "columns": block.columns,
        "since": [block.since_xact, block.since_id], "through": [block.through_xact, block.through_id], "count": block.count,
        "previous": bytes(block.previous).hex(), "hash": bytes(block.hash).hex(),
        "salts": {s.pk: [s.kind, s.subject, bytes(s.salt).hex() if s.salt is not None else None] for s in salts},
        "rows": [[row, salt, digest.hex(), texts.pop(row, None)] for row, salt, digest in sealed],
        "unsealed_rows": sorted(texts),
    }  # fmt: skip


def _put(out: IO[str], body: dict[str, Any]) -> None:
    out.write(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The file appears whole or not at all; only its owner reads it."""
    part = path.with_name(path.name + ".part")
    try:
        raw = open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise Refusal(
            "journal.export_unwritable", _("%(path)s cannot be written: %(reason)s."), path=path, reason=error.strerror
        ) from None
    try:
        with raw, _packed(raw, path) as packed, TextIOWrapper(packed, encoding="utf-8", newline="\n") as out:
            yield out
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _packed(raw: BinaryIO, path: Path) -> AbstractContextManager[BinaryIO]:
    if path.suffix != ".gz":
        return nullcontext(raw)
    return gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3)  # type: ignore[return-value]
