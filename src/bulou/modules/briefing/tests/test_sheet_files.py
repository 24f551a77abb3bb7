"""Reading the superior's file and putting numbers into it: what is refused, what is understood, and that nothing else changes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bulou.modules.briefing.queries.sheets import patching, reading
from bulou.modules.briefing.queries.sheets.patching import Extra, Patch, patched
from bulou.modules.briefing.rules import cells
from bulou.modules.briefing.rules.suggesting import Node, Vocabulary, asked, matches, meant, proposals
from bulou.modules.briefing.tests.superior import FIRST, OTHER, TAB, opened, saved, superior_form, with_parts
from bulou.platform.refusals import Refusal

TOWNS = ("约改镇", "巴干乡", "秋智乡")
FORM = superior_form(TOWNS)
NOTHING = Extra("来源", (10,), (), {})
OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def _types(content: bytes, before: bytes, after: bytes) -> bytes:
    types = zipfile.ZipFile(io.BytesIO(content)).read("[Content_Types].xml")
    assert before in types
    return with_parts(content, **{"[Content_Types]__xml": types.replace(before, after)})


def _bomb() -> bytes:
    return with_parts(FORM, xl___media___image1__bin=bytes(reading.MAX_UNPACKED + 1))


def _lying_bomb() -> bytes:
    """A part that says it is small and unpacks to more."""
    content = bytearray(with_parts(FORM, zz__xml=bytes(200_000)))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(content)


def _many_cells() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in range(1, 202):
        for column in range(1, 102):
            book.active.cell(row, column, 1)
    return saved(book)


def _entities() -> bytes:
    part = zipfile.ZipFile(io.BytesIO(FORM)).read("xl/worksheets/sheet1.xml")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return with_parts(FORM, xl___worksheets___sheet1__xml=bomb + part)


MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WRONG = {
    "empty": (lambda: b"", "sheet_empty"),
    "text": (lambda: "应报,实报".encode(), "sheet_not_xlsx"),
    "xls": (lambda: OLE + bytes(600), "sheet_old_xls"),
    "password": (lambda: OLE + bytes(100) + "EncryptedPackage".encode("utf-16-le"), "sheet_password"),
    "large": (lambda: b"PK" + bytes(reading.MAX_BYTES), "sheet_too_large"),
    "half": (lambda: FORM[: len(FORM) // 2], "sheet_damaged"),
    "zip": (lambda: with_parts(FORM, **{"[Content_Types]__xml": b"<Types/>"}), "sheet_not_xlsx"),
    "macros": (lambda: _types(FORM, MAIN_TYPE, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "sheet_macros"),
    "hidden macros": (lambda: with_parts(FORM, xl___vbaProject__bin=b"x"), "sheet_macros"),
    "binary": (lambda: _types(FORM, MAIN_TYPE, b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "sheet_macros"),
    "template": (lambda: _types(FORM, b"sheet.main+xml", b"template.main+xml"), "sheet_template"),
    "signed": (lambda: with_parts(FORM, _xmlsignatures___sig1__xml=b"<x/>"), "sheet_signed"),
    "bomb": (_bomb, "sheet_bomb"),
    "lying bomb": (_lying_bomb, "sheet_(bomb|damaged)"),
    "entities": (_entities, "sheet_damaged"),
    "no sheet": (lambda: saved(__import__("openpyxl").Workbook()), "sheet_no_tab"),
    "cells": (_many_cells, "sheet_too_many_cells"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_form_to_fill_is_refused_with_what_to_do(name: str) -> None:
    make, code = WRONG[name]
    with pytest.raises(Refusal, match=rf"briefing\.{code}") as refused:
        reading.read(make())
    assert refused.value.field == "file"
    assert refused.value.sentence


def test_a_sheet_is_read_with_its_merges_formulas_formats_and_widths() -> None:
    tab = reading.read(FORM).tabs[0]
    last = FIRST + len(TOWNS)
    assert tab.text((1, 7)) == "疫情防控信息报送日报表", "a merged range says everywhere what its first cell says"
    assert tab.formulas[(last, 3)] == f"=SUM(C{FIRST}:C{last - 1})"
    assert tab.formats[(FIRST, 6)] == "0.0%"
    assert tab.widths[2] == 18.5
    assert [cells.why_not_fill(tab, at) for at in ((last, 3), (1, 2), (FIRST, 3))] == ["formula", "merged", ""]
    notes = reading.read(FORM).tabs[1]
    assert [cells.why_not_fill(notes, at) for at in ((2, 1), (3, 2))] == ["table_head", ""]


def test_names_of_cells_go_both_ways() -> None:
    assert [cells.spot(name) for name in ("A1", "Z9", "AA10", "XFD1048576")] == [
        (1, 1),
        (9, 26),
        (10, 27),
        (1048576, 16384),
    ]
    assert [cells.spot(name) for name in ("", "1A", "A0", "a1", "XFE1", "A1048577", "A1:B2", "$A$1")] == [None] * 8
    assert all(cells.spot(cells.named((row, column))) == (row, column) for row in (1, 77) for column in range(1, 800))


def test_the_words_beside_a_cell_say_what_it_asks() -> None:
    tab = reading.read(FORM).tabs[0]
    found = {
        one.cell: one
        for one in proposals(tab, Vocabulary({"staff": "工作人员信息报告制度", "list": "群众信息报告制度"}))
    }
    assert (found["C6"].what, found["D7"].what, found["E8"].what, found["F6"].what) == (
        "expected",
        "actual",
        "missing",
        "reporting_rate",
    )
    assert {found[name].regime for name in ("C6", "F8")} == {"staff"}
    assert found["C6"].names == ("约改镇",)
    assert (found["B2"].fill, found["G2"].fill) == ("place", "day")
    assert not {"C9", "F9", "G6", "A6"} & found.keys(), "formulas, remarks and numbers of rows are left alone"
    assert not {"C2", "D2", "E2", "G5", "B3"} & found.keys(), "words ask for the next cell, not for the whole row"
    notes = {one.cell: one for one in proposals(reading.read(FORM).tabs[1], Vocabulary({}))}
    assert "B3" not in notes


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("应报人数", "expected"), ("按时上报", "on_time"), ("未按时上报", None), ("漏报数", "missing"), ("上报率（%）", "reporting_rate"),
        ("治愈率", None), ("迟报", "late"), ("Late", "late"), ("template", None), ("备注", None),
    ],
)  # fmt: skip
def test_a_heading_asks_for_what_it_says_and_for_nothing_it_does_not(text: str, what: str | None) -> None:
    found = asked(text)
    assert (found[1] if found else None) == what


NODES = (
    Node("place", 1, "约改镇", "曲麻莱县", "town"), Node("place", 2, "巴干乡", "曲麻莱县", "town"), Node("place", 3, "团结村", "巴干乡", "village"),
    Node("place", 4, "团结村", "约改镇", "village"), Node("unit", 5, "县卫生健康局", "", "unit"),
)  # fmt: skip


def test_a_name_is_matched_and_a_doubtful_one_is_asked() -> None:
    assert matches("约改镇", NODES)[0] == NODES[0]
    assert matches(" 约改 ", NODES)[0] == NODES[0], "the same without what sort of place it is"
    assert matches("卫生健康局", NODES) == (None, (NODES[4],)), "alike is asked, not taken"
    assert matches("团结村", NODES) == (None, (NODES[2], NODES[3])), "two of one name"
    assert matches("团结村", NODES, ("团结村", "巴干乡"))[0] == NODES[2], "the town in the same row tells"
    assert matches("杂多县", NODES)[0] is None
    assert meant(("合计",), NODES).is_all
    assert meant((), NODES).is_all
    assert meant(("张三", "巴干乡"), NODES).node == NODES[1]


def _everything(content: bytes, without: set[tuple[str, str]]) -> dict[str, Any]:
    """All a workbook says of its own sheets, save some cells' values."""
    found: dict[str, Any] = {}
    for sheet in opened(content).worksheets:
        if sheet.title == "来源":
            continue
        for row in sheet.iter_rows():
            for cell in row:
                look = (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format, cell.protection)
                found[f"{sheet.title}!{cell.coordinate}"] = tuple(map(repr, look))
                if (sheet.title, cell.coordinate) not in without:
                    found[f"{sheet.title}={cell.coordinate}"] = (cell.value, cell.hyperlink and cell.hyperlink.target)
        found[sheet.title] = (
            sorted(map(str, sheet.merged_cells.ranges)), {key: one.width for key, one in sheet.column_dimensions.items()},
            {key: one.height for key, one in sheet.row_dimensions.items()}, [repr(one) for one in sheet.data_validations.dataValidation],
            repr(sheet.page_setup), sheet.print_title_rows, sheet.freeze_panes, repr(sheet.page_margins), list(sheet.tables),
        )  # fmt: skip
    return found


OPEN = [
    (TAB, name)
    for name in (
        "B2",
        "G2",
        "H1",
        "A12",
        "C3",
        *(f"{column}{row}" for column in "CDEFG" for row in range(FIRST, FIRST + len(TOWNS))),
    )
] + [(OTHER, "D3"), (OTHER, "B3"), (OTHER, "Z50")]
VALUES = st.one_of(
    st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6, allow_nan=False),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(OPEN), VALUES, min_size=1))
def test_filling_changes_the_mapped_cells_and_nothing_else(chosen: dict[tuple[str, str], Any]) -> None:
    patches = [
        Patch(tab, cell, value, f"https://bulou.example/r?a={n}&b=1")
        for n, ((tab, cell), value) in enumerate(chosen.items())
    ]
    filled = patched(FORM, patches, NOTHING)
    before, after = _everything(FORM, set(chosen)), _everything(filled, set(chosen))
    plain = before["日报表!G3"]
    assert {name: value for name, value in after.items() if name in before} == before
    assert all(value in ((None, None), plain) for name, value in after.items() if name not in before), (
        "and no cell more"
    )
    for one in patches:
        kind, value = _raw(filled, one)
        assert (kind, value) == ("inlineStr" if isinstance(one.value, str) else None, one.value)
        assert opened_link(filled, one) == one.link
    assert _parts(FORM, patches) == _parts(filled, patches)


def _raw(content: bytes, one: Patch) -> tuple[str | None, Any]:
    """A cell as it stands in the file: its kind and value, however its format would show it."""
    tree = etree.fromstring(
        zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{1 if one.tab == TAB else 2}.xml")
    )
    (cell,) = tree.xpath(f"//*[local-name()='c'][@r='{one.cell}']")
    text = "".join(cell.itertext())
    return cell.get("t"), text if isinstance(one.value, str) else type(one.value)(text)


def opened_link(content: bytes, one: Patch) -> str:
    """Where a cell of the file leads."""
    found: str = opened(content)[one.tab][one.cell].hyperlink.target
    return found


def _parts(content: bytes, patches: list[Patch]) -> dict[str, bytes]:
    """Every part nothing was put into, byte for byte."""
    touched = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    touched |= {"xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"}
    touched |= (
        {"xl/worksheets/sheet2.xml", "xl/worksheets/_rels/sheet2.xml.rels"}
        if any(one.tab == OTHER for one in patches)
        else set()
    )
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        return {name: held.read(name) for name in held.namelist() if name not in touched and "bulou" not in name}


def test_formulas_stay_and_are_worked_out_anew_and_drawings_are_kept() -> None:
    """What no library of ours knows goes over as it is: an image, and an extension of Excel's."""
    part = zipfile.ZipFile(io.BytesIO(FORM)).read("xl/worksheets/sheet1.xml")
    last = FIRST + len(TOWNS)
    part = part.replace(b"<v></v>", b"<v>41</v>").replace(b"<v />", b"<v>41</v>").replace(b"<v/>", b"<v>41</v>")
    extension = (
        b'<extLst><ext uri="{CCE6A557}" xmlns:x14="urn:x"><x14:dataValidations count="1"/></ext></extLst></worksheet>'
    )
    part = part.replace(b"</worksheet>", extension)
    content = with_parts(FORM, xl___worksheets___sheet1__xml=part, xl___media___seal__png=b"\x89PNG seal")
    filled = patched(content, [Patch(TAB, "C6", 12, "https://bulou.example/")], NOTHING)
    book = opened(filled)
    assert book[TAB][f"C{last}"].value == f"=SUM(C{FIRST}:C{last - 1})"
    assert book.calculation.fullCalcOnLoad
    held = zipfile.ZipFile(io.BytesIO(filled))
    assert held.read("xl/media/seal.png") == b"\x89PNG seal"
    made = held.read("xl/worksheets/sheet1.xml")
    assert b"x14:dataValidations" in made
    assert b"<v>41</v>" not in made, "a result of other numbers is not left standing"
    order = [etree.QName(one).localname for one in etree.fromstring(made)]
    wanted = ["sheetData", "mergeCells", "dataValidations", "hyperlinks", "pageMargins", "pageSetup", "extLst"]
    assert [one for one in order if one in wanted] == wanted, "in the order the standard asks for"


def test_a_sheet_that_names_no_rows_and_cells_is_filled_where_it_should_be() -> None:
    """The standard lets a writer leave the names of rows and cells out."""
    main = patching.MAIN.encode()
    part = (
        b'<worksheet xmlns="%s"><sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row></sheetData></worksheet>'
        % main
    )
    filled = patched(
        with_parts(FORM, xl___worksheets___sheet1__xml=part), [Patch(TAB, "B1", 7), Patch(TAB, "C2", 8)], NOTHING
    )
    sheet = opened(filled)[TAB]
    assert (sheet["A1"].value, sheet["B1"].value, sheet["C2"].value, sheet.max_row) == ("a", 7, 8, 2)


def test_words_that_begin_like_a_formula_stay_words_and_other_links_stay() -> None:
    sheet = opened(patched(FORM, [Patch(TAB, "G6", "=1+1", "https://bulou.example/")], NOTHING))[TAB]
    assert (sheet["G6"].value, sheet["G6"].data_type) == ("=1+1", "s")
    assert sheet["B3"].hyperlink.target == "https://superior.example/"
    again = opened(patched(FORM, [Patch(TAB, "B3", "x", "https://bulou.example/")], NOTHING))[TAB]
    assert again["B3"].hyperlink.target == "https://bulou.example/", "one link a cell"
