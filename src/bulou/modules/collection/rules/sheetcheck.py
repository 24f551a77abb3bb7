"""The sheets of an XLSForm as they lie, and what can be said of them by row and column when the converter stops at its first complaint.

These checks only speak when the form was refused anyway: they never refuse what the converter takes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bulou.modules.collection.rules.faults import Fault

_NAME = re.compile(r"^[^\W\d][\w.\-]*$")
_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_BEGIN = re.compile(r"^begin[ _](group|repeat|loop)\b", re.IGNORECASE)
_END = re.compile(r"^end[ _](group|repeat|loop)\b", re.IGNORECASE)
_SELECT = re.compile(r"^(select_one|select one|select_multiple|select multiple|rank)\s+(\S+)", re.IGNORECASE)
_FILES = (".csv", ".xml", ".geojson")
TYPES = (
    "text", "integer", "decimal", "date", "time", "dateTime", "note", "select_one", "select_multiple", "rank", "range", "geopoint", "geotrace",
    "geoshape", "image", "audio", "video", "file", "barcode", "acknowledge", "calculate", "hidden", "begin_group", "end_group", "begin_repeat",
    "end_repeat", "start", "end", "today", "deviceid", "phonenumber", "username", "email", "start-geopoint", "background-audio", "audit",
    "xml-external", "csv-external", "select_one_from_file", "select_multiple_from_file",
)  # fmt: skip
_ORDER = ("survey", "choices", "settings", "entities", "external_choices")
_COLUMNS = {
    "type": ("type",), "name": ("name",), "label": ("label", "caption"), "list_name": ("list_name", "list name"), "choice": ("name", "value"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row by heading; `number` as the spreadsheet counts it."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class SheetOf:
    """A sheet: `name` as pyxform calls it, `title` as the file does, `heads` by column ("" where a column has none)."""

    name: str
    title: str
    heads: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """An XLSForm's sheets. `stem` is the file's name without its ending."""

    names: tuple[str, ...] = ()
    stem: str = ""
    sheets: dict[str, SheetOf] = field(default_factory=dict)

    def rows(self, sheet: str) -> list[Row]:
        return self.sheets[sheet].rows if sheet in self.sheets else []

    def heads(self, sheet: str) -> tuple[str, ...]:
        return self.sheets[sheet].heads if sheet in self.sheets else ()


def value(row: Row, what: str) -> str:
    """The cell of a column under whichever of its names."""
    for head, text in row.cells.items():
        if head.lower() in _COLUMNS[what]:
            return text
    return ""


def together(said: list[Fault], book: Book) -> list[Fault]:
    """What the converter said, first, and everything else that can be seen in the sheets; a row is named once."""
    rows = {(fault.says.get("sheet", "survey"), fault.says["row"]) for fault in said if fault.says.get("row")}
    found = [fault for fault in seen(book) if (fault.says.get("sheet"), fault.says.get("row")) not in rows]
    is_known = bool(said) and any(fault.code == said[0].code for fault in found) and not said[0].says.get("row")
    return sorted(found if is_known else [*said, *found], key=_place)


def _place(fault: Fault) -> tuple[int, int]:
    """The survey first, then the choices, each from the top; what has no row comes before."""
    sheet, row = fault.says.get("sheet", ""), fault.says.get("row", "")
    return (_ORDER.index(sheet) if sheet in _ORDER else -1, int(row) if row.isdigit() else 0)


def seen(book: Book) -> list[Fault]:
    """The faults that can be seen in the sheets, in the order of the rows."""
    if "survey" not in book.sheets:
        return [Fault("x_no_survey", says={"sheets": ", ".join(book.names)})]
    return [*_headings(book), *_survey(book), *_references(book), *_choices(book)]


def _headings(book: Book) -> Iterator[Fault]:
    heads = {head.lower() for head in book.heads("survey")}
    for what in ("type", "name"):
        if not heads & set(_COLUMNS[what]):
            yield Fault("x_no_column", says={"sheet": "survey", "column": what})
    if "choices" in book.sheets and not {head.lower() for head in book.heads("choices")} & set(_COLUMNS["list_name"]):
        yield Fault("x_no_column", says={"sheet": "choices", "column": "list_name"})


def _survey(book: Book) -> Iterator[Fault]:
    lists = {value(row, "list_name") for row in (*book.rows("choices"), *book.rows("external_choices"))}
    open_groups: list[tuple[str, Row]] = []
    names: list[set[str]] = [set()]
    for row in book.rows("survey"):
        says = {"sheet": "survey", "row": str(row.number)}
        kind, name = value(row, "type"), value(row, "name")
        if not row.cells or kind.startswith("#"):
            continue
        if end := _END.match(kind):
            if not open_groups or open_groups[-1][0] != end[1].lower():
                yield Fault("x_end_unmatched", says=says | {"column": "type", "kind": kind})
            else:
                open_groups.pop()
                names.pop()
            continue
        yield from _type(row, kind, lists, says)
        yield from _name(row, kind, name, names[-1], says)
        if begin := _BEGIN.match(kind):
            open_groups.append((begin[1].lower(), row))
            names.append(set())
    for kind, row in open_groups:
        yield Fault(
            "x_begin_unmatched",
            says={
                "sheet": "survey",
                "row": str(row.number),
                "column": "type",
                "kind": kind,
                "name": value(row, "name"),
            },
        )


def _type(row: Row, kind: str, lists: set[str], says: dict[str, str]) -> Iterator[Fault]:
    says = says | {"column": "type"}
    if not kind:
        yield Fault("x_no_type", says=says | {"name": value(row, "name")})
        return
    word = kind.split()[0]
    if (
        (select := _SELECT.match(kind))
        and not select[2].startswith("${")
        and select[2] not in lists
        and not select[2].lower().endswith(_FILES)
    ):
        yield Fault("x_list_unknown", says=says | {"list": select[2], "lists": ", ".join(sorted(filter(None, lists)))})
    elif word.replace(" ", "_").lower() not in {each.lower() for each in TYPES} and (
        near := difflib.get_close_matches(word, TYPES, 1, 0.7)
    ):
        yield Fault("x_type_unknown", says=says | {"kind": kind, "near": near[0]})


def _name(row: Row, kind: str, name: str, taken: set[str], says: dict[str, str]) -> Iterator[Fault]:
    says = says | {"column": "name", "name": name}
    if not name:
        if kind and kind.lower() not in ("start", "end", "today", "deviceid", "audit", "note"):
            yield Fault("x_no_name", says=says | {"kind": kind})
    elif not _NAME.match(name):
        yield Fault("x_bad_name", says=says)
    elif name in taken:
        yield Fault("x_name_twice", says=says)
    taken.add(name)


def _references(book: Book) -> Iterator[Fault]:
    names = {value(row, "name") for row in book.rows("survey")}
    for sheet in ("survey", "choices"):
        for row in book.rows(sheet):
            for head, text in row.cells.items():
                for name in _REFERENCE.findall(text):
                    wanted = name.removeprefix("last-saved#")
                    if wanted not in names:
                        near = difflib.get_close_matches(wanted, names, 1, 0.6)
                        says = {
                            "sheet": sheet,
                            "row": str(row.number),
                            "column": head,
                            "name": name,
                            "near": near[0] if near else "",
                        }
                        yield Fault("x_reference_unknown", says=says)


def _choices(book: Book) -> Iterator[Fault]:
    taken: dict[tuple[str, str], int] = {}
    is_free = any(
        text.lower() in ("yes", "true")
        for row in book.rows("settings")
        for head, text in row.cells.items()
        if head == "allow_choice_duplicates"
    )
    for row in book.rows("choices"):
        listed, name = value(row, "list_name"), value(row, "choice")
        says = {"sheet": "choices", "row": str(row.number), "list": listed, "name": name}
        if not row.cells or not listed:
            continue
        if not name:
            yield Fault("x_choice_no_name", says=says | {"column": "name"})
        elif (listed, name) in taken and not is_free:
            yield Fault("x_choice_twice", says=says | {"column": "name", "first": str(taken[listed, name])})
        taken.setdefault((listed, name), row.number)


def located(faults: Iterable[Fault], book: Book) -> list[Fault]:
    """Faults of the XForm, with the row of the survey they come from where their path tells it."""
    if "survey" not in book.sheets:
        return list(faults)
    rows = dict(_paths(book))
    columns = {"calculate": "calculation", "readonly": "read_only", "itemset": "choice_filter", "count": "repeat_count"}
    found = []
    for fault in faults:
        path = fault.says.get("path", "").split(" → ")[0].strip("/")
        row = rows.get(path) or rows.get(path.partition("/")[2])
        what = fault.says.get("what", "")
        extra = (
            {"sheet": "survey", "row": str(row.number), "column": columns.get(what, what)} if row is not None else {}
        )
        found.append(Fault(fault.code, fault.line, {**fault.says, **extra}))
    return found


def _paths(book: Book) -> Iterator[tuple[str, Row]]:
    above: list[str] = []
    for row in book.rows("survey"):
        kind, name = value(row, "type"), value(row, "name")
        if _END.match(kind):
            above[-1:] = []
            continue
        yield "/".join((*above, name)), row
        if _BEGIN.match(kind):
            above.append(name)
