"""Files given back: the bad rows with the reason beside each, and an empty template whose headings are always understood."""

from __future__ import annotations

import io
from collections.abc import Collection

import xlsxwriter
from django.utils.translation import gettext as _

from bulou.platform.sheets.fields import Cell, plain
from bulou.platform.sheets.judging import Verdict
from bulou.platform.sheets.layout import Layout
from bulou.platform.sheets.reading import Sheet
from bulou.platform.sheets.spec import BAD, ImportSpec

MOST_CELL = 32_767


def bad_rows(spec: ImportSpec, sheet: Sheet, layout: Layout, verdict: Verdict, returned: Collection[int] = ()) -> bytes:
    """An .xlsx of the rows that were not loaded, under their own headings, the reasons in the last column. Mended, it can be sent again.

    `returned` = row numbers given back when the others were loaded; their reasons are told as they are now.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        page, head, mark = (
            book.add_worksheet(sheet.name[:31]),
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"font_color": "#9B1C1C"}),
        )
        headings = [*layout.headings, _("Row in your file"), _("Why it was not loaded")]
        for column, heading in enumerate(headings):
            page.write_string(0, column, heading, head)
        page.freeze_panes(1, 0)
        page.set_column(0, len(headings) - 2, 16)
        page.set_column(len(headings) - 1, len(headings) - 1, 60)
        labels = {one.key: str(one.label) for one in spec.fields}
        line = 1
        for row in verdict.rows:
            if row.verdict == BAD or row.number in returned:
                for column, cell in enumerate(sheet.rows[row.number - 1][: len(layout.headings)]):
                    page.write_string(line, column, _as_sent(cell))
                page.write_number(line, len(headings) - 2, row.number)
                reasons = [f"{labels[r.field]}：{r.sentence}" if r.field in labels else r.sentence for r in row.reasons]
                page.write_string(line, len(headings) - 1, "\n".join(reasons) or _("It could be loaded now."), mark)
                line += 1
    return stream.getvalue()


def _as_sent(cell: Cell) -> str:
    """Text, so that an identity number keeps its digits and nothing becomes a formula."""
    return plain(cell)[:MOST_CELL]


def template(spec: ImportSpec) -> bytes:
    """An empty .xlsx for one import: headings, a hint under each as a comment, choices as a drop-down, text cells for numbers that are codes."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet(str(spec.title)[:31])
        needed = book.add_format({"bold": True, "bottom": 2})
        plain_head = book.add_format({"bottom": 1})
        text = book.add_format({"num_format": "@"})
        for column, one in enumerate(spec.fields):
            page.write_string(0, column, str(one.label), needed if one.is_required else plain_head)
            page.set_column(column, column, max(12, 2 * len(str(one.label)) + 4), text)
            if one.hint:
                page.write_comment(0, column, str(one.hint))
            if one.choices and len(",".join(one.choices)) <= 255:
                page.data_validation(
                    1,
                    column,
                    5000,
                    column,
                    {"validate": "list", "source": list(one.choices), "ignore_blank": True, "error_type": "warning"},
                )
        page.freeze_panes(1, 0)
    return stream.getvalue()
