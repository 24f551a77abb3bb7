"""The form the prefecture wants of case A, as it would send it, and what fills its cells: for the demonstration and for tests."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime, time

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from bulou.modules.briefing.models import Sheet
from bulou.modules.briefing.queries.sheets import proposing, reading
from bulou.modules.briefing.queries.sheets.catalogue import Catalogue, catalogue
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.services import add_sheet, map_cells
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import Viewer

NAME, WANTED_BY, DUE = "疫情防控信息报送日报表", "州疫情防控指挥部办公室", "每日18时30分前"
FILL_AT = time(18, 20)
TOWNS, OFFICES = "乡镇", "县直部门"
FIRST = 6
_GROUPS = (("群众信息报告（村、社区）", "C", "F"), ("外出返乡人员健康状况（人）", "G", "J"))
_ASKED = ("应报", "已报", "漏报", "上报率")
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E8EEF0")


def add_superior_form(operation: Operation, *, by: Viewer, now: datetime) -> Sheet:
    """The form added to the operation, its cells filled with what the words in it propose."""
    known = catalogue(by, operation, now=now)
    content = form_file(_named(known, "town"), _departments(known))
    sheet = add_sheet(
        by=by, operation=operation, name=NAME, wanted_by=WANTED_BY, due=DUE, fill_at=FILL_AT, content=content, file_name=f"{NAME}.xlsx",
        now=now,
    )  # fmt: skip
    map_cells(by=by, sheet=sheet, number=0, chosen=list(_chosen(content, known)), now=now)
    return sheet


def form_file(towns: Sequence[str], offices: Sequence[str]) -> bytes:
    """The prefecture's file: a sheet by town, one by department; formulas in the totals."""
    book = Workbook()
    _fill_towns(book.worksheets[0], towns)
    _fill_offices(book.create_sheet(OFFICES), offices)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _chosen(content: bytes, known: Catalogue) -> Iterable[Mapped]:
    """What the words propose and nobody has to be asked about."""
    for one in proposing.offers(reading.read(content), known, ()):
        if one.is_sure:
            yield proposing.mapped_of(one.tab, one.proposal, one.proposal.regime, one.meant.node)


def _named(known: Catalogue, level: str) -> list[str]:
    return [one.name for one in known.nodes if one.level == level]


def _departments(known: Catalogue) -> list[str]:
    return [one.name for one in known.nodes if one.level == "unit" and one.parent == "县直各部门"]


def _fill_towns(page: Worksheet, towns: Sequence[str]) -> None:
    page.title = TOWNS
    _heading(page, "A1:J1", NAME)
    page["A2"], page["H2"] = "填报单位：", "填报日期："
    page.merge_cells("B2:D2")
    page.merge_cells("I2:J2")
    page["I2"].number_format = "yyyy年m月d日"
    for cell, text in (("A4", "序号"), ("B4", "乡镇")):
        page[cell] = text
        page.merge_cells(f"{cell}:{cell[0]}5")
    for title, left, right in _GROUPS:
        page[f"{left}4"] = title
        page.merge_cells(f"{left}4:{right}4")
        for letter, text in zip(_letters(left, right), _ASKED, strict=True):
            page[f"{letter}5"] = text
    _rows(page, towns, [letter for _title, left, right in _GROUPS for letter in _letters(left, right)])
    page.column_dimensions["B"].width = 16
    page.print_title_rows = "4:5"


def _fill_offices(page: Worksheet, offices: Sequence[str]) -> None:
    page.title = OFFICES
    _heading(page, "A1:H1", "县直部门工作人员信息报告情况")
    for cell, text in (("B3", "临时党支部（个）"), ("D3", "临时党支部党员（名）"), ("F3", "下沉网格干部（名）")):
        page[cell] = text
    page["A4"], page["B4"], page["C4"], page["G4"] = "序号", "部门", "工作人员信息报告制度（人）", "部门汇总"
    for merged in ("A4:A5", "B4:B5", "C4:F4", "G4:H4"):
        page.merge_cells(merged)
    for letter, text in zip("CDEFGH", (*_ASKED, "在岗人数", "不在岗人数"), strict=True):
        page[f"{letter}5"] = text
    _rows(page, offices, list("CDEFGH"))
    page.column_dimensions["B"].width = 24


def _rows(page: Worksheet, names: Sequence[str], letters: Sequence[str]) -> None:
    """A row for each name, a total below, boxes around everything; each fourth column is a rate."""
    last = FIRST + len(names)
    for number, name in enumerate(names, start=1):
        page.cell(FIRST + number - 1, 1, number)
        page.cell(FIRST + number - 1, 2, name)
    page.cell(last, 2, "合计")
    for place, letter in enumerate(letters):
        is_rate = place % 4 == 3
        for row in range(FIRST, last + 1):
            page[f"{letter}{row}"].number_format = "0.0%" if is_rate else "#,##0"
        part, whole = (f"{letters[place - back]}{last}" for back in (2, 3)) if is_rate else ("", "")
        page[f"{letter}{last}"] = (
            f'=IF({whole}=0,"",{part}/{whole})' if is_rate else f"=SUM({letter}{FIRST}:{letter}{last - 1})"
        )
    for row in page[f"A4:{letters[-1]}{last}"]:
        for cell in row:
            cell.border = _BOX
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if cell.row < FIRST or cell.row == last:
                cell.fill, cell.font = _HEAD, Font(bold=True)
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToWidth = "landscape", 9, 1
    page.freeze_panes = f"C{FIRST}"


def _heading(page: Worksheet, merged: str, text: str) -> None:
    page["A1"] = text
    page.merge_cells(merged)
    page["A1"].font = Font(size=16, bold=True)
    page["A1"].alignment = Alignment(horizontal="center", vertical="center")
    page.row_dimensions[1].height = 32


def _letters(left: str, right: str) -> list[str]:
    return [chr(code) for code in range(ord(left), ord(right) + 1)]
