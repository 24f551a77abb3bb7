"""BULOU_HOME: where data, keys and certificates lie, and how a process gets from there to a working Django.

pg/ the database · keys/ what must be kept apart from it · tls/ certificates · log/ · run/ · static/
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bulou.platform import postgres
from bulou.platform.postgres import roles
from bulou.platform.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one installation and, when DATABASE_URL is set, the server of the county's own it uses instead of ours."""

    path: Path
    url: str = ""

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def tls(self) -> Path:
        return self.path / "tls"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def run(self) -> Path:
        return self.path / "run"

    def make(self) -> None:
        """Make the folders that are missing, closed to everybody else."""
        postgres.make_folders(self.path)

    def start_database(self) -> bool:
        """Start the embedded server, or prepare the county's own; whether this call started it."""
        if self.url:
            roles.prepare_foreign(self.url)
            return False
        was_running = postgres.status(self.path).pid is not None
        postgres.ensure_running(self.path)
        return not was_running

    def dsn(self, role: str = roles.APP) -> str:
        """A way into the database as `role`; on a server of the county's own the owner's session acts as the role."""
        if not self.url:
            return postgres.ensure_running(self.path).dsn(role)
        if role == roles.OWNER:
            return make_conninfo(self.url)
        given = str(conninfo_to_dict(self.url).get("options") or "")
        return make_conninfo(self.url, options=f"{given} -c role={role}".strip())

    def secret_key(self) -> str:
        """Django's secret, made at the first asking; who has it can forge sessions, so only this account can read it."""
        self.make()
        place = self.keys / "secret_key"
        try:
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
        return place.read_text()


def this_home() -> Home:
    """The home of this process: BULOU_HOME, or .bulou in the folder we were started from."""
    path = Path(os.environ.get("BULOU_HOME") or ".bulou").absolute()
    os.environ["BULOU_HOME"] = str(path)
    return Home(path, os.environ.get("DATABASE_URL", ""))


def environment(home: Home, *, role: str = roles.APP) -> dict[str, str]:
    """What Django's settings read, for this process or for a child."""
    return {
        "BULOU_HOME": str(home.path),
        "BULOU_DSN": home.dsn(role),
        "BULOU_SECRET_KEY": home.secret_key(),
        "DJANGO_SETTINGS_MODULE": "bulou.site.settings",
    }


def keep_exercise_time() -> None:
    """Tell the clock where an exercise's pace is read; nothing is read yet. For every process that serves or works."""
    from bulou.platform import clock
    from bulou.platform.house.queries import pace

    clock.set_pace_source(pace)


def arrange_without_database() -> None:
    """Enough for Django to translate a sentence when there is no database to speak of."""
    os.environ.setdefault("BULOU_SECRET_KEY", "only to say a sentence")


@contextmanager
def django_ready(home: Home, *, role: str = roles.APP, stay: bool = False) -> Iterator[None]:
    """Django with the database running, as `role`. What this call started it stops again, unless somebody serves from it.

    With `stay` (for who is about to serve) the database is stopped only when something went wrong.
    """
    import django

    started, is_done = home.start_database(), False
    try:
        os.environ.update(environment(home, role=role))
        django.setup()
        keep_exercise_time()
        yield
        is_done = True
    finally:
        from django.db import connections

        connections.close_all()
        if started and not (is_done if stay else is_up(home)):
            postgres.stop(home.path)


@contextmanager
def the_only_up(home: Home) -> Iterator[None]:
    """Hold the house for one `bulou up`; refuses when another has it. The system frees it with the process."""
    home.make()
    handle = os.open(home.run / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("site.already_up", _("Bulou is already running from %(home)s."), home=home.path) from None
        yield
    finally:
        os.close(handle)


def is_up(home: Home) -> bool:
    """Whether a `bulou up` holds the house now."""
    try:
        handle = os.open(home.run / "up.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def refuse_while_up(home: Home) -> None:
    """Refuse what may not happen under a running house."""
    if is_up(home):
        raise Refusal(
            "site.is_up", _("Bulou is running from %(home)s. Stop it first (Ctrl-C, or SIGTERM)."), home=home.path
        )
