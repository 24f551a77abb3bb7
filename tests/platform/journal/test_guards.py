"""Append-only tables: neither the application nor the owner changes or removes a line; the forgetting role empties what it may."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.journal.services import note_look, write

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TABLES = ["journal_line", "journal_look", "journal_block", "journal_chain", "expiry_forgotten"]

pytestmark = pytest.mark.django_db


def refused(words: str, role: str) -> str:
    """Run one statement as a role and give the error it is refused with."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        savepoint = transaction.savepoint()
        with pytest.raises(ProgrammingError) as caught:
            cursor.execute(words)
        transaction.savepoint_rollback(savepoint)
        cursor.execute("RESET ROLE")
    return str(caught.value)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("words", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nobody_changes_or_removes_a_row(table, words):
    if table == "journal_block":
        words = words.replace("id", "number")
    assert "permission denied" in refused(words.format(table), "bulou_app")
    assert "append-only" in refused(words.format(table), "bulou_owner")
    assert "permission denied" in refused(words.format(table), "bulou_forget")


def test_the_forgetting_role_empties_what_a_line_says_and_nothing_else():
    write(by=system("t"), action="t.done", kind="k", subjects=[1], now=NOW, why="because", data={"a": 1})
    note_look(by=system("t"), kind="k", subjects=[1], what="list", now=NOW, why="asked")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE bulou_forget")
        cursor.execute("UPDATE journal_line SET why = '', data = '{}'")
        cursor.execute("UPDATE journal_look SET why = ''")
        cursor.execute("RESET ROLE")
    assert Line.objects.get().data == {}
    assert "permission denied" in refused("UPDATE journal_line SET actor_name = 'x'", "bulou_forget")
    assert "permission denied" in refused("INSERT INTO journal_chain VALUES (2, gen_random_uuid())", "bulou_app")


def test_the_application_cannot_write_the_expiry_log():
    words = "INSERT INTO expiry_forgotten (key, at, kind, subjects, why) VALUES (gen_random_uuid(), '2026-01-01', 'k', '{1}', 'x')"
    assert "permission denied" in refused(words, "bulou_app")
