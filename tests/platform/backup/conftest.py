"""A home of its own, and a database with something in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from bulou.modules.registry.models import Place
from bulou.modules.registry.services.people import register_person
from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.platform import vault
from bulou.platform.access.viewer import system
from bulou.platform.journal.sealing import seal
from bulou.platform.postgres.doors import dsn_as
from bulou.platform.vault import ring

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NUMBERS = ["000921199001011230", "000921198507235675", "002722197811309010"]


@pytest.fixture
def home(tmp_path: Path, settings):
    """A home with keys, used by this process."""
    held = ring._in_use
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    vault.use(None)
    vault.create(settings.HOME)
    yield settings.HOME
    vault.use(held)


@pytest.fixture
def county(transactional_db, home) -> list[int]:
    """Three people with documents, journal lines about them, sealed. Gives the people's ids."""
    place = Place.objects.create(code="370921001001", level="village", name="样村", sort_key="yang cun", starts=NOW)
    ids = []
    for n, number in enumerate(NUMBERS):
        facts = Facts(f"张三{'甲乙丙'[n]}", keep_until=date(2026, 3, 5) if n == 1 else None)
        papers = (Paper("resident", number),)
        person = register_person(
            facts,
            by=system("t"),
            place_id=place.pk,
            now=NOW,
            once=uuid4(),
            papers=papers,
            why="本人到场",
            is_synthetic=True,
        )
        ids.append(person.pk)
    seal(NOW)
    return ids


@pytest.fixture
def snapshot() -> Callable[[], dict[str, tuple[int, str]]]:
    """Every table's number of rows and a fingerprint of all of them, and every sequence's value; `journal_shift` aside."""

    def take() -> dict[str, tuple[int, str]]:
        found = {}
        with psycopg.connect(dsn_as("bulou_owner"), options="-c TimeZone=UTC") as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).fetchall()
            for (table,) in tables:
                words = f"SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {table} t"
                found[table] = connection.execute(words).fetchone()
            for name, value in connection.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
            ).fetchall():
                found[name] = (value or 0, "")
            rights = connection.execute(
                "SELECT md5(string_agg(g, ',' ORDER BY g)) FROM (SELECT table_name || grantee || privilege_type AS g"
                " FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee LIKE 'bulou%') x"
            ).fetchone()
            found["rights"] = (0, rights[0])
        return found

    return take
