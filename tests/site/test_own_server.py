"""A PostgreSQL of the county's own by DATABASE_URL: prepared, refused in a sentence where it will not do, and served from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from bulou.platform import postgres
from bulou.platform.postgres import roles
from bulou.platform.refusals import Refusal
from tests.site.test_commands import COUNTY, Running, bulou


@pytest.fixture(scope="module")
def foreign() -> Iterator[postgres.Cluster]:
    """A server that stands for the county's own: a role that may make roles, and one that may not, each with a database."""
    with TemporaryDirectory(prefix="bulou-own-") as folder:
        cluster = postgres.ensure_running(Path(folder) / "home", durable=False)
        with psycopg.connect(cluster.dsn("postgres", dbname="postgres"), autocommit=True) as admin:
            for role in (roles.APP, roles.FORGET):
                admin.execute(f"DROP OWNED BY {role}")
            admin.execute("DROP DATABASE bulou")
            for role in (roles.APP, roles.FORGET):
                admin.execute(f"DROP ROLE {role}")
            admin.execute("CREATE ROLE chief LOGIN PASSWORD 'c' CREATEROLE")
            admin.execute("CREATE ROLE modest LOGIN PASSWORD 'm'")
            admin.execute("CREATE DATABASE county OWNER chief TEMPLATE template0")
            admin.execute("CREATE DATABASE small OWNER modest TEMPLATE template0")
            admin.execute(
                "CREATE DATABASE narrow OWNER chief TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
        yield cluster
        postgres.stop(cluster.home)


def url(cluster: postgres.Cluster, user: str, database: str) -> str:
    return f"postgresql://{user}:{user[0]}@/{database}?host={cluster.socket}"


def refused(address: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        roles.prepare_foreign(address)
    return caught.value


def test_an_owner_that_may_not_make_roles_is_told_what_an_administrator_has_to_run(foreign: postgres.Cluster) -> None:
    refusal = refused(url(foreign, "modest", "small"))
    assert refusal.code == "postgres.roles_missing"
    assert "CREATE ROLE bulou_app LOGIN; GRANT bulou_app TO modest;" in refusal.sentence


def test_a_database_that_is_not_utf8_a_wrong_password_and_a_silent_host_are_refused(foreign: postgres.Cluster) -> None:
    assert refused(url(foreign, "chief", "narrow")).code == "postgres.not_utf8"
    assert refused(url(foreign, "chief", "county").replace(":c@", ":x@")).code == "postgres.unreachable"
    silent = refused("postgresql://chief@/county?host=/nonexistent")
    assert silent.code == "postgres.unreachable"
    assert "\n" not in silent.sentence


def test_a_server_that_is_too_old_is_refused(foreign: postgres.Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "OLDEST", 990000)
    refusal = refused(url(foreign, "chief", "county"))
    assert refusal.code == "postgres.too_old"
    assert "18" in refusal.sentence


def test_a_house_is_founded_and_served_on_the_county_s_own_server(foreign: postgres.Cluster, tmp_path: Path) -> None:
    address = url(foreign, "chief", "county")
    home = tmp_path / "home"
    founded = bulou(home, "init", "exercise", COUNTY, DATABASE_URL=address)
    assert founded.returncode == 0, founded.stderr
    assert not (home / "pg").exists()
    running = Running(home, DATABASE_URL=address)
    running.until("answers at")
    assert running.status() in (200, 302)
    with psycopg.connect(address) as owner:
        row = owner.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'chief'"
        ).fetchone()
        assert row == (0,)
    assert running.end() == 0
    assert postgres.status(foreign.home).pid is not None, "a server of the county's own is never stopped"
    with (
        psycopg.connect(address, options="-c role=bulou_app") as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("UPDATE journal_line SET why = ''")
