"""A form as a prefecture sends it: merged title, two header rows, towns down the side, formulas, formats, widths, a list to choose from, print settings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

TAB, OTHER = "日报表", "填报说明"
FIRST = 6  # the row of the first town


def superior_form(towns: Sequence[str], *, change: Mapping[str, Any] | None = None) -> bytes:
    """The file. `change` = cells of the first sheet written otherwise."""
    book = Workbook()
    sheet = book.active
    sheet.title = TAB
    thin = Side(style="thin")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    sheet.merge_cells("A1:G1")
    sheet["A1"] = "疫情防控信息报送日报表"
    sheet["A1"].font = Font(name="方正小标宋简体", size=18, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet["A2"], sheet["F2"] = "填报单位：", "填报日期："
    sheet["G2"].number_format = "yyyy年m月d日"
    for spot, text in {
        "A4": "序号",
        "B4": "乡镇",
        "C4": "工作人员信息报告",
        "C5": "应报",
        "D5": "实报",
        "E5": "漏报",
        "F5": "上报率",
        "G4": "备注",
    }.items():
        sheet[spot] = text
    for merged in ("A4:A5", "B4:B5", "C4:F4", "G4:G5"):
        sheet.merge_cells(merged)
    for number, town in enumerate(towns, start=1):
        row = FIRST + number - 1
        sheet.cell(row, 1, number)
        sheet.cell(row, 2, town)
        sheet.cell(row, 6).number_format = "0.0%"
        for column in range(1, 8):
            sheet.cell(row, column).border = box
        for column in (3, 4, 5):
            sheet.cell(row, column).number_format = "#,##0"
            sheet.cell(row, column).fill = PatternFill("solid", fgColor="FFF2CC")
    last = FIRST + len(towns)
    sheet.cell(last, 2, "合计")
    for column in "CDE":
        sheet[f"{column}{last}"] = f"=SUM({column}{FIRST}:{column}{last - 1})"
    sheet[f"F{last}"] = f'=IF(C{last}=0,"",D{last}/C{last})'
    sheet.column_dimensions["B"].width = 18.5
    sheet.column_dimensions["G"].width = 30
    sheet.row_dimensions[1].height = 36
    choice = DataValidation(type="list", formula1='"已核实,待核实"', allow_blank=True)
    choice.add(f"G{FIRST}:G{last - 1}")
    sheet.add_data_validation(choice)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.print_title_rows = "4:5"
    sheet.freeze_panes = "C6"
    sheet["B3"] = "联系市指挥部"
    sheet["B3"].hyperlink = "https://superior.example/"
    notes = book.create_sheet(OTHER)
    notes["A1"], notes["A2"], notes["B2"] = "说明", "名称", "数"
    notes["A3"], notes["B3"] = "甲", 1
    notes.add_table(Table(displayName="t1", ref="A2:B3"))
    notes["D2"] = "迟报"
    for spot, value in (change or {}).items():
        sheet[spot] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    """A workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content: bytes) -> Workbook:
    """A file as a workbook."""
    return load_workbook(io.BytesIO(content))


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """The file with further parts, or some of its own replaced; dots of a name are written as two underscores, slashes as three."""
    out = io.BytesIO()
    named = {name.replace("___", "/").replace("__", "."): part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as held, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in held.infolist():
            if info.filename not in named:
                made.writestr(info.filename, held.read(info))
        for name, part in named.items():
            made.writestr(name, part)
    return out.getvalue()
