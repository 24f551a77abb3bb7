"""The test database: a PostgreSQL for each worker, migrated once into a template; tests work on a clone of it.

By default embedded servers with fsync off in a temporary folder; with BULOU_TEST_DATABASE_URL a server of your own, reached by a
role that may create roles and databases, or several, separated by spaces, dealt out to the workers. A server of its own because
transaction numbers are a server's: what one worker leaves open would hold back the seals of another. Migrations run as bulou_owner,
tests as bulou_app.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

HOME_VARIABLE = "BULOU_TEST_HOME"
URL_VARIABLE = "BULOU_TEST_DATABASE_URL"
_PREFIX = "bulou-test-"


def pytest_configure(config: pytest.Config) -> None:
    """Name the run's folder before the workers start, so that they all find the same server."""
    if not hasattr(config, "workerinput"):
        _sweep_after_killed_runs()
        os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run is over: drop what it made on a server of one's own, or stop and remove the embedded one."""
    if not hasattr(config, "workerinput") and HOME_VARIABLE in os.environ:
        _remove(Path(os.environ.pop(HOME_VARIABLE)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that touches the database, so that `-m database` runs them again on another server."""
    for item in items:
        if item.get_closest_marker("django_db") or {"db", "transactional_db", "django_db_setup"} & set(
            getattr(item, "fixturenames", ())
        ):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Point Django at this worker's clone of the migrated template; the tests then act as bulou_app."""
    home = Path(os.environ[HOME_VARIABLE])
    with django_db_blocker.unblock():
        admin = _admin_dsn(home, worker_id)
        template = _template(home, admin, worker_id)
        name = f"{template}_clone"
        clone(admin, template, name)
        _point_django(admin, name, role="bulou_app")
        restore = _restore_by_cloning(admin, template, name)
    try:
        yield
    finally:
        restore()
        with django_db_blocker.unblock():
            _close_django()
            _drop(admin, name)


def clone(admin: str, template: str, name: str) -> None:
    """A fresh copy of the template database under `name`; an old one of that name is dropped."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER bulou_owner STRATEGY file_copy")
        connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
        _let_in(connection, name)


def _admin_dsn(home: Path, worker: str) -> str:
    """The way in as the one who may make databases: of a server named in the environment, or of this worker's own, started."""
    if urls := os.environ.get(URL_VARIABLE, "").split():
        return make_conninfo(urls[int(worker.removeprefix("gw") if worker != "master" else 0) % len(urls)])
    from bulou.platform.postgres import ensure_running

    return ensure_running(home / f"server-{worker}", durable=False).dsn("postgres", dbname="postgres")


def _template(home: Path, admin: str, worker: str) -> str:
    """The name of the worker's migrated template."""
    from bulou.platform.postgres import roles

    name = f"test_{home.name.rpartition('-')[2]}_{worker}".lower()
    (home / f"made-{worker}").write_text(f"{admin}\n{name}")
    with _alone(home), psycopg.connect(admin, autocommit=True) as connection:
        roles.make_roles(connection, {})
        roles.make_database(connection, name)
        _let_in(connection, name)
    with psycopg.connect(
        make_conninfo(admin, dbname=name, options="-c role=bulou_owner"), autocommit=True
    ) as connection:
        roles.give_default_rights(connection, name)
    _migrate(admin, name)
    return name


def _let_in(connection: psycopg.Connection, name: str) -> None:
    words = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO bulou_app, bulou_forget")
    connection.execute(words.format(sql.Identifier(name)))


def _migrate(admin: str, name: str) -> None:
    from django.core.management import call_command

    _point_django(admin, name, role="bulou_owner")
    call_command("migrate", verbosity=0, interactive=False)
    _close_django()


def _point_django(admin: str, name: str, *, role: str) -> None:
    from django.db import connections

    from bulou.site.settings import databases

    _close_django()
    dsn = make_conninfo(admin, dbname=name, options=f"-c role={role}")
    connections["default"].settings_dict.update(databases(dsn)["default"])


def _close_django() -> None:
    from django.db import connections

    connections["default"].close()


def _restore_by_cloning(admin: str, template: str, name: str) -> Callable[[], None]:
    """Tests that commit leave a fresh clone behind them: bulou_app may not truncate, and rows made by migrations must stay."""
    from django.test import TransactionTestCase

    tests: Any = TransactionTestCase  # its tear-down is not in the stubs
    usual = tests._fixture_teardown

    def anew(case: Any) -> None:
        _close_django()
        clone(admin, template, name)

    tests._fixture_teardown = anew

    def undo() -> None:
        tests._fixture_teardown = usual

    return undo


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with open(home / "lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _drop(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _remove(home: Path) -> None:
    from bulou.platform.postgres import stop

    for server in home.glob("server-*"):
        stop(server)
    if os.environ.get(URL_VARIABLE):
        for made in home.glob("made-*"):
            _drop(*made.read_text().splitlines())
    shutil.rmtree(home, ignore_errors=True)


def _sweep_after_killed_runs() -> None:
    """Stop servers and remove folders of runs that were killed before they could clean up; never those of a living run."""
    for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = home.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and home.stat().st_uid == os.geteuid() and not _lives(int(pid)):
            _remove(home)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
