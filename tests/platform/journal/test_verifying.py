"""Sealing and verifying: what was altered, removed, slipped in, cut off or hidden is found, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from bulou.platform.access.viewer import system
from bulou.platform.journal import verifying
from bulou.platform.journal.chain import read_head
from bulou.platform.journal.models import Block, Line, Salt
from bulou.platform.journal.sealing import head, seal, unsealed
from bulou.platform.journal.services import note_look, write
from bulou.platform.journal.verifying import verify
from bulou.platform.postgres.doors import dsn_as
from bulou.platform.refusals import Refusal

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed() -> list[int]:
    """Twelve lines and three looks, sealed in blocks of five."""
    ids = [
        write(
            by=system("试"),
            action="t.done",
            kind="registry.person",
            subjects=[n],
            now=NOW,
            why=f"因为 {n}",
            data={"n": n, "什": "么"},
        )
        for n in range(12)
    ]
    for n in range(3):
        note_look(by=system("试"), kind="registry.person", subjects=list(range(n, n + 20 * n)), what="list", now=NOW)
    assert seal(NOW, block=5) == 15
    return ids


def tamper(*words: str) -> None:
    """What somebody with the server's password could do: the triggers are switched off first."""
    with psycopg.connect(dsn_as("bulou_owner")) as thief:
        for table in ("journal_line", "journal_look", "journal_block", "journal_salt"):
            thief.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for one in words:
            thief.execute(one)
        for table in ("journal_line", "journal_look", "journal_block", "journal_salt"):
            thief.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(report) -> list[tuple[str, str, int | None]]:
    return [(f.what, f.table, f.row) for f in report.findings]


def test_an_untouched_journal_is_sound(sealed):
    report = verify(read_head(head().short()))
    assert report.is_sound
    assert (report.blocks, report.rows, report.head) == (4, 15, head())
    assert set(report.unsealed.values()) == {0}


def test_a_second_run_seals_nothing_and_new_lines_wait_for_the_next(sealed):
    before = head()
    assert seal(NOW) == 0
    assert head() == before
    write(by=system("t"), action="t.done", kind="k", subjects=[], now=NOW)
    assert unsealed()["journal_line"] == 1
    assert verify().is_sound


def test_one_altered_byte_is_named(sealed):
    tamper(f"UPDATE journal_line SET why = overlay(why placing 'x' from 2 for 1) WHERE id = {sealed[6]}")
    assert found(verify()) == [("altered", "journal_line", sealed[6])]


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 0",
        "at = at + interval '1 microsecond'",
        "data = data || '{\"n\": 99}'",
        "subjects = subjects || 7::bigint",
    ],
)
def test_every_column_counts(sealed, change):
    tamper(f"UPDATE journal_line SET {change} WHERE id = {sealed[0]}")
    assert found(verify()) == [("altered", "journal_line", sealed[0])]


def test_a_removed_and_a_slipped_in_row_are_named(sealed):
    tamper(
        f"DELETE FROM journal_line WHERE id = {sealed[3]}",
        "INSERT INTO journal_line (at, happened_at, action, actor_name, kind, subjects, why, data, xact)"
        f" SELECT at, happened_at, 'forged.line', actor_name, kind, subjects, why, data, xact FROM journal_line WHERE id = {sealed[8]}",
    )
    forged = Line.objects.get(action="forged.line").pk
    report = verify()
    assert {("missing", "journal_line", sealed[3]), ("inserted", "journal_line", forged)} == set(found(report))


def test_a_removed_tail_shows_against_a_printed_head(sealed):
    printed = read_head(head().short())
    last = Block.objects.order_by("-number").first()
    tamper(
        f"DELETE FROM journal_block WHERE number = {last.number}",
        f"DELETE FROM {last.table} WHERE xact > {last.since_xact}",
    )
    assert verify().is_sound
    report = verify(printed)
    assert [(f.what, f.block) for f in report.findings] == [("removed_tail", last.number)]


def test_a_chain_made_anew_shows_against_a_printed_head(sealed):
    printed = read_head(head().short())
    tamper("DELETE FROM journal_block", f"UPDATE journal_line SET why = 'lie' WHERE id = {sealed[0]}")
    seal(NOW, block=5)
    assert verify().is_sound
    assert [f.what for f in verify(printed).findings] == ["other_chain"]


def test_an_altered_or_removed_block_breaks_the_chain(sealed):
    tamper("UPDATE journal_block SET at = at + interval '1 second' WHERE number = 2")
    assert {(f.what, f.block) for f in verify().findings} == {("altered_block", 2)}
    tamper("DELETE FROM journal_block WHERE number = 2")
    assert ("broken_chain", 3) in {(f.what, f.block) for f in verify().findings}


def test_a_secret_removed_without_a_forgetting_is_not_taken_for_one(sealed):
    tamper(
        f"UPDATE journal_line SET why = 'lie' WHERE id = {sealed[4]}",
        "UPDATE journal_salt SET salt = NULL, forgotten_at = '2026-03-01Z' WHERE subject = 4",
    )
    assert found(verify()) == [("hidden", "journal_line", sealed[4])]
    tamper("DELETE FROM journal_salt WHERE subject = 4")
    assert found(verify()) == [("hidden", "journal_line", sealed[4])]


def test_rows_of_a_running_transaction_wait_and_are_sealed_after_it(sealed):
    """The ids are given out in another order than the transactions end: nothing is sealed that could still change, nothing is lost."""
    words = (
        "INSERT INTO journal_line (at, happened_at, action, actor_name, kind, subjects, why, data)"
        " VALUES ('2026-03-01Z', '2026-03-01Z', 't.slow', 't', 'k', '{}', '', '{}')"
    )
    with psycopg.connect(dsn_as("bulou_app")) as slow:
        slow.execute(words)
        write(by=system("t"), action="t.fast", kind="k", subjects=[], now=NOW)
        assert seal(NOW) == 0
        slow.commit()
    assert seal(NOW) == 2
    report = verify()
    assert report.is_sound
    assert report.rows == 17


def test_seals_hold_no_content(sealed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(b::text, ' ') FROM journal_block b")
        text = cursor.fetchone()[0]
    assert "因为" not in text
    assert "registry.person" not in text
    assert not any(f"因为 {n}".encode() in bytes(block.entries) for n in range(12) for block in Block.objects.all())


def test_one_subject_has_one_secret_a_batch_shares_the_months(sealed):
    write(by=system("t"), action="t.imported", kind="registry.person", subjects=range(100), now=NOW)
    write(by=system("t"), action="t.merged", kind="registry.person", subjects=[1, 2], now=NOW)
    seal(NOW)
    assert Salt.objects.filter(kind="registry.person").count() == 12
    assert list(Salt.objects.filter(kind="journal.month").values_list("subject", flat=True)) == [202603]
    assert Salt.objects.filter(kind="journal.line").count() == 1


def test_the_database_and_the_written_form_agree(sealed):
    """The digest made by the database is the one a reader of docs/journal.md computes."""
    block = Block.objects.get(number=1)
    assert verifying._fresh_entries(verifying.tables()[block.table], block) == bytes(block.entries)
    texts = verifying.row_texts(block)
    salts = {salt.pk: bytes(salt.salt) for salt in Salt.objects.all()}
    for row, salt, kept in verifying.entries_of(block):
        assert verifying.digest(salts[salt], block.table, row, texts[row]) == kept


@pytest.mark.parametrize("slip", ["", "7", "7-AAAA-BBBB", "x-AAAA-BBBB-CCCC-DDDD-EE"])
def test_a_head_typed_wrong_is_refused(sealed, slip):
    with pytest.raises(Refusal) as caught:
        read_head(slip)
    assert caught.value.code == "journal.head_unreadable"


def test_a_head_is_read_without_dashes_and_in_small_letters_and_every_slip_is_noticed(sealed):
    short = head().short()
    assert read_head(short.lower().replace("-", " ").replace(" ", "-", 1)) == read_head(short)
    wrong = 0
    for at, letter in enumerate(short):
        if letter != "-":
            other = "3" if letter != "3" else "4"
            try:
                read_head(short[:at] + other + short[at + 1 :])
            except Refusal:
                wrong += 1
    assert wrong == len(short.replace("-", ""))
