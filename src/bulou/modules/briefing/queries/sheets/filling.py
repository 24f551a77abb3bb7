"""A sheet filled as of a moment: the count behind every mapped cell. Plain values that can be kept, and put into the file again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.models import Sheet, SheetFile, SheetFilling, SheetMapping
from bulou.modules.briefing.queries.counting import Asking, counted
from bulou.modules.briefing.queries.sheets import kept
from bulou.modules.briefing.queries.sheets.catalogue import Catalogue, catalogue
from bulou.modules.briefing.rules import cells, fillers
from bulou.modules.briefing.rules.figures import Definition
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal

NOTHING_OWED = "nothing_owed"


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A mapped cell with its figures counted: `counts` one for each definition, `value` what goes in; None = not known, or left out: `why`."""

    mapped: Mapped
    definitions: tuple[Definition, ...] = ()
    counts: tuple[int | float | None, ...] = ()
    value: int | float | None = None
    why: str = ""
    is_left_out: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "mapped": self.mapped.as_json(), "definitions": [one.as_json() for one in self.definitions], "counts": list(self.counts),
            "value": self.value, "why": self.why, "is_left_out": self.is_left_out,
        }  # fmt: skip

    @staticmethod
    def of(kept: Mapping[str, Any]) -> FilledCell:
        some = tuple(Definition.of(one) for one in kept["definitions"])
        return FilledCell(
            Mapped.of(kept["mapped"]), some, tuple(kept["counts"]), kept["value"], kept["why"], kept["is_left_out"]
        )


@dataclass(frozen=True, slots=True)
class Filling:
    """A sheet filled for a local day as of a moment; `seal_head` the head of the journal then, '' where it is not kept."""

    sheet: Sheet
    file: SheetFile
    mapping: SheetMapping
    day: date
    at: datetime
    cells: tuple[FilledCell, ...]
    known: Catalogue
    seal_head: str = ""


def moment(sheet: Sheet, *, day: date | None, at: time | None, now: datetime) -> tuple[date, datetime]:
    """The local day and the moment meant: today as of now, a past day as of its end, a day at a time of it.

    Refuses a day or a time to come (`briefing.day_to_come`) and a day before the operation began (`briefing.no_such_day`).
    """
    zone = ZoneInfo(sheet.operation.zone)
    day = day or clock.local_day(now, zone)
    start, end = clock.day_span(day, zone)
    wanted = min(now, end - timedelta(microseconds=1)) if at is None else datetime.combine(day, at, zone)
    if start > now or wanted > now:
        raise Refusal(
            "briefing.day_to_come", _("This day is still to come; nothing can be reported of it."), field="day"
        )
    began = clock.local_day(sheet.operation.started_at, zone)
    if day < began:
        words = _("The operation began on %(first)s; nothing is known of the days before.")
        raise Refusal("briefing.no_such_day", words, field="day", first=began.isoformat())
    return day, wanted


def filled(viewer: Viewer, sheet: Sheet, *, day: date, at: datetime, now: datetime) -> Filling:
    """The sheet filled for a day as of a moment, in the viewer's reach. Refuses one of which no cell is mapped (`briefing.sheet_unmapped`)."""
    file, mapping = kept.file(sheet), kept.mapping(sheet)
    some = kept.mapped_cells(sheet)
    if mapping is None or not some:
        raise Refusal("briefing.sheet_unmapped", _("No cell of this form has been told what fills it yet."))
    book, known = kept.workbook(file), catalogue(viewer, sheet.operation, at=at, now=now)
    out = {one.mapped.key: one.why for one in kept.misfits(some, book, known)}
    asking = Asking(viewer, sheet.operation, at, now)
    found = []
    for one in some:
        if one.key in out:
            found.append(FilledCell(one, why=out[one.key], is_left_out=True))
        else:
            found.append(_filled(asking, one, known, day, _format(book, one)))
    return Filling(sheet, file, mapping, day, at, tuple(found), known)


def of_kept(viewer: Viewer, one: SheetFilling, *, now: datetime) -> Filling:
    """A filling as it was kept: nothing is counted again."""
    known = catalogue(viewer, one.sheet.operation, at=one.as_of, now=now)
    every = tuple(FilledCell.of(each) for each in one.cells)
    file = kept.file(one.sheet, one.file.number)
    return Filling(one.sheet, file, one.mapping, one.day, one.as_of, every, known, one.seal_head)


def _filled(asking: Asking, one: Mapped, known: Catalogue, day: date, number_format: str) -> FilledCell:
    some = fillers.definitions(one, known.definitions, known.regimes, day)
    found = [counted(asking, definition) for definition in some]
    counts = tuple(each.value for each in found)
    value = fillers.value_of(one, counts, number_format)
    why = next((each.why for each in found if each.value is None), "")
    if value is None and some and not why:
        why = NOTHING_OWED
    return FilledCell(one, some, counts, value, why)


def _format(book: Any, one: Mapped) -> str:
    tab, at = book.tab(one.tab), cells.spot(one.cell)
    return tab.formats.get(at, "General") if tab and at else "General"
