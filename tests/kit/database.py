"""The test database: one PostgreSQL for the whole run, migrated once into a template that every worker clones.

By default an embedded server with fsync off in a temporary folder, shared by the workers of xdist; with BULOU_TEST_DATABASE_URL a
server of your own, reached by a role that may create roles and databases. Migrations run as bulou_owner, tests as bulou_app.
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
        with _alone(home):
            admin = _admin_dsn(home)
            template = _template(home, admin)
        name = f"{template}_{worker_id}"
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


def _admin_dsn(home: Path) -> str:
    """The way in as the one who may make databases: of the server named in the environment, or of the embedded one, started."""
    if url := os.environ.get(URL_VARIABLE):
        return make_conninfo(url)
    from bulou.platform.postgres import ensure_running

    return ensure_running(home / "server", durable=False).dsn("postgres", dbname="postgres")


def _template(home: Path, admin: str) -> str:
    """The name of the migrated template, made by the first worker to come (the caller holds the run's lock)."""
    from bulou.platform.postgres import roles

    mark = home / "template"
    if mark.exists():
        return mark.read_text()
    name = f"test_{home.name.rpartition('-')[2]}".lower()
    with psycopg.connect(admin, autocommit=True) as connection:
        roles.make_roles(connection, {})
        roles.make_database(connection, name)
        _let_in(connection, name)
    with psycopg.connect(
        make_conninfo(admin, dbname=name, options="-c role=bulou_owner"), autocommit=True
    ) as connection:
        roles.give_default_rights(connection, name)
    _migrate(admin, name)
    mark.write_text(name)
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
    if os.environ.get(URL_VARIABLE) and (home / "template").exists():
        _drop(make_conninfo(os.environ[URL_VARIABLE]), (home / "template").read_text())
    if (home / "server").exists():
        from bulou.platform.postgres import stop

        stop(home / "server")
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
