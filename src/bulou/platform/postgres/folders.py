"""The server's folders inside BULOU_HOME, and what speaks against starting in them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bulou.platform.postgres.binaries import MAJOR
from bulou.platform.postgres.roles import ROLES
from bulou.platform.refusals import Refusal

SUPERUSER = "postgres"
NEEDED_TO_MAKE = 300_000_000
NEEDED_TO_START = 100_000_000
MARK = "bulou.json"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where everything of the server of one BULOU_HOME lies."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "pg"

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgres.log"

    @property
    def lock(self) -> Path:
        return self.home / "run" / "postgres.lock"

    @property
    def socket_record(self) -> Path:
        return self.home / "run" / "socket"

    @property
    def passwords(self) -> Path:
        return self.home / "keys" / "database.json"

    def make(self) -> None:
        """Make the folders that are missing, closed to everybody else."""
        for folder in (self.home, self.home / "run", self.home / "keys", self.home / "log"):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise Refusal(
                    "postgres.home_unwritable",
                    _("The folder %(folder)s cannot be made: %(reason)s."),
                    folder=folder, reason=error.strerror or str(error),
                ) from None  # fmt: skip
        if not os.access(self.home / "run", os.W_OK):
            raise Refusal(
                "postgres.home_unwritable",
                _("The folder %(folder)s cannot be made: %(reason)s."),
                folder=self.home / "run",
                reason=os.strerror(13),
            )

    def is_made(self) -> bool:
        """Whether a data folder of ours is there."""
        return (self.data / MARK).exists()

    def read_passwords(self) -> dict[str, str]:
        """The passwords of the server's roles; refuses when the file is lost."""
        try:
            return dict(json.loads(self.passwords.read_text()))
        except (OSError, ValueError):
            raise Refusal(
                "postgres.passwords_lost",
                _(
                    "The file %(file)s is missing or damaged; without it the database in %(folder)s cannot be opened. Put it back from where the keys are kept."
                ),
                file=self.passwords,
                folder=self.data,
            ) from None

    def make_passwords(self) -> dict[str, str]:
        """New passwords for a new server, in a file only this account can read."""
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *ROLES)}
        self.passwords.unlink(missing_ok=True)
        with open(os.open(self.passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(passwords, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        return passwords


def check(folders: Folders) -> None:
    """Refuse a data folder that is not ours, that a newer or older PostgreSQL wrote, or a disk with no room to work."""
    if folders.data.is_dir() and any(folders.data.iterdir()):
        _check_whose(folders)
    needed = NEEDED_TO_START if folders.is_made() else NEEDED_TO_MAKE
    free = shutil.disk_usage(folders.home).free
    if free < needed:
        raise disk_full(folders, free)


def disk_full(folders: Folders, free: int) -> Refusal:
    """The refusal for a disk without room."""
    return Refusal(
        "postgres.disk_full",
        _(
            "The disk of %(folder)s is full (%(free)s MB free). Make room and start again; nothing that was confirmed is lost."
        ),
        folder=folders.home,
        free=free // 1_000_000,
    )


def _check_whose(folders: Folders) -> None:
    version = folders.data / "PG_VERSION"
    if not version.exists():
        raise Refusal(
            "postgres.foreign_folder",
            _(
                "%(folder)s holds other files, not a database of Bulou. Choose another BULOU_HOME, or move the files away."
            ),
            folder=folders.data,
        )
    found = int(version.read_text().split(".")[0])
    if found > MAJOR:
        raise Refusal(
            "postgres.newer_folder",
            _("%(folder)s was written by PostgreSQL %(found)s, newer than the %(ours)s of this Bulou. Start it with the newer Bulou."),
            folder=folders.data, found=found, ours=MAJOR,
        )  # fmt: skip
    if found < MAJOR:
        raise Refusal(
            "postgres.older_folder",
            _("%(folder)s was written by PostgreSQL %(found)s; this Bulou carries %(ours)s. Back up with the Bulou that wrote it and restore here."),
            folder=folders.data, found=found, ours=MAJOR,
        )  # fmt: skip
    if not folders.is_made():
        raise Refusal(
            "postgres.foreign_database",
            _(
                "%(folder)s is a PostgreSQL database that Bulou did not make. Choose another BULOU_HOME; to use your own server, set DATABASE_URL."
            ),
            folder=folders.data,
        )
