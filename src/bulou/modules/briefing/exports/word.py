"""A briefing as a Word document: headings, sentences, tables; figures as links; number of the page and the seal on every page."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from bulou.modules.briefing.queries.wording import Grid, Page, Said

FONT, FONT_HEADING, FONT_LATIN = "SimSun", "SimHei", "Times New Roman"


def docx_of(page: Page, addresses: Mapping[str, str]) -> bytes:
    """The document's bytes. ImportError without the package."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    made = docx.Document()
    made.core_properties.title = f"{page.title} {page.subtitle}"
    made.core_properties.author = "Bulou"
    made.core_properties.comments = ""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    _font(made.styles["Normal"], FONT, Pt(11))
    for level, size in ((0, 18), (1, 13)):
        _font(made.styles["Title" if level == 0 else f"Heading {level}"], FONT_HEADING, Pt(size))
    for line, size in ((page.title, 18), (page.subtitle, 15)):
        title = made.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(title, line, size=Pt(size), font=FONT_HEADING)
    for line in page.head:
        made.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for one in page.sections:
        if one.heading:
            _run(made.add_heading(level=1), one.heading, size=Pt(13), font=FONT_HEADING)
        if one.sentence:
            paragraph = made.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(22)
            _say(paragraph, one.sentence, addresses)
        if one.grid:
            _table(made, one.grid, addresses)
        if one.note:
            made.add_paragraph(one.note)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, " · ".join(page.foot) + " · ", size=Pt(8))
    _page_number(foot, Pt(8))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _font(style: Any, name: str, size: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style.font.name, style.font.size, style.font.color.rgb = FONT_LATIN, size, RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _run(paragraph: Any, text: str, *, size: Any = None, font: str = FONT) -> Any:
    from docx.oxml.ns import qn

    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, FONT_LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _say(paragraph: Any, words: Sequence[Said], addresses: Mapping[str, str]) -> None:
    for one in words:
        if address := addresses.get(one.figure):
            _link(paragraph, one.text, address)
        else:
            _run(paragraph, one.text)


def _link(paragraph: Any, text: str, address: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = _run(paragraph, text)
    run.font.underline = True
    link.append(run._element)
    paragraph._p.append(link)


def _table(made: Any, grid: Grid, addresses: Mapping[str, str]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    table = made.add_table(rows=1, cols=len(grid.heads))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, grid.heads, strict=True):
        _run(cell.paragraphs[0], head, size=Pt(9), font=FONT_HEADING)
    _repeat(table.rows[0])
    for row in grid.rows:
        for place, (cell, one) in enumerate(zip(table.add_row().cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            if place and not (grid.is_words and place == len(row) - 1):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _say(paragraph, (one,), addresses)
    made.add_paragraph()


def _repeat(row: Any) -> None:
    """The head of a table stands on every page it runs over."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(paragraph: Any, size: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = _run(paragraph, "", size=size)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
