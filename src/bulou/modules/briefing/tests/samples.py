"""Samples of the addresses of briefing: one operation rooted at the cast's township, one at the neighbour's, a briefing issued of each."""

from __future__ import annotations

from typing import Any

from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.services import add_sheet, issue_briefing, map_cells
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.briefing.tests.superior import TAB, superior_form
from bulou.modules.operations.services import activate_operation
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    here, there = (_issued(world, key, town) for key, town in (("near-briefing", 0), ("far-briefing", 1)))

    def one(*names: str, **more: Any) -> Sample:
        return Sample({name: here[name] for name in names}, {name: there[name] for name in names}, **more)

    def of_sheet(number: int | None = None, **more: Any) -> Sample:
        version = {} if number is None else {"number": number}
        near, far = ({"key": where["key"], "pk": where["sheet"], **version} for where in (here, there))
        return Sample(near, far, **more)

    return {
        "report": one("key"),
        "issue": one("key"),
        "rows": Sample({"key": here["key"], "query": "units"}, {"key": there["key"], "query": "units"}),
        "one_issued": one("pk"),
        "issued_figure": one("pk", "figure"),
        "sheets": one("key"),
        "add_sheet": one("key"),
        "sheet": of_sheet(),
        "map_cell": of_sheet(status=405),
        "clear_cell": of_sheet(status=405),
        "suggest_cells": of_sheet(),
        "edit_sheet": of_sheet(),
        "send_file": of_sheet(),
        "end_sheet": of_sheet(),
        "filled_file": of_sheet(query="?day=2020-01-26&at=09:30"),
        "original_file": of_sheet(number=1),
    }


def _issued(world: World, key: str, town: int) -> dict[str, Any]:
    how = {"by": world.cast.chief.viewer, "now": world.now}
    text = BOOK.replace("632726", world.county.towns[town].code)
    operation = activate_operation(key=key, text=text, level="watch", why="tests", **how)
    issued = issue_briefing(operation=operation, **how)
    content, name = superior_form(("约改镇", "巴干乡")), "form.xlsx"
    sheet = add_sheet(operation=operation, name="日报", wanted_by="市指挥部", content=content, file_name=name, **how)
    map_cells(sheet=sheet, number=0, chosen=[Mapped(TAB, "C6", "line", {"line": "branches"})], **how)
    return {"key": key, "pk": issued.pk, "figure": "branches", "sheet": sheet.pk}
