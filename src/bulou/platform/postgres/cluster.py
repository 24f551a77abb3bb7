"""Making, starting, checking and stopping the embedded server of one BULOU_HOME. Several processes may call at once."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

from bulou.platform.postgres import binaries, machine, roles, socket_folder
from bulou.platform.postgres.account import Account, server_account
from bulou.platform.postgres.folders import MARK, NEEDED_TO_START, SUPERUSER, Folders, check, disk_full
from bulou.platform.refusals import Refusal

_NOBODY = 2**31 - 1  # no system gives out process numbers this high
_LOG_LIMIT = 20_000_000


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: its home, the folder of its socket and its process number."""

    home: Path
    socket: Path
    pid: int

    def dsn(self, role: str = roles.APP, *, dbname: str = roles.DATABASE) -> str:
        """A libpq conninfo for `role` (bulou_owner, bulou_app, bulou_forget, or the superuser `postgres`); holds its password."""
        password = Folders(self.home).read_passwords()[role]
        return make_conninfo(
            host=str(self.socket),
            port=socket_folder.PORT,
            dbname=dbname,
            user=role,
            password=password,
            application_name="bulou",
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What can be seen without touching anything. `size` of the data folder and `free` disk space in bytes."""

    is_made: bool
    pid: int | None
    socket: Path | None
    size: int
    free: int


def ensure_running(home: Path, *, durable: bool = True) -> Cluster:
    """A running server in `home`: made when missing, started when stopped, restarted when its socket was swept away.

    Refuses (Refusal) a foreign or newer data folder, a full disk, lost passwords, folders that may not be written. `durable=False`
    switches fsync off: for tests only.
    """
    folders = Folders(home.absolute())
    folders.make()
    with _only_one(folders):
        account = server_account()
        pid = _server_pid(folders)
        if pid is not None and not socket_folder.is_alive(socket_folder.recorded(folders)):
            _stop(folders, account)
            pid = None
        if pid is not None:
            pid = _pid_when_ready(folders)
        if pid is None:
            check(folders)
            pid = _start(folders, account, durable=durable)
        socket = socket_folder.recorded(folders)
        assert socket is not None
        return Cluster(folders.home, socket, pid)


def stop(home: Path) -> bool:
    """Stop the server of `home` in order (open transactions are rolled back); False when none was running."""
    folders = Folders(home.absolute())
    if not folders.lock.parent.is_dir():
        return False
    with _only_one(folders):
        if _server_pid(folders) is None:
            return False
        _stop(folders, server_account())
        return True


def status(home: Path) -> Status:
    """Look at the server of `home` without starting or changing anything."""
    folders = Folders(home.absolute())
    nearest = next(folder for folder in [folders.home, *folders.home.parents] if folder.is_dir())
    size = (
        sum(file.lstat().st_size for file in folders.data.rglob("*") if file.is_file()) if folders.data.is_dir() else 0
    )
    return Status(
        folders.is_made(), _server_pid(folders), socket_folder.recorded(folders), size, shutil.disk_usage(nearest).free
    )


@contextmanager
def _only_one(folders: Folders) -> Iterator[None]:
    """Hold the home's lock file. The system frees it with the process, so it cannot go stale."""
    try:
        handle = os.open(folders.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refusal(
            "postgres.home_unwritable", _("The folder %(folder)s cannot be made: %(reason)s."),
            folder=folders.lock, reason=error.strerror or str(error),
        ) from None  # fmt: skip
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _server_pid(folders: Folders) -> int | None:
    """The process of the server of this very data folder, or None. A number reused by another program is not taken for it."""
    try:
        pid = abs(int((folders.data / "postmaster.pid").read_text().splitlines()[0]))
        process = psutil.Process(pid)
        is_server = "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE
        return pid if is_server and Path(process.cwd()) == folders.data.resolve() else None
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    except psutil.AccessDenied:
        return pid


def _pid_when_ready(folders: Folders) -> int | None:
    """Wait for a server that somebody else is starting (after a crash it recovers first), five minutes at most; None if it ended instead."""
    pid = _server_pid(folders)
    for _tenth in range(3000):
        if pid is None or _is_ready(folders):
            break
        time.sleep(0.1)
        pid = _server_pid(folders)
    return pid


def _is_ready(folders: Folders) -> bool:
    """Whether the server says in its lock file that it takes connections."""
    try:
        lines = (folders.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() in ("ready", "standby")


def _start(folders: Folders, account: Account, *, durable: bool) -> int:
    account.read_programs(binaries.folder())
    if not folders.is_made():
        _make(folders, account, durable=durable)
    else:
        folders.read_passwords()
        account.reach(folders.data / MARK)
    _free_stale_lock(folders)
    _start_server(folders, account, durable=durable)
    pid = _server_pid(folders)
    assert pid is not None
    return pid


def _make(folders: Folders, account: Account, *, durable: bool) -> None:
    """initdb beside the final place, roles and database inside, then one rename: a half-made folder is never taken for a whole one."""
    building = Folders(folders.home / "making")
    if _server_pid(building) is not None:
        _stop(building, account)
    shutil.rmtree(building.home, ignore_errors=True)
    building.make()
    account.own(building.home)
    passwords = building.make_passwords()
    _init(building, account, passwords[SUPERUSER], durable=durable)
    _start_server(building, account, durable=durable)
    try:
        _furnish(building, passwords)
    finally:
        _stop(building, account)
    (building.data / MARK).write_text(json.dumps({"postgres": binaries.MAJOR}))
    shutil.move(building.passwords, folders.passwords)
    if folders.data.is_dir():
        folders.data.rmdir()
    building.data.rename(folders.data)
    shutil.rmtree(building.home)


def _init(folders: Folders, account: Account, password: str, *, durable: bool) -> None:
    with TemporaryDirectory(prefix="bulou-") as private:
        secret = Path(private) / "password"
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(password)
        for path in (secret, secret.parent):
            account.own(path)
        account.reach(secret)
        account.reach(folders.data)
        done = binaries.run(
            "initdb", "-D", folders.data, "-U", SUPERUSER, "--pwfile", secret, "--auth=scram-sha-256", "--encoding=UTF8",
            "--locale=C", "--data-checksums", *(() if durable else ("--no-sync",)), account=account, cwd=folders.home,
        )  # fmt: skip
    if done.returncode:
        raise _explain(folders, done.stderr)


def _furnish(folders: Folders, passwords: dict[str, str]) -> None:
    socket = socket_folder.recorded(folders)
    assert socket is not None
    cluster = Cluster(folders.home, socket, 0)
    with psycopg.connect(cluster.dsn(SUPERUSER, dbname="postgres"), autocommit=True) as connection:
        roles.make_roles(connection, {role: passwords[role] for role in roles.ROLES})
        roles.make_database(connection)
    with psycopg.connect(cluster.dsn(roles.OWNER), autocommit=True) as connection:
        roles.give_default_rights(connection)


def _start_server(folders: Folders, account: Account, *, durable: bool) -> None:
    socket = socket_folder.prepare(folders, account)
    wanted = machine.settings(machine.look(folders.home), durable=durable) | {"unix_socket_directories": f"'{socket}'"}
    lines = [
        "# Written by Bulou at every start. Put your own settings in local.conf beside it.",
        *(f"{k} = {v}" for k, v in wanted.items()),
    ]
    _write(folders.data / "postgresql.conf", "\n".join([*lines, "include_if_exists = 'local.conf'", ""]), account)
    _write(folders.data / "pg_hba.conf", "local all all scram-sha-256\nlocal replication all scram-sha-256\n", account)
    _turn_log(folders, account)
    done = binaries.run(
        "pg_ctl",
        "start",
        "-w",
        "-t",
        "300",
        "-s",
        "-D",
        folders.data,
        "-l",
        folders.log,
        account=account,
        cwd=folders.data,
    )
    if done.returncode:
        raise _explain(folders, done.stderr + _tail(folders.log))


def _stop(folders: Folders, account: Account) -> None:
    """In order; at once where the order cannot be kept: on a full disk the last checkpoint never ends. What was confirmed is in the
    write-ahead log either way, and the next start replays it.
    """
    full = shutil.disk_usage(folders.home).free < NEEDED_TO_START
    for mode in ("immediate",) if full else ("fast", "immediate"):
        words = ("stop", "-w", "-t", "60", "-s", "-m", mode, "-D", folders.data)
        done = binaries.run("pg_ctl", *words, account=account, cwd=folders.data)
        if not done.returncode or _server_pid(folders) is None:
            socket_folder.forget(folders)
            return
    raise _explain(folders, done.stderr + _tail(folders.log))


def _free_stale_lock(folders: Folders) -> None:
    """After a power cut the lock file may name a process number that another program now has, and PostgreSQL would not start.

    The number is replaced, the file kept: PostgreSQL still checks through it that no orphan of the old server is at work.
    """
    lock = folders.data / "postmaster.pid"
    if lock.exists():
        _first, *rest = lock.read_text().splitlines() or [""]
        if not rest:
            lock.unlink()
        else:
            lock.write_text("\n".join([str(_NOBODY), *rest, ""]))


def _turn_log(folders: Folders, account: Account) -> None:
    account.own(folders.log.parent)
    if folders.log.exists() and folders.log.stat().st_size > _LOG_LIMIT:
        folders.log.replace(folders.log.with_suffix(".log.1"))
    folders.log.touch(mode=0o600)
    account.own(folders.log)
    account.reach(folders.log)


def _write(path: Path, text: str, account: Account) -> None:
    path.write_text(text)
    path.chmod(0o600)
    account.own(path)


def _tail(log: Path, size: int = 4000) -> str:
    return log.read_text(errors="replace")[-size:] if log.exists() else ""


def _explain(folders: Folders, said: str) -> Refusal:
    """What PostgreSQL said when it would not start, as one sentence."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return disk_full(folders, shutil.disk_usage(folders.home).free)
    complaints = re.findall(r"(?:FATAL|PANIC|ERROR|error):\s+(.+)", said)
    reason = complaints[-1] if complaints else (said.strip().splitlines() or ["?"])[-1]
    return Refusal(
        "postgres.does_not_start",
        _("PostgreSQL does not start: %(reason)s. More in %(log)s."),
        reason=reason.rstrip("."), log=folders.log,
    )  # fmt: skip


def facts(home: Path) -> dict[str, Any]:
    """The status as plain values, for `bulou status` and its JSON."""
    seen = status(home)
    return {
        "made": seen.is_made,
        "pid": seen.pid,
        "socket": str(seen.socket or ""),
        "bytes": seen.size,
        "free_bytes": seen.free,
    }


def status_pid(home: Path) -> int | None:
    """The process of the running server of `home`, or None; cheap enough to ask twice a second."""
    return _server_pid(Folders(home.absolute()))


def make_folders(home: Path) -> None:
    """Make the folders of `home` that are missing, closed to everybody else; refuses what may not be written."""
    Folders(home.absolute()).make()
