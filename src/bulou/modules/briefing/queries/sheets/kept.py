"""The superior's sheets of an operation, for those who reach all of it: files and mappings by version, fillings, and what no longer fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from bulou.modules.briefing.models import Sheet, SheetFile, SheetFilling, SheetMapping
from bulou.modules.briefing.queries.counting import VIEW
from bulou.modules.briefing.queries.issued import reaches_all
from bulou.modules.briefing.queries.sheets import reading
from bulou.modules.briefing.queries.sheets.catalogue import Catalogue
from bulou.modules.briefing.rules import cells
from bulou.modules.briefing.rules.cells import Workbook
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.operations.queries import operations
from bulou.platform.access.viewer import Viewer

NO_TAB, OTHER_WORDS = "gone_tab", "other_words"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A mapped cell that is not filled, and the code of why; `now` = the words that stand beside it now, or the formula in it."""

    mapped: Mapped
    why: str
    now: str = ""


def sheets(viewer: Viewer, operation: Any) -> QuerySet[Sheet]:
    """The sheets of an operation that are in use, by name; none for who does not reach all of it."""
    found = Sheet.objects.filter(operation_id=operation.pk, ended_at=None).order_by("name")
    return found if reaches_all(viewer, VIEW, operation) else found.none()


def sheet(viewer: Viewer, key: str, pk: int) -> Sheet:
    """One sheet of the operation of that key, ended ones too; Http404 for who does not reach all of the operation."""
    operation = operations.operation(viewer, key)
    found = Sheet.objects.filter(pk=pk, operation_id=operation.pk).select_related("operation__root").first()
    if found is None or not reaches_all(viewer, VIEW, operation):
        raise Http404(str(pk))
    return found


def files(of: Sheet) -> QuerySet[SheetFile]:
    """Its files without their content, newest first."""
    return SheetFile.objects.filter(sheet=of).defer("content").order_by("-number")


def file(of: Sheet, number: int | None = None) -> SheetFile:
    """One file with its content: the newest, unless told; Http404 for a version there never was."""
    found = SheetFile.objects.filter(sheet=of).order_by("-number")
    one = (found if number is None else found.filter(number=number)).first()
    if one is None:
        raise Http404(str(number))
    return one


def mapping(of: Sheet) -> SheetMapping | None:
    """What fills it now; None before anything was chosen."""
    return SheetMapping.objects.filter(sheet=of).order_by("-number").first()


def mapped_cells(of: Sheet) -> tuple[Mapped, ...]:
    """The cells of the newest mapping."""
    newest = mapping(of)
    return tuple(Mapped.of(one) for one in newest.cells) if newest else ()


def fillings(of: Sheet) -> QuerySet[SheetFilling]:
    """What it was filled with by itself, newest first."""
    return SheetFilling.objects.filter(sheet=of).select_related("file", "mapping").order_by("-day")


def filling(of: Sheet, pk: int) -> SheetFilling:
    """One of them; Http404 otherwise."""
    found = fillings(of).filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return found


@lru_cache(maxsize=6)
def _workbook(content: bytes) -> Workbook:
    return reading.read(content)


def workbook(one: SheetFile) -> Workbook:
    """A file's cells. Files never change, so the last few read are kept."""
    return _workbook(bytes(one.content))


def misfits(some: tuple[Mapped, ...], book: Workbook, known: Catalogue) -> Iterator[Misfit]:
    """The cells that are not filled: the file of today has no such sheet, a formula there or other words beside; or the figure is gone."""
    for one in some:
        tab, at = book.tab(one.tab), cells.spot(one.cell)
        if tab is None or at is None:
            yield Misfit(one, NO_TAB)
        elif why := cells.why_not_fill(tab, at):
            yield Misfit(one, why, tab.formulas.get(at, ""))
        elif (now := cells.beside(tab, at)) != one.beside:
            yield Misfit(one, OTHER_WORDS, now)
        elif why := known.why_gone(one):
            yield Misfit(one, why)


def due(now: datetime) -> Iterator[Sheet]:
    """Every sheet in use that is filled by itself, of operations in force."""
    found = Sheet.objects.filter(ended_at=None, fill_at__isnull=False, operation__ended_at=None)
    yield from found.filter(operation__started_at__lte=now).select_related("operation__root").order_by("pk")
