"""Re-encrypting stored values under a new key."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from bulou.platform import vault
from bulou.platform.refusals import Refusal
from bulou.platform.vault import Ring, SealedColumn, ring
from bulou.platform.vault.ring import Key

COLUMN = SealedColumn("notes", "sealed", "test.note", "r.about")


@pytest.fixture
def notes(db):
    """A table with 4,500 sealed values, and the ring they are sealed with."""
    held = ring._in_use
    vault.use(Ring.fresh())
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE notes (id bigint PRIMARY KEY, about uuid, sealed bytea)")
        rows = [
            (n, about := uuid4(), vault.seal(f"note {n}", purpose="test.note", about=about)) for n in range(1, 4501)
        ]
        cursor.executemany("INSERT INTO notes VALUES (%s, %s, %s)", rows)
    yield
    vault.use(held)


def test_rotation_seals_everything_anew_and_a_second_run_finds_nothing(notes):
    vault.use(vault.load().with_key("data", Key(b"n" * 32)))
    seen: list[int] = []
    assert vault.rotate(lambda table, done: seen.append(done), [COLUMN]) == 4500
    assert seen == [2000, 4000, 4500]
    assert vault.rotate(columns=[COLUMN]) == 0
    vault.use(Ring(data=(Key(b"n" * 32),)))
    assert [text for _id, text in opened()] == [f"note {n}" for n in range(1, 4501)]


def test_rotation_stops_at_a_value_it_cannot_open_and_keeps_it(notes):
    vault.use(Ring.fresh())
    before = stored()
    with pytest.raises(Refusal) as caught:
        vault.rotate(columns=[COLUMN])
    assert caught.value.code == "vault.key_missing"
    assert stored() == before


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, about, sealed FROM notes ORDER BY id")
        return [(key, about, bytes(blob)) for key, about, blob in cursor.fetchall()]


def opened():
    return [(key, vault.unseal(blob, purpose="test.note", about=about)) for key, about, blob in stored()]
