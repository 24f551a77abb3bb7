"""Putting values into a copy of an .xlsx without touching anything else in it.

The file is a zip of XML parts. Only the cells filled, their links, the request to calculate anew and one further sheet are written; every
other part goes over byte for byte, so that drawings, lists, print settings and whatever no library knows are as the superior made them.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from bulou.modules.briefing.rules.cells import named, spot

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
# What may stand before <hyperlinks> in a sheet, in the schema's order: it goes after the last of them.
BEFORE_LINKS = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios",
    "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
)  # fmt: skip
BEFORE_CALC = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection", "bookViews", "sheets",
    "functionGroups", "externalReferences", "definedNames",
)  # fmt: skip
Value = int | float | str


@dataclass(frozen=True, slots=True)
class Patch:
    """A cell of a sheet, what goes into it, and where it opens ('' = nowhere)."""

    tab: str
    cell: str
    value: Value
    link: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """A sheet added at the end: its name, the widths of its columns in characters, its rows; links by row and column from 0."""

    name: str
    widths: Sequence[float]
    rows: Sequence[Sequence[Value]]
    links: Mapping[tuple[int, int], str]


def patched(content: bytes, patches: Iterable[Patch], extra: Extra) -> bytes:
    """The file with these values in their cells and one more sheet. KeyError for a sheet that is not there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
        infos = {info.filename: info for info in archive.infolist()}
    book = _Book(parts)
    by_tab: dict[str, list[Patch]] = {}
    for one in patches:
        by_tab.setdefault(one.tab, []).append(one)
    for tab, some in by_tab.items():
        book.fill(tab, some)
    book.forget_results()
    book.add(extra)
    return _packed(book.parts, infos)


def tab_names(content: bytes) -> list[str]:
    """The names of every sheet, of charts too: a further one must be called otherwise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [one.get("name", "") for one in _Book({n: archive.read(n) for n in archive.namelist()}).sheets()]


class _Book:
    """The parts of a workbook, and what is changed in them."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        types = _parsed(parts["[Content_Types].xml"])
        self.path = next(one.get("PartName", "").lstrip("/") for one in types if one.get("ContentType") == WORKBOOK)
        self.tree = _parsed(parts[self.path])

    def sheets(self) -> list[Any]:
        found = self.tree.find(f"{{{MAIN}}}sheets")
        return [] if found is None else list(found)

    def part_of(self, tab: str) -> str:
        """The part a sheet is kept in."""
        one = next((sheet for sheet in self.sheets() if sheet.get("name") == tab), None)
        if one is None:
            raise KeyError(tab)
        targets = {rel.get("Id"): rel.get("Target", "") for rel in self._rels(self.path)}
        return _resolved(self.path, targets[one.get(f"{{{LINKS}}}id")])

    def fill(self, tab: str, patches: Sequence[Patch]) -> None:
        path = self.part_of(tab)
        tree = _parsed(self.parts[path])
        rels = self._rels(path)
        data = tree.find(f"{{{MAIN}}}sheetData")
        for one in sorted(patches, key=lambda patch: spot(patch.cell) or (0, 0)):
            _put(_cell(data, one.cell), one.value)
        _link(tree, rels, patches)
        self.parts[path] = _text(tree)
        if len(rels):
            self.parts[_rels_path(path)] = _text(rels)

    def forget_results(self) -> None:
        """Every formula is worked out anew on opening; results of other numbers are not left standing, whatever shows the file."""
        for sheet in self.sheets():
            path = self.part_of(sheet.get("name"))
            if b"<f" in self.parts.get(path, b"") or b":f" in self.parts.get(path, b""):
                tree = _parsed(self.parts[path])
                for formula in tree.iter(f"{{{MAIN}}}f"):
                    _clear(formula.getparent(), keep=formula)
                self.parts[path] = _text(tree)
        calc = self.tree.find(f"{{{MAIN}}}calcPr")
        if calc is None:
            calc = etree.Element(f"{{{MAIN}}}calcPr")
            _insert(self.tree, calc, BEFORE_CALC)
        calc.set("fullCalcOnLoad", "1")
        self.parts[self.path] = _text(self.tree)

    def add(self, extra: Extra) -> None:
        folder = posixpath.dirname(self.path)
        number = next(n for n in range(1, 100_000) if f"{folder}/worksheets/bulou{n}.xml" not in self.parts)
        path = f"{folder}/worksheets/bulou{number}.xml"
        self.parts[path], rels = _sheet(extra)
        if rels is not None:
            self.parts[_rels_path(path)] = rels
        types = _parsed(self.parts["[Content_Types].xml"])
        etree.SubElement(types, f"{{{TYPES}}}Override", PartName=f"/{path}", ContentType=WORKSHEET)
        self.parts["[Content_Types].xml"] = _text(types)
        book_rels = self._rels(self.path)
        key = _relate(book_rels, "worksheet", f"worksheets/bulou{number}.xml")
        self.parts[_rels_path(self.path)] = _text(book_rels)
        ids = [int(one.get("sheetId", "0")) for one in self.sheets()]
        sheets = self.tree.find(f"{{{MAIN}}}sheets")
        one = etree.SubElement(sheets, f"{{{MAIN}}}sheet", name=extra.name, sheetId=str(max(ids, default=0) + 1))
        one.set(f"{{{LINKS}}}id", key)
        self.parts[self.path] = _text(self.tree)

    def _rels(self, path: str) -> Any:
        kept = self.parts.get(_rels_path(path))
        return _parsed(kept) if kept else etree.Element(f"{{{RELS}}}Relationships", nsmap={None: RELS})


def _cell(data: Any, name: str) -> Any:
    """The cell of a sheet's data; made, in its order, where the file has none."""
    row_number, column = spot(name) or (0, 0)
    row = _nth(data, "row", lambda one: int(one.get("r", "0")), row_number, str(row_number))
    return _nth(row, "c", lambda one: (spot(one.get("r", "")) or (0, 0))[1], column, named((row_number, column)))


def _nth(parent: Any, tag: str, number_of: Callable[[Any], int], number: int, name: str) -> Any:
    """The child of that number; one that says none follows the one before it, as the standard has it."""
    place = before = 0
    for one in parent:
        found = number_of(one) or before + 1
        if found == number:
            return one
        if found > number:
            break
        place, before = place + 1, found
    made = etree.Element(f"{{{MAIN}}}{tag}", {"r": name})
    parent.insert(place, made)
    return made


def _put(cell: Any, value: Value) -> None:
    """The value; the cell keeps its style."""
    _clear(cell)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    else:
        etree.SubElement(cell, f"{{{MAIN}}}v").text = repr(value)


def _clear(cell: Any, keep: Any = None) -> None:
    for one in list(cell):
        if one is not keep and etree.QName(one).localname in ("v", "is", "f"):
            cell.remove(one)
    for name in ("t",) if keep is not None else ("t", "cm", "vm"):
        cell.attrib.pop(name, None)


def _link(tree: Any, rels: Any, patches: Sequence[Patch]) -> None:
    """A link for each filled cell that opens; what the cell was linked to before is taken away."""
    held = tree.find(f"{{{MAIN}}}hyperlinks")
    filled = {one.cell for one in patches}
    for one in [] if held is None else list(held):
        if one.get("ref", "").replace("$", "") in filled:
            held.remove(one)
    wanted = [one for one in patches if one.link]
    if held is None and wanted:
        held = etree.Element(f"{{{MAIN}}}hyperlinks", nsmap={"r": LINKS})
        _insert(tree, held, BEFORE_LINKS)
    for one in wanted:
        made = etree.SubElement(held, f"{{{MAIN}}}hyperlink", ref=one.cell)
        made.set(f"{{{LINKS}}}id", _relate(rels, "hyperlink", one.link, is_outside=True))
    if held is not None and not len(held):
        tree.remove(held)


def _insert(tree: Any, one: Any, before: Sequence[str]) -> None:
    """After the last of the elements that may stand before it."""
    place = 0
    for number, child in enumerate(tree, start=1):
        if isinstance(child.tag, str) and etree.QName(child).localname in before:
            place = number
    tree.insert(place, one)


def _relate(rels: Any, kind: str, target: str, *, is_outside: bool = False) -> str:
    taken = {one.get("Id") for one in rels}
    key = next(name for n in range(1, 1_000_000) if (name := f"rIdBulou{n}") not in taken)
    one = etree.SubElement(rels, f"{{{RELS}}}Relationship", Id=key, Type=f"{LINKS}/{kind}", Target=target)
    if is_outside:
        one.set("TargetMode", "External")
    return key


def _sheet(extra: Extra) -> tuple[bytes, bytes | None]:
    tree = etree.Element(f"{{{MAIN}}}worksheet", nsmap={None: MAIN, "r": LINKS})
    columns = etree.SubElement(tree, f"{{{MAIN}}}cols")
    for number, width in enumerate(extra.widths, start=1):
        etree.SubElement(columns, f"{{{MAIN}}}col", min=str(number), max=str(number), width=str(width), customWidth="1")
    data = etree.SubElement(tree, f"{{{MAIN}}}sheetData")
    for number, row in enumerate(extra.rows, start=1):
        line = etree.SubElement(data, f"{{{MAIN}}}row", r=str(number))
        for column, value in enumerate(row, start=1):
            if value != "":
                _put(etree.SubElement(line, f"{{{MAIN}}}c", r=named((number, column))), value)
    rels = etree.Element(f"{{{RELS}}}Relationships", nsmap={None: RELS})
    some = [
        Patch(extra.name, named((row + 1, column + 1)), "", link) for (row, column), link in extra.links.items() if link
    ]
    _link(tree, rels, some)
    return _text(tree), _text(rels) if len(rels) else None


def _packed(parts: Mapping[str, bytes], infos: Mapping[str, zipfile.ZipInfo]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            when = infos[name].date_time if name in infos else (1980, 1, 1, 0, 0, 0)
            made = zipfile.ZipInfo(name, when)
            made.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(made, content)
    return out.getvalue()


def _parsed(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False))


def _text(tree: Any) -> bytes:
    made: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _rels_path(path: str) -> str:
    return posixpath.join(posixpath.dirname(path), "_rels", f"{posixpath.basename(path)}.rels")


def _resolved(base: str, target: str) -> str:
    return (
        target.lstrip("/")
        if target.startswith("/")
        else posixpath.normpath(posixpath.join(posixpath.dirname(base), target))
    )
