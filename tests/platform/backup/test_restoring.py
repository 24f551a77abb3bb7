"""A backup put back equals the original, keeps its guards and its seal, and forgets what was forgotten since."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from bulou.modules.registry.models import Document, Person
from bulou.platform import backup, vault
from bulou.platform.access.viewer import system
from bulou.platform.expiry import services
from bulou.platform.expiry.models import Forgotten
from bulou.platform.journal.chain import read_head
from bulou.platform.journal.models import Line
from bulou.platform.journal.sealing import head, seal
from bulou.platform.journal.services import write
from bulou.platform.journal.verifying import verify
from bulou.platform.postgres.doors import dsn_as
from bulou.platform.refusals import Refusal
from bulou.platform.vault import ring
from tests.platform.backup.conftest import NOW, NUMBERS


@pytest.fixture
def file(county, tmp_path):
    """A backup of the county."""
    path = tmp_path / "county.bulou"
    backup.create(path, now=NOW)
    return path


def spoil() -> None:
    """Leave the database as a disaster would."""
    with psycopg.connect(dsn_as("bulou_owner")) as owner:
        owner.execute("DROP TABLE registry_document, once_done CASCADE")
        owner.execute("UPDATE registry_person SET name = '错'")
        owner.execute("CREATE TABLE left_over (id int)")


def test_every_row_right_and_sequence_comes_back(file, snapshot, tmp_path):
    before = snapshot()
    steps = []
    spoil()
    restored = backup.restore(file, now=NOW, replace=True, progress=lambda step, done, of: steps.append(step))
    assert snapshot() == before
    assert (restored.forgotten_again, restored.lost_keys, restored.index_is_lost) == (0, [], False)
    assert set(steps) == {"check", "load"}
    assert restored.header.head == head().short()


def test_the_guards_stand_and_the_chain_goes_on_after_a_restore(file):
    printed = read_head(head().short())
    spoil()
    backup.restore(file, now=NOW, replace=True)
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_line")
    write(by=system("t"), action="t.after", kind="k", subjects=[], now=NOW)
    lines = Line.objects.count()
    assert seal(NOW) == 1
    report = verify(printed)
    assert report.is_sound, report.findings
    assert report.rows == lines


def test_transaction_numbers_of_a_younger_server_do_not_hide_rows_from_the_seal(county, tmp_path):
    """As if the backup came from a server that had run for years: its numbers lie far above this one's."""
    with psycopg.connect(dsn_as("bulou_owner")) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION journal_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1000000000000::bigint'"
        )
    write(by=system("t"), action="t.sealed", kind="k", subjects=[], now=NOW)
    seal(NOW)
    write(by=system("t"), action="t.unsealed", kind="k", subjects=[], now=NOW)
    backup.create(tmp_path / "old", now=NOW)
    with psycopg.connect(dsn_as("bulou_owner")) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION journal_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint'"
        )
    backup.restore(tmp_path / "old", now=NOW, replace=True)
    write(by=system("t"), action="t.new", kind="k", subjects=[], now=NOW)
    assert seal(NOW) == 2
    report = verify()
    assert report.is_sound, report.findings
    assert report.rows == Line.objects.count()


def test_who_was_forgotten_after_the_backup_stays_forgotten(file, county):
    seal(NOW)
    later = NOW + timedelta(days=10)
    assert services.run(later) == 1
    printed = head()

    restored = backup.restore(file, now=later, replace=True)
    assert restored.forgotten_again == 1
    assert Person.objects.get(pk=county[1]).name == ""
    assert not Document.objects.filter(person_id=county[1]).exists()
    assert Line.objects.get(kind="registry.person", subjects=[county[1]]).why == ""
    assert Forgotten.objects.get().at == later
    report = verify(read_head(printed.short()))
    assert report.is_sound, report.findings
    assert dict(report.forgotten) == {later: 1}
    assert services.run(later) == 0


def test_without_the_data_keys_it_works_and_says_what_stays_closed(file, home):
    sheet = vault.recovery_sheet(home)
    old = vault.load().data[0].id.hex()
    ring.file_of(home).unlink()
    vault.restore_from_sheet("\n".join(line for line in sheet.splitlines() if line.startswith("  B")), home)
    vault.create(home)
    restored = backup.restore(file, now=NOW, replace=True)
    assert (restored.lost_keys, restored.index_is_lost) == ([old], True)
    document = Document.objects.select_related("person").first()
    assert document.masked.endswith(document.tail)
    with pytest.raises(Refusal) as caught:
        vault.unseal(document.sealed, purpose="registry.document", about=document.person.uuid)
    assert caught.value.code == "vault.key_missing"


def test_without_the_backup_key_it_is_refused(file, home, snapshot):
    before = snapshot()
    vault.use(vault.Ring.fresh())
    assert refused(file) == "backup.key_missing"
    assert snapshot() == before


def test_a_full_database_is_kept_unless_told(file, snapshot):
    before = snapshot()
    assert refused(file, replace=False) == "backup.not_empty"
    assert snapshot() == before


def test_damaged_truncated_and_other_files_change_nothing(file, snapshot):
    before = snapshot()
    whole = file.read_bytes()
    for at in (len(whole) // 2, len(whole) - 1, 60):
        altered = bytearray(whole)
        altered[at] ^= 1
        file.write_bytes(bytes(altered))
        assert refused(file) in {"backup.damaged", "backup.not_a_backup", "backup.key_missing"}
    for cut, code in (
        (len(whole) - 1, "backup.truncated"),
        (len(whole) // 2, "backup.truncated"),
        (30, "backup.not_a_backup"),
        (0, "backup.not_a_backup"),
    ):
        file.write_bytes(whole[:cut])
        assert refused(file) == code
    file.unlink()
    assert refused(file) == "backup.unreadable_file"
    assert snapshot() == before


def test_an_expired_backup_is_refused_and_pruned(county, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    backup.create(folder / "short", now=NOW, keep=timedelta(days=2))
    backup.create(folder / "long", now=NOW, keep=timedelta(days=30))
    (folder / "notes.txt").write_text("BULO")
    later = NOW + timedelta(days=2)
    assert refused(folder / "short", now=later) == "backup.expired"
    assert backup.prune(folder, now=later) == [folder / "short"]
    assert sorted(path.name for path in folder.iterdir()) == ["long", "notes.txt"]


def test_a_backup_of_a_newer_house_is_refused(county, tmp_path):
    with psycopg.connect(dsn_as("bulou_owner")) as owner:
        owner.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('journal', '9999_later', '2026-01-01Z')"
        )
    backup.create(tmp_path / "newer", now=NOW)
    assert refused(tmp_path / "newer") == "backup.newer"


def test_a_failure_while_loading_changes_nothing(file, snapshot, monkeypatch):
    from bulou.platform.backup import restoring

    before = snapshot()
    monkeypatch.setattr(restoring, "_COMMIT", b"\nSELECT 1 / 0;\nCOMMIT;\n")
    assert refused(file) == "backup.load_failed"
    assert snapshot() == before


def test_a_backup_never_overwrites_and_leaves_nothing_half_written(file, county, tmp_path, monkeypatch):
    with pytest.raises(Refusal) as caught:
        backup.create(file, now=NOW)
    assert caught.value.code == "backup.exists"
    from bulou.platform.backup import creating

    monkeypatch.setattr(creating, "dsn_as", lambda role: "dbname=nowhere")
    with pytest.raises(Refusal) as caught:
        backup.create(tmp_path / "other", now=NOW)
    assert caught.value.code == "backup.dump_failed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["county.bulou", "home"]


def test_the_file_holds_no_number_and_no_name(file):
    raw = file.read_bytes()
    for number in [*NUMBERS, "张三"]:
        assert number.encode() not in raw


def refused(path, *, now=NOW, replace=True) -> str:
    with pytest.raises(Refusal) as caught:
        backup.restore(path, now=now, replace=replace)
    assert "%(" not in caught.value.sentence
    return caught.value.code


def test_a_stream_that_breaks_off_while_loading_is_never_committed(file, snapshot, monkeypatch):
    """The file was whole when it was checked, and is gone when it is read again (a pulled stick)."""
    from bulou.platform.backup import container, restoring

    before = snapshot()
    times = iter([container.pieces, lambda path: (piece[: len(piece) // 2] for piece in container.pieces(path))])
    monkeypatch.setattr(restoring, "pieces", lambda path: next(times)(path))
    assert refused(file) == "backup.load_failed"
    assert snapshot() == before


def test_what_belongs_to_the_server_it_came_from_is_left_behind_and_data_is_not_touched():
    from io import BytesIO

    from bulou.platform.backup.restoring import _fitted

    script = b"""SET transaction_timeout = 0;
SET row_security = off;
ALTER TABLE ONLY public.t ALTER COLUMN note SET (pg_attver=69555400);
COPY public.t (note) FROM stdin;
SET transaction_timeout = 0;
ALTER DEFAULT PRIVILEGES FOR ROLE county IN SCHEMA public GRANT SELECT ON TABLES TO bulou_app;
\\.
ALTER DEFAULT PRIVILEGES FOR ROLE "the county" IN SCHEMA public GRANT SELECT ON TABLES TO bulou_app;
"""
    kept = script.split(b"\n", 1)[1].replace(
        b"ALTER TABLE ONLY public.t ALTER COLUMN note SET (pg_attver=69555400);\n", b""
    )
    assert b"".join(_fitted(BytesIO(script))) == kept.replace(b'FOR ROLE "the county" ', b"")
