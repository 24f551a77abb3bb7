"""The exported journal and the stand-alone programme that verifies it, which shares no code with the house."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulou.platform.access.viewer import Viewer, system
from bulou.platform.journal.exporting import export
from bulou.platform.journal.models import Line
from bulou.platform.journal.sealing import head, seal
from bulou.platform.journal.services import write
from bulou.platform.refusals import Forbidden, Refusal
from tests.platform.expiry.test_expiry import KIND, patients  # noqa: F401 (a fixture)
from tests.platform.journal.test_verifying import tamper

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TOOL = Path(__file__).parents[3] / "tools" / "verify_journal.py"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lines() -> list[int]:
    """Twelve lines, sealed in blocks of five."""
    ids = [
        write(
            by=system("试"),
            action="t.done",
            kind=KIND,
            subjects=[n],
            now=NOW,
            why="" if n % 2 else "因为：\n“甲”",
            place_id=n or None,
            data={"n": [n, None, 1.5]},
        )
        for n in range(12)
    ]
    seal(NOW, block=5)
    return ids


def told(file: Path, *words: str) -> tuple[int, str]:
    """What the programme answers, run on bare Python."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(TOOL), str(file), *words], capture_output=True, text=True, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["journal.jsonl", "journal.jsonl.gz"])
def test_a_stranger_verifies_the_export(lines, tmp_path, name):
    end = export(tmp_path / name, by=system("t"), now=NOW)
    assert Line.objects.filter(action="journal.exported").exists()
    code, text = told(tmp_path / name, "--head", end.short())
    assert (code, text.splitlines()[-1]) == (0, "SOUND")
    assert f"4 blocks, 13 rows, 0 forgotten, head {end}" in text


def test_tampering_before_and_after_the_export_shows(lines, tmp_path):
    tamper(
        f"UPDATE journal_line SET why = 'x' WHERE id = {lines[2]}", f"DELETE FROM journal_line WHERE id = {lines[7]}"
    )
    file = tmp_path / "j.jsonl"
    export(file, by=system("t"), now=NOW)
    code, text = told(file)
    assert code == 1
    assert f"journal_line {lines[2]}: it was altered" in text
    assert f"journal_line {lines[7]}: it is missing" in text
    whole = file.read_text()
    file.write_text(whole.replace("t.done", "t.dune", 1))
    assert f"journal_line {lines[0]}: it was altered" in told(file)[1]


def test_a_removed_tail_shows_against_the_head_in_the_file_and_against_paper(lines, tmp_path):
    file = tmp_path / "j.jsonl"
    end = export(file, by=system("t"), now=NOW)
    parts = file.read_text().splitlines(keepends=True)
    file.write_text("".join(parts[:-1]))
    assert "the end of the file is missing" in told(file)[1]
    top = json.loads(parts[0])
    before = json.loads(parts[-1])["previous"]
    sys.path.insert(0, str(TOOL.parent))
    from verify_journal import short  # ty: the forger has it too

    top["head"] = short(end.number - 1, bytes.fromhex(before))
    file.write_text(json.dumps(top) + "\n" + "".join(parts[1:-1]))
    assert told(file)[0] == 0
    code, text = told(file, "--head", end.short())
    assert code == 1
    assert f"the printed head {end} is not in this chain" in text


def test_what_was_forgotten_is_told_from_what_was_hidden(lines, patients, tmp_path):  # noqa: F811
    from bulou.platform.expiry import services

    patients.over = [3]
    services.run(NOW)
    export(tmp_path / "a.jsonl", by=system("t"), now=NOW)
    code, text = told(tmp_path / "a.jsonl")
    assert (code, "1 forgotten" in text) == (0, True), text
    tamper("UPDATE journal_salt SET salt = NULL, forgotten_at = '2026-03-01Z' WHERE subject = 5")
    export(tmp_path / "b.jsonl", by=system("t"), now=NOW)
    code, text = told(tmp_path / "b.jsonl")
    assert code == 1
    assert f"journal_line {lines[5]}: its secret is gone" in text


def test_a_slip_in_the_head_and_another_file_are_answered_with_two(lines, tmp_path):
    file = tmp_path / "j.jsonl"
    export(file, by=system("t"), now=NOW)
    assert told(file, "--head", head().short()[:-1] + "1")[0] == 2
    file.write_text("{}\n")
    assert told(file)[0] == 2
    assert told(tmp_path / "nowhere")[0] == 2


def test_not_everybody_exports_and_nothing_is_overwritten(lines, tmp_path):
    with pytest.raises(Forbidden):
        export(tmp_path / "j", by=Viewer(), now=NOW)
    (tmp_path / "j").write_text("mine")
    with pytest.raises(Refusal) as caught:
        export(tmp_path / "j", by=system("t"), now=NOW)
    assert caught.value.code == "journal.export_exists"
    assert (tmp_path / "j").read_text() == "mine"
