"""The recovery sheet: printed, typed back with the slips people make, refused with the line that is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bulou.platform import vault
from bulou.platform.refusals import Refusal
from bulou.platform.vault import ring


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    """A sheet of a ring with two data keys."""
    vault.create(tmp_path / "old")
    vault.add_data_key(tmp_path / "old")
    return vault.recovery_sheet(tmp_path / "old")


def test_a_sheet_typed_back_gives_the_same_ring(sheet, tmp_path):
    assert vault.restore_from_sheet(sheet, tmp_path / "new") == vault.load(tmp_path / "old")
    assert ring.load(tmp_path / "new") == ring.load(tmp_path / "old")


def test_it_may_be_typed_in_small_letters_without_spaces_and_with_zeros_for_ohs(sheet, tmp_path):
    lines = [line for line in sheet.splitlines() if re.match(r"\s+[DXB]\d", line)]
    typed = []
    for line in lines:
        name, rest = line.split(maxsplit=1)
        typed.append(
            name.lower() + " " + rest.replace(" ", "").lower().replace("o", "0").replace("i", "1").replace("b", "8")
        )
    assert vault.restore_from_sheet("\n".join(reversed(typed)), tmp_path / "new") == vault.load(tmp_path / "old")


def test_a_slip_names_its_line_and_nothing_is_written(sheet, tmp_path):
    line = next(line for line in sheet.splitlines() if "X1.3" in line)
    letter = line.split()[2][0]
    wrong = line.replace(line.split()[2], ("A" if letter != "A" else "B") + line.split()[2][1:])
    with pytest.raises(Refusal) as caught:
        vault.restore_from_sheet(sheet.replace(line, wrong), tmp_path / "new")
    assert (caught.value.code, caught.value.values) == ("vault.sheet_slip", {"line": "X1.3"})
    assert not ring.file_of(tmp_path / "new").exists()


def test_a_missing_line_is_named(sheet, tmp_path):
    cut = "\n".join(line for line in sheet.splitlines() if "D2.4" not in line)
    with pytest.raises(Refusal) as caught:
        vault.restore_from_sheet(cut, tmp_path / "new")
    assert (caught.value.code, caught.value.values) == ("vault.sheet_line_missing", {"line": "D2.4"})


def test_half_a_sheet_gives_half_a_ring_and_create_fills_the_rest(sheet, tmp_path):
    half = "\n".join(line for line in sheet.splitlines() if re.match(r"\s+B", line))
    held = vault.restore_from_sheet(half, tmp_path / "new")
    assert held.backup == vault.load(tmp_path / "old").backup
    assert held.data == ()
    filled = vault.create(tmp_path / "new")
    assert filled.backup == held.backup
    assert filled.data


def test_other_text_is_not_a_sheet(tmp_path):
    with pytest.raises(Refusal) as caught:
        vault.restore_from_sheet("恢复单\nhello", tmp_path)
    assert caught.value.code == "vault.sheet_empty"
