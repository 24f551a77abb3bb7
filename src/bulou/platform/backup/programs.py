"""Running pg_dump, pg_restore and psql of the embedded wheel against any database, with the password out of sight of `ps`."""

from __future__ import annotations

import os
import subprocess
from tempfile import TemporaryFile
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bulou.platform.postgres import binaries


class Program:
    """One running program: `stdin` and `stdout` as asked for, what it complains about kept in a file."""

    def __init__(self, name: str, *words: str, dsn: str = "", reads: bool = False, writes: bool = False) -> None:
        parts = conninfo_to_dict(dsn) if dsn else {}
        password = parts.pop("password", None)
        where = ["--dbname", make_conninfo(**{key: str(value) for key, value in parts.items()})] if dsn else []
        self._complaints: IO[bytes] = TemporaryFile()  # noqa: SIM115 (lives as long as the program)
        self.process = subprocess.Popen(
            [str(binaries.folder() / name), *where, *words],
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.PIPE if writes else subprocess.DEVNULL,
            stderr=self._complaints,
            env=_environment(str(password) if password is not None else None),
        )

    def finish(self) -> int:
        """Wait for its end and give its exit code."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass
        return self.process.wait()

    def complaint(self) -> str:
        """What it complained about first (errors after it are usually its consequences)."""
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").splitlines()
        errors = [line for line in lines if "ERROR" in line or "FATAL" in line or "error:" in line]
        return next(iter(errors or lines), "?").strip()


def _environment(password: str | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    return kept | ({"PGPASSWORD": password} if password is not None else {})
