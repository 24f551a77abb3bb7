"""The superior's sheet filled: their own file with the values put in, each opening to its rows, and a last sheet that says where they are from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, time_to_days, to_excel

from bulou.modules.briefing.exports.making import figure_address
from bulou.modules.briefing.queries.sheets import kept, patching, titles
from bulou.modules.briefing.queries.sheets.filling import FilledCell, Filling
from bulou.modules.briefing.queries.sheets.patching import Extra, Patch, Value
from bulou.modules.briefing.rules import cells, fillers
from bulou.modules.briefing.rules.cells import Workbook
from bulou.platform.pages.context import lent

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (14, 8, 44, 14, 20, 60, 60)
LONGEST_LINK = 2_000  # Excel takes 2,079 characters


def filled_file(filling: Filling, *, base: str, by: str, now: datetime, seal_head: str) -> bytes:
    """The file's content. `base` = the house's address before every link; without it nothing is linked. Words in the language active now."""
    book = kept.workbook(filling.file)
    content = bytes(filling.file.content)
    patches = list(_patches(filling, book, base))
    head = list(_head(filling, by, now, filling.seal_head or seal_head))
    rows, links = _rows(filling, patches, base, start=len(head) + 2)
    name = _free_name(_("Sources"), patching.tab_names(content))
    return patching.patched(content, patches, Extra(name, WIDTHS, [*head, (), *rows], links))


def file_name(filling: Filling) -> str:
    """Name, day and time: “日报-2020-01-27-1000.xlsx”."""
    at = filling.at.astimezone(ZoneInfo(filling.sheet.operation.zone))
    return f"{filling.sheet.name}-{filling.day.isoformat()}-{at:%H%M}.xlsx"


def _patches(filling: Filling, book: Workbook, base: str) -> Iterator[Patch]:
    for one in filling.cells:
        tab, at = book.tab(one.mapped.tab), cells.spot(one.mapped.cell)
        if one.is_left_out or tab is None or at is None:
            continue
        value = _value(filling, one, tab.formats.get(at, "General"), book)
        link = _address(filling, one, 0, base)
        yield Patch(tab.name, one.mapped.cell, value, link if len(link) <= LONGEST_LINK else "")


def _value(filling: Filling, one: FilledCell, shape: str, book: Workbook) -> Value:
    """A number stays a number; days and times are Excel's own where the cell shows them so; what is not known says so."""
    if one.mapped.fill in fillers.FIGURES:
        return _("not known") if one.value is None else one.value
    return _words(filling, one, is_date_format(shape), book)


def _words(filling: Filling, one: FilledCell, is_date: bool, book: Workbook) -> Value:
    local, fill = _local(filling), one.mapped.fill
    if is_date and fill in (fillers.DAY, fillers.MOMENT):
        when = local if fill == fillers.MOMENT else datetime.combine(_day(filling, one), time())
        return float(to_excel(when, CALENDAR_MAC_1904 if book.is_1904 else CALENDAR_WINDOWS_1900))
    if is_date and fill == fillers.CLOCK:
        return float(time_to_days(local.time()))
    return shown_words(filling, one)


def shown_words(filling: Filling, one: FilledCell) -> str:
    """What a cell says that is filled with a date or with words."""
    local, given, operation = _local(filling), one.mapped.given, filling.sheet.operation
    node = filling.known.node(given)
    said = {
        fillers.DAY: date_format(_day(filling, one), "DATE_FORMAT"),
        fillers.MOMENT: f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}",
        fillers.CLOCK: f"{local:%H:%M}",
        fillers.OPERATION: operation.title,
        fillers.PLACE: operation.root.name,
        fillers.NODE: node.name if node else "",
        fillers.TEXT: given.get("text", ""),
    }
    return str(said[one.mapped.fill])


def _local(filling: Filling) -> datetime:
    zone = ZoneInfo(filling.sheet.operation.zone)
    return filling.at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def _day(filling: Filling, one: FilledCell) -> date:
    return filling.day - timedelta(days=int(one.mapped.given.get("back", 0)))


def _address(filling: Filling, one: FilledCell, number: int, base: str) -> str:
    if not base or len(one.definitions) <= number:
        return ""
    return base + figure_address(
        filling.sheet.operation.key, one.definitions[number], filling.at.astimezone(ZoneInfo("UTC")).isoformat()
    )


def _head(filling: Filling, by: str, now: datetime, seal_head: str) -> Iterator[tuple[Value, ...]]:
    """What this file is: as the other files of the house say it on their last sheet."""
    zone, sheet = ZoneInfo(filling.sheet.operation.zone), filling.sheet

    def local(at: datetime) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

    file = _("version %(number)s, %(name)s, SHA-256 %(digest)s") % {
        "number": filling.file.number, "name": filling.file.file_name, "digest": filling.file.digest,
    }  # fmt: skip
    every = (
        (_("Exercise"), lent("exercise", now)),
        (_("Operation"), sheet.operation.title),
        (_("Superior's form"), sheet.name),
        (_("Wanted by"), sheet.wanted_by),
        (_("Day the figures are of"), filling.day.isoformat()),
        (_("As of"), local(filling.at)),
        (_("Written"), local(now)),
        (_("Written by"), by),
        (_("County"), lent("house_name")),
        (_("The superior's file"), file),
        (_("Mapping"), _("version %(number)s") % {"number": filling.mapping.number}),
        (_("Journal head"), seal_head),
    )
    yield from ((name, "", text) for name, text in every if text)


def _rows(
    filling: Filling, patches: list[Patch], base: str, start: int
) -> tuple[list[tuple[Value, ...]], dict[tuple[int, int], str]]:
    """A row for each mapped cell, filled or not; links by row and column, from 0, where the first row is `start` - 1."""
    values = {(one.tab, one.cell): one.value for one in patches}
    heads = (
        _("Sheet"), _("Cell"), _("Figure"), _("Value"), _("As of"), _("Rows behind it"), _("Counts and remarks"),
    )  # fmt: skip
    at = f"{filling.at.astimezone(ZoneInfo(filling.sheet.operation.zone)):%Y-%m-%d %H:%M}"
    rows: list[tuple[Value, ...]] = [heads]
    links = {}
    for number, one in enumerate(filling.cells):
        address = _address(filling, one, 0, base)
        value = values.get(one.mapped.key, _("not filled"))
        what = titles.described(one.mapped, filling.known)
        rows.append((one.mapped.tab, one.mapped.cell, what, value, at, address, _remark(one)))
        if 0 < len(address) <= LONGEST_LINK:
            links[(start + number, 5)] = address
    return rows, links


def _remark(one: FilledCell) -> str:
    """What a rate or change was made of, and why something is not known or not filled."""
    if one.why:
        return titles.why(one.why, was=one.mapped.beside)
    if len(one.counts) > 1:
        return (" / " if one.mapped.fill == fillers.RATE else " - ").join(str(count) for count in one.counts)
    return ""


def _free_name(wanted: str, taken: list[str]) -> str:
    """A name no sheet has: Excel tells no capitals apart."""
    held = {name.lower() for name in taken}
    return next(
        name
        for number in range(1, 1000)
        if (name := wanted if number == 1 else f"{wanted} {number}").lower() not in held
    )
