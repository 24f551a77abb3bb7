"""Backups expire: what was forgotten must not live on in an old copy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bulou.platform.backup.container import MAGIC, read_header


def prune(folder: Path, *, now: datetime) -> list[Path]:
    """Delete the backups in `folder` whose time is over (expires_at ≤ now); gives their paths. Other files are left alone."""
    over = [path for path in sorted(folder.iterdir()) if _is_backup(path) and read_header(path).expires_at <= now]
    for path in over:
        path.unlink()
    return over


def _is_backup(path: Path) -> bool:
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return file.read(len(MAGIC)) == MAGIC
