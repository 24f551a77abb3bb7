"""The words command, as a translator uses it."""

from __future__ import annotations

import io
from pathlib import Path

import polib
import pytest

from bulou.platform.words import __main__ as command
from bulou.platform.words.owners import owners


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "code.py").write_text('gettext("Masks"); gettext("Two\\nlines")', encoding="utf-8")
    monkeypatch.setattr(command, "owners", lambda: owners(tmp_path))
    return tmp_path


def test_filling_in_translations_makes_the_house_complete(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 0
    assert "2 untranslated" in capsys.readouterr().out
    assert command.main(["check"]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("Masks\t口罩\nTwo\\nlines\t两\\n行\nGloves\t手套\n"))
    assert command.main(["fill"]) == 0
    assert "nobody says 'Gloves'" in capsys.readouterr().out
    assert command.main(["check"]) == 0
    book = polib.mofile(str(house / "platform/locale/zh_Hant/LC_MESSAGES/django.mo"))
    assert {entry.msgid: entry.msgstr for entry in book} == {"Masks": "口罩", "Two\nlines": "兩\n行"}


def test_a_wrong_package_or_a_half_written_file_changes_nothing_and_says_so(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["extract", "nowhere"]) == 2
    assert "there are platform" in capsys.readouterr().err
    (house / "platform" / "code.py").write_text("gettext(", encoding="utf-8")
    assert command.main(["extract"]) == 1
    assert "code.py:1" in capsys.readouterr().err
    assert not (house / "platform" / "locale").exists()
