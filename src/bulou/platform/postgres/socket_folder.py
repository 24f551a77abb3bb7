"""The private folder of the server's socket: short (a socket's path is at most 107 bytes), closed to others, remembered, remade when lost."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from bulou.platform.postgres.account import Account
from bulou.platform.postgres.folders import Folders

PORT = 5432
_WHOSE = "home"
LONGEST = 100  # 107 on Linux, 103 on macOS, a little less to be sure


def recorded(folders: Folders) -> Path | None:
    """The folder the server was last started with, whether or not it still exists."""
    try:
        text = folders.socket_record.read_text().strip()
    except OSError:
        return None
    return Path(text) if text else None


def is_alive(folder: Path | None) -> bool:
    """Whether the socket itself is still there."""
    return folder is not None and (folder / f".s.PGSQL.{PORT}").exists()


def prepare(folders: Folders, account: Account) -> Path:
    """The folder to start with: the remembered one if nobody took its place (so that waiting connections find the server again), else a new one."""
    folder = recorded(folders)
    if folder is None or not _can_be_ours(folder, folders, account):
        folder = Path(tempfile.mkdtemp(prefix="bulou-", dir=_short_parent()))
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    for left in folder.glob(
        ".s.PGSQL.*"
    ):  # of a server that died; its lock may name a number that another program now has
        left.unlink()
    (folder / _WHOSE).write_text(str(folders.home))
    account.own(folder)
    account.reach(folder)
    folders.socket_record.write_text(f"{folder}\n")
    return folder


def forget(folders: Folders) -> None:
    """Remove the folder after the server has stopped."""
    folder = recorded(folders)
    if folder is not None and folder.name.startswith("bulou-"):
        shutil.rmtree(folder, ignore_errors=True)


def _can_be_ours(folder: Path, folders: Folders, account: Account) -> bool:
    """A folder of another account in the common temporary folder may be a trap, and one in use by a copy of this home is taken."""
    try:
        held = folder.lstat()
    except FileNotFoundError:
        return folder.parent.is_dir()
    if not stat.S_ISDIR(held.st_mode) or held.st_uid not in (account.uid, os.geteuid()):
        return False
    whose = folder / _WHOSE
    return not whose.exists() or whose.read_text() == str(folders.home)


def _short_parent() -> str:
    parent = tempfile.gettempdir()
    return parent if len(os.fsencode(parent)) + len("/bulou-12345678/.s.PGSQL.5432") <= LONGEST else "/tmp"
