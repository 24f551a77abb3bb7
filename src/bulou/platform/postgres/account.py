"""Whom the server runs as. PostgreSQL refuses to run as root, so root lends it a system account that may reach only its folders."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal

NAME = "bulou"
_ACL = "system.posix_acl_access"
_ENTRY = struct.Struct("<HHI")
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_ANYONE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Account:
    """The system account of the server; `borrowed` when we are root and it is another than ours."""

    uid: int
    gid: int
    borrowed: bool

    def identity(self) -> dict[str, Any]:
        """Keyword arguments of subprocess.run that make the program run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.borrowed:
            os.chown(path, self.uid, self.gid)

    def reach(self, path: Path) -> None:
        """Let the account pass through every folder above `path`: an entry for it alone where the file system can, else search for all."""
        if not self.borrowed:
            return
        for folder in path.resolve().parents:
            if not _may_pass(folder, self):
                _let_pass(folder, self.uid)

    def read_programs(self, programs: Path) -> None:
        """Let the account read and run the server's programs (public software; a strict umask may have hidden them)."""
        if not self.borrowed:
            return
        self.reach(programs)
        package = programs.parent.parent
        libraries = package.with_name(package.name + ".libs")
        for top in (programs.parent, libraries):
            for path in [top, *top.rglob("*")]:
                _open_for_reading(path)


def server_account() -> Account:
    """The account the server runs as: ours, or for root the system account `bulou`, made when missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), borrowed=False)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _make_account()
    return Account(entry.pw_uid, entry.pw_gid, borrowed=True)


def _make_account() -> pwd.struct_passwd:
    if useradd := shutil.which("useradd"):
        words = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        subprocess.run(words, capture_output=True, check=False)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise Refusal(
            "postgres.no_account",
            _(
                "PostgreSQL does not run as root and the system account “%(name)s” could not be made. Make it, or start Bulou as another user."
            ),
            name=NAME,
        ) from None


def _may_pass(folder: Path, account: Account) -> bool:
    held = folder.stat()
    if held.st_uid == account.uid:
        return bool(held.st_mode & stat.S_IXUSR)
    entries = _entries(folder)
    masked = all(rights & 1 for tag, rights, _who in entries if tag == _MASK)
    entered = any(tag == _USER and who == account.uid and rights & 1 for tag, rights, who in entries)
    return bool(held.st_mode & stat.S_IXOTH) or (masked and entered)


def _entries(folder: Path) -> list[tuple[int, int, int]]:
    try:
        raw = os.getxattr(folder, _ACL)
    except (OSError, AttributeError):
        mode = folder.stat().st_mode
        return [
            (_USER_OBJ, mode >> 6 & 7, _ANYONE), (_GROUP_OBJ, mode >> 3 & 7, _ANYONE),
            (_MASK, mode >> 3 & 7, _ANYONE), (_OTHER, mode & 7, _ANYONE),
        ]  # fmt: skip
    return list(_ENTRY.iter_unpack(raw[4:]))


def _let_pass(folder: Path, uid: int) -> None:
    """Give `uid` search permission on one folder by an ACL entry; where there are no ACLs, give search (not reading) to all."""
    entries = [e for e in _entries(folder) if not (e[0] == _USER and e[2] == uid)] + [(_USER, 1, uid)]
    entries = [(tag, rights | 1 if tag == _MASK else rights, who) for tag, rights, who in entries]
    packed = struct.pack("<I", 2) + b"".join(
        _ENTRY.pack(*entry) for entry in sorted(entries, key=lambda e: (e[0], e[2]))
    )
    try:
        os.setxattr(folder, _ACL, packed)
    except (OSError, AttributeError):
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def _open_for_reading(path: Path) -> None:
    mode = path.stat().st_mode
    wanted = mode | 0o044 | (0o011 if path.is_dir() or mode & stat.S_IXUSR else 0)
    if wanted != mode:
        path.chmod(wanted)
