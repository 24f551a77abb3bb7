"""`bulou briefing --sheet`: the superior's form written to a file, and what is said when it cannot be."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.services import add_sheet, map_cells
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.briefing.tests.superior import TAB, superior_form
from bulou.modules.operations.services import activate_operation
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Refusal
from bulou.site.commands import briefing

BY = system("tests")


@pytest.mark.django_db
def test_the_superiors_form_is_written_to_a_file(monkeypatch, tmp_path, county, capsys) -> None:
    monkeypatch.setattr(briefing, "django_ready", lambda home: nullcontext())
    monkeypatch.setattr(briefing, "this_home", lambda: None)
    now = clock.now() - timedelta(hours=1)
    operation = activate_operation(by=BY, key="small", text=BOOK, level="watch", why="tests", now=now)
    content = superior_form(("约改镇", "巴干乡"))
    sheet = add_sheet(
        by=BY, operation=operation, name="日报", wanted_by="市", content=content, file_name="f.xlsx", now=now
    )

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        briefing.add_arguments(parser)
        return briefing.run(parser.parse_args(["small", *words]))

    out = tmp_path / "daily.xlsx"
    with pytest.raises(Refusal, match=r"briefing\.sheet_unmapped"):
        run("--sheet", "日报", "--out", str(out))
    map_cells(by=BY, sheet=sheet, number=0, chosen=[Mapped(TAB, "C6", "line", {"line": "villages"})], now=now)
    assert run("--sheet", "日报") == 2, "it says where to write it"
    assert run("--sheet", "周报", "--out", str(out)) == 2
    assert "日报" in capsys.readouterr().err
    assert not out.exists()
    assert run("--sheet", "日报", "--out", str(out), "--address", "https://bulou.example") == 0
    cell = load_workbook(out)[TAB]["C6"]
    assert (cell.value, cell.hyperlink.target.startswith("https://bulou.example/briefing/small/rows/places?")) == (
        4,
        True,
    )
    assert Line.objects.filter(action="briefing.sheet_taken").count() == 1
