"""The copy of the expiry log outside the database: BULOU_HOME/expiry.log, one JSON line each, flushed to disk before the deletion commits."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: of which chain, its key, when, what kind, which subjects, why."""

    chain: UUID
    key: UUID
    at: datetime
    kind: str
    subjects: list[int]
    why: str


def file_of(home: Path) -> Path:
    """Where the copy lies."""
    return home / "expiry.log"


def append(home: Path, entry: Entry) -> None:
    """Add a line and wait until the disk has it. A line cut off by a power failure before it is ended first."""
    body = {
        "chain": str(entry.chain), "key": str(entry.key), "at": entry.at.isoformat(), "kind": entry.kind,
        "subjects": entry.subjects, "why": entry.why,
    }  # fmt: skip
    with open(os.open(file_of(home), os.O_RDWR | os.O_CREAT, 0o600), "r+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        end = out.seek(0, os.SEEK_END)
        if end:
            out.seek(end - 1)
        torn = bool(end) and out.read(1) != b"\n"
        out.seek(0, os.SEEK_END)
        out.write(b"\n" * torn + json.dumps(body, ensure_ascii=False).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())


def read(home: Path, chain: UUID) -> Iterator[Entry]:
    """The lines of one chain, oldest first. A line cut off by a power failure is passed over: its deletion never committed."""
    if not file_of(home).exists():
        return
    with open(file_of(home), encoding="utf-8") as lines:
        for line in lines:
            try:
                body = json.loads(line)
            except ValueError:
                continue
            if body["chain"] == str(chain):
                at = datetime.fromisoformat(body["at"])
                yield Entry(chain, UUID(body["key"]), at, body["kind"], body["subjects"], body["why"])
