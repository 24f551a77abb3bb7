"""The superior's sheets: sent, sent anew, told what fills them, filled by themselves at their hour, put aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.models import Sheet, SheetFile, SheetFilling, SheetMapping
from bulou.modules.briefing.queries.issued import reaches_all
from bulou.modules.briefing.queries.sheets import filling as fillings
from bulou.modules.briefing.queries.sheets import kept, reading
from bulou.modules.briefing.queries.sheets.catalogue import catalogue
from bulou.modules.briefing.queries.sheets.titles import why as sentence
from bulou.modules.briefing.rules import cells, fillers
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.sealing import head
from bulou.platform.journal.services import write
from bulou.platform.refusals import Conflict, Refusal

EDIT = "briefing.edit_sheet"
CATCH_UP = 7  # days filled afterwards, when the house was off at their hour
KEY = tuple[str, str]


@transaction.atomic
def add_sheet(
    *, by: Viewer, operation: Any, name: str, wanted_by: str, content: bytes, file_name: str, now: datetime, due: str = "",
    fill_at: time | None = None,
) -> Sheet:  # fmt: skip
    """Take the superior's form in: who wants it, by when (their words), at which local hour it is filled by itself (None = only when asked).

    Refuses a file that is none to fill (`reading.read`), a name there is already, who does not reach the whole operation.
    """
    _check(by, operation)
    type(operation).objects.select_for_update(of=("self",)).get(pk=operation.pk)
    _check_name(operation, name)
    reading.read(content)
    sheet = Sheet.objects.create(
        operation_id=operation.pk, name=name, wanted_by=wanted_by, due=due, fill_at=fill_at, created_at=now
    )
    one = _take_in(sheet, 1, content, file_name, by, now)
    _line("briefing.sheet_added", sheet, by, now, name=name, digest=one.digest)
    return sheet


@transaction.atomic
def change_sheet(
    *, by: Viewer, sheet: Sheet, version: int, name: str, wanted_by: str, now: datetime, due: str = "", fill_at: time | None = None
) -> Sheet:  # fmt: skip
    """Another name, recipient or hour. Refuses what somebody else changed meanwhile (`briefing.sheet_moved`)."""
    one = _locked(by, sheet)
    if one.version != version:
        raise Conflict("briefing.sheet_moved", _("Somebody else changed this form meanwhile."))
    _check_name(one.operation, name, but=one.pk)
    one.name, one.wanted_by, one.due, one.fill_at, one.version = name, wanted_by, due, fill_at, version + 1
    one.save()
    _line("briefing.sheet_changed", one, by, now, name=name, fill_at=f"{fill_at:%H:%M}" if fill_at else "")
    return one


@transaction.atomic
def send_file(*, by: Viewer, sheet: Sheet, content: bytes, file_name: str, now: datetime) -> SheetFile:
    """A newer file of the same form; the older ones stay. The very file it has already changes nothing."""
    one = _locked(by, sheet)
    reading.read(content)
    newest = kept.file(one)
    if newest.digest == hashlib.sha256(content).hexdigest():
        return newest
    made = _take_in(one, newest.number + 1, content, file_name, by, now)
    _line("briefing.sheet_file_sent", one, by, now, number=made.number, digest=made.digest)
    return made


@transaction.atomic
def map_cells(
    *, by: Viewer, sheet: Sheet, number: int, now: datetime, chosen: Sequence[Mapped] = (), cleared: Collection[KEY] = ()
) -> SheetMapping:  # fmt: skip
    """Say what fills some cells (and nothing any more some others): a new version of the mapping, which `number` was the last seen of (0 = none).

    Refuses a cell that holds a formula (said, with the formula), that is the hidden part of a merged one or not there; a figure that is gone; over
    2,000 cells; what somebody else mapped meanwhile.
    """
    one = _locked(by, sheet)
    newest = kept.mapping(one)
    if (newest.number if newest else 0) != number:
        raise Conflict("briefing.mapping_moved", _("Somebody else changed what fills this form meanwhile."))
    fresh = tuple(_fitting(by, one, chosen, now)) if chosen else ()
    before = tuple(each for each in kept.mapped_cells(one) if each.key not in cleared)
    every = fillers.replaced(before, fresh)
    if len(every) > fillers.MOST_CELLS:
        words = _("At most %(most)s cells of a form are filled.")
        raise Refusal("briefing.too_many_mapped", words, most=fillers.MOST_CELLS)
    made = SheetMapping.objects.create(
        sheet=one, number=number + 1, cells=[each.as_json() for each in every], at=now, actor_id=by.user_id, actor_name=by.name
    )  # fmt: skip
    changed = [each.as_json() for each in fresh][:100]
    gone = sorted(f"{tab}!{cell}" for tab, cell in cleared)
    _line("briefing.sheet_mapped", one, by, now, number=made.number, cells=len(every), chosen=changed, cleared=gone)
    return made


@transaction.atomic
def end_sheet(*, by: Viewer, sheet: Sheet, now: datetime, why: str = "") -> Sheet:
    """Put a form aside: it is filled no more; what it was filled with stays. Again changes nothing."""
    one = _locked(by, sheet, or_ended=True)
    if one.ended_at is None:
        one.ended_at, one.version = now, one.version + 1
        one.save()
        _line("briefing.sheet_ended", one, by, now, why=why)
    return one


def note_taken(*, by: Viewer, filling: fillings.Filling, now: datetime) -> None:
    """The line in the journal of a filled file that is handed out."""
    _line(
        "briefing.sheet_taken", filling.sheet, by, now, day=filling.day.isoformat(), as_of=filling.at.isoformat(),
        file=filling.file.number, mapping=filling.mapping.number, digest=digest_of(filling),
    )  # fmt: skip


def fill_due_sheets(*, by: Viewer, now: datetime) -> int:
    """Fill every sheet whose hour has come, as of that hour however late it is; gives how many. Called again, nothing more.

    Days missed because the house was off are filled afterwards, the last seven. A sheet that fails does not keep the others waiting.
    """
    filled, faults = 0, []
    for sheet in kept.due(now):
        try:
            filled += sum(_fill(sheet, day, at, by, now) for day, at in _days_due(sheet, now))
        except Exception as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return filled


def digest_of(filling: fillings.Filling) -> str:
    """SHA-256 of a filling's cells, as hexadecimal digits."""
    every = [each.as_json() for each in filling.cells]
    return hashlib.sha256(json.dumps(every, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _days_due(sheet: Sheet, now: datetime) -> list[tuple[date, datetime]]:
    """The days whose hour has come since the sheet was first told what fills it, and that have not been filled."""
    zone = ZoneInfo(sheet.operation.zone)
    first = SheetMapping.objects.filter(sheet=sheet).order_by("number").values_list("at", flat=True).first()
    if first is None or sheet.fill_at is None:
        return []
    today = clock.local_day(now, zone)
    days = [today - timedelta(days=back) for back in range(CATCH_UP - 1, -1, -1)]
    done = set(SheetFilling.objects.filter(sheet=sheet, day__gte=days[0]).values_list("day", flat=True))
    moments = [(day, datetime.combine(day, sheet.fill_at, zone)) for day in days if day not in done]
    return [(day, at) for day, at in moments if first <= at <= now and at >= sheet.operation.started_at]


@transaction.atomic
def _fill(sheet: Sheet, day: date, at: datetime, by: Viewer, now: datetime) -> int:
    one = Sheet.objects.select_for_update(of=("self",)).select_related("operation__root").get(pk=sheet.pk)
    if (
        one.ended_at is not None
        or not kept.mapped_cells(one)
        or SheetFilling.objects.filter(sheet=one, day=day).exists()
    ):
        return 0
    made = fillings.filled(by, one, day=day, at=at, now=now)
    row = SheetFilling.objects.create(
        sheet=one, file=made.file, mapping=made.mapping, day=day, as_of=at, cells=[each.as_json() for each in made.cells],
        digest=digest_of(made), seal_head=head().short(), at=now, actor_name=by.name,
    )  # fmt: skip
    _line("briefing.sheet_filled", one, by, now, day=day.isoformat(), as_of=at.isoformat(), digest=row.digest)
    return 1


def _check(by: Viewer, operation: Any) -> None:
    by.need(EDIT)
    if not reaches_all(by, EDIT, operation):
        words = _("Who sets up the superior's forms must reach the whole operation.")
        raise Refusal("briefing.not_all", words, status=403)
    if operation.ended_at is not None:
        raise Refusal("briefing.operation_ended", _("This operation has been stood down: its forms are read only."))


def _check_name(operation: Any, name: str, but: int | None = None) -> None:
    if Sheet.objects.filter(operation_id=operation.pk, name=name, ended_at=None).exclude(pk=but or 0).exists():
        raise Refusal("briefing.sheet_name_taken", _("There is a form of this name already."), field="name")


def _locked(by: Viewer, sheet: Sheet, *, or_ended: bool = False) -> Sheet:
    """The sheet's row as it stands, held until the end; refused for who may not, and (unless told) once it was put aside."""
    _check(by, sheet.operation)
    one = Sheet.objects.select_for_update(of=("self",)).select_related("operation__root").get(pk=sheet.pk)
    if one.ended_at is not None and not or_ended:
        raise Refusal("briefing.sheet_ended", _("This form was put aside."))
    return one


def _fitting(by: Viewer, sheet: Sheet, chosen: Sequence[Mapped], now: datetime) -> list[Mapped]:
    """What was chosen, with the words that stand beside each cell now; refused where a cell or a figure does not do."""
    book, known = kept.workbook(kept.file(sheet)), catalogue(by, sheet.operation, now=now)
    found = []
    for one in chosen:
        tab, at = book.tab(one.tab), cells.spot(one.cell)
        code = kept.NO_TAB if tab is None else cells.OUTSIDE if at is None else cells.why_not_fill(tab, at)
        code = code or known.why_gone(one)
        if code or tab is None or at is None:
            words = _("%(cell)s: %(why)s")
            formula = tab.formulas.get(at, "") if tab and at else ""
            raise Refusal(f"briefing.{code}", words, field="fill", cell=one.cell, why=sentence(code, now=formula))
        found.append(Mapped(one.tab, one.cell, one.fill, one.given, cells.beside(tab, at)))
    return found


def _take_in(sheet: Sheet, number: int, content: bytes, file_name: str, by: Viewer, now: datetime) -> SheetFile:
    return SheetFile.objects.create(
        sheet=sheet, number=number, file_name=file_name[-200:], content=content, size=len(content),
        digest=hashlib.sha256(content).hexdigest(), at=now, actor_id=by.user_id, actor_name=by.name,
    )  # fmt: skip


def _line(action: str, sheet: Sheet, by: Viewer, now: datetime, why: str = "", **data: Any) -> None:
    write(
        by=by, action=action, kind="briefing.sheet", subjects=[sheet.pk], place_id=sheet.operation.root_id, why=why, now=now,
        data={"operation": sheet.operation.key, "form": sheet.name, **data},
    )  # fmt: skip
