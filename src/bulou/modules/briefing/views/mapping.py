"""The sheet as a table whose cells are told what fills them, and the proposals that are confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bulou.modules.briefing import services
from bulou.modules.briefing.exports.making import figure_address
from bulou.modules.briefing.exports.sheets import shown_words
from bulou.modules.briefing.forms.sheets import CellForm, ClearForm, initial_of
from bulou.modules.briefing.forms.suggesting import SuggestForm
from bulou.modules.briefing.models import Sheet
from bulou.modules.briefing.queries.sheets import catalogue as choices
from bulou.modules.briefing.queries.sheets import filling as fillings
from bulou.modules.briefing.queries.sheets import kept, proposing, titles
from bulou.modules.briefing.queries.sheets.filling import FilledCell, Filling
from bulou.modules.briefing.rules import cells, fillers
from bulou.modules.briefing.rules.cells import Spot, Tab, Workbook
from bulou.modules.briefing.views.sheets import EDIT, VIEW, may_edit, trail_of
from bulou.platform.access.guard import needs
from bulou.platform.pages.components.panels import Tab as PageTab
from bulou.platform.pages.forms import answer


@dataclass(frozen=True, slots=True)
class Box:
    """A cell as the page shows it: `state` text, open, formula, filled or left (mapped, and not filled)."""

    cell: str
    shown: str
    state: str
    tip: str = ""
    across: int = 1
    down: int = 1
    is_number: bool = False


@needs(VIEW)
@require_GET
def sheet(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """A sheet as it is filled now, cell by cell; the cell in the address is told what fills it."""
    one = kept.sheet(request.viewer, key, pk)
    context = _page(request, one, _number(request.GET.get("tab", "0")), request.GET.get("cell", ""))
    template = "briefing/cell.html" if request.htmx and context["cell"] else "briefing/sheet.html"
    return render(request, template, context)


@needs(EDIT)
@require_POST
def cell(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """Say what fills a cell, and if wanted the rows below."""
    one = kept.sheet(request.viewer, key, pk)
    book = kept.workbook(kept.file(one))
    known = choices.catalogue(request.viewer, one.operation, now=request.now)
    form = CellForm.of(request, known=known)
    tab = book.tab(request.POST.get("tab", ""))

    def mapped(**values: Any) -> dict[str, Any]:
        chosen = form.chosen
        below = proposing.downwards(chosen, tab, known) if values["is_down"] and tab else []
        _map(request, one, values.get("version"), chosen=[chosen, *below])
        return {"cell": chosen.cell}

    number = next((place for place, found in enumerate(book.tabs) if found.name == request.POST.get("tab")), 0)
    context = _page(request, one, number, request.POST.get("cell", "")) | {"form": form}
    then = f"{reverse('briefing:sheet', args=[key, pk])}?tab={number}"
    return answer(
        request, form, mapped, lambda given: f"{then}&cell={given['cell']}#at-{given['cell']}", template="briefing/sheet.html",
        context=context, standing=lambda: ({}, _version(one)),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def clear(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """Let nothing fill a cell any more."""
    one = kept.sheet(request.viewer, key, pk)
    book = kept.workbook(kept.file(one))
    form = ClearForm.of(request)

    def cleared(tab: str, cell: str, version: int | None = None) -> dict[str, Any]:
        _map(request, one, version, cleared={(tab, cell)})
        return {"cell": cell}

    number = next((place for place, found in enumerate(book.tabs) if found.name == request.POST.get("tab")), 0)
    then = f"{reverse('briefing:sheet', args=[key, pk])}?tab={number}"
    context = _page(request, one, number, "")
    return answer(request, form, cleared, then, template="briefing/sheet.html", context=context)


@needs(EDIT)
def suggest(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """What the words in the file let one think of, to be confirmed."""
    one = kept.sheet(request.viewer, key, pk)
    known = choices.catalogue(request.viewer, one.operation, now=request.now)
    book = kept.workbook(kept.file(one))
    found = proposing.offers(book, known, {each.key for each in kept.mapped_cells(one)})
    form = SuggestForm.of(request, version=_version(one), known=known, offers=found)
    address = reverse("briefing:sheet", args=[key, pk])

    def confirmed(**values: Any) -> dict[str, int]:
        if form.chosen:
            _map(request, one, values.get("version"), chosen=form.chosen)
        return {"id": one.pk}

    context = {"sheet": one, "trail": [*trail_of(one), (one.name, address)], "cancel": address, "offers": found}
    return answer(
        request, form, confirmed, address, template="briefing/suggest.html", context=context, standing=lambda: ({}, _version(one))
    )  # fmt: skip


def _map(request: HttpRequest, one: Sheet, version: int | None, **what: Any) -> None:
    services.map_cells(by=request.viewer, sheet=one, number=version or 0, now=request.now, **what)


def _version(one: Sheet) -> int:
    newest = kept.mapping(one)
    return newest.number if newest else 0


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Http404(text)
    return int(text)


def _page(request: HttpRequest, one: Sheet, number: int, name: str) -> dict[str, Any]:
    """Everything the page of a sheet shows: the sheet at `number`, with the cell of that name chosen ('' = none)."""
    file = kept.file(one)
    book = kept.workbook(file)
    if number >= len(book.tabs):
        raise Http404(str(number))
    known = choices.catalogue(request.viewer, one.operation, now=request.now)
    made = _made(request, one)
    filled = {each.mapped.key: each for each in made.cells} if made else {}
    out = list(kept.misfits(kept.mapped_cells(one), book, known))
    whys = {miss.mapped.key: titles.why(miss.why, was=miss.mapped.beside, now=miss.now) for miss in out}
    tab, editable = book.tabs[number], may_edit(request, one.operation) and one.ended_at is None
    places = {found.name: place for place, found in enumerate(book.tabs)}
    context = {
        "sheet": one, "file": file, "trail": trail_of(one), "may_edit": editable, "tab": tab, "number": number, "cell": "",
        "tabs": [PageTab(str(place), found.name, f"?tab={place}") for place, found in enumerate(book.tabs)],
        "grid": _grid(tab, filled, whys, made, known), "columns": [(cells.letters(at), _width(tab, at)) for at in range(1, _columns(tab) + 1)],
        "misfits": [(miss, places.get(miss.mapped.tab), whys[miss.mapped.key]) for miss in out],
        "files": kept.files(one), "fillings": kept.fillings(one)[:30], "filled": len(filled) - len(out), "mapping": kept.mapping(one),
        "operation": one.operation,
    }  # fmt: skip
    return context | (_chosen(one, book, tab, name, filled, known, made, editable) if name else {})


def _made(request: HttpRequest, one: Sheet) -> Filling | None:
    """The sheet as it is filled now; None before any cell is mapped, or once nothing is known any more."""
    if not kept.mapped_cells(one):
        return None
    day, at = fillings.moment(one, day=None, at=None, now=request.now)
    return fillings.filled(request.viewer, one, day=day, at=at, now=request.now)


def _chosen(
    one: Sheet, book: Workbook, tab: Tab, name: str, filled: dict[Any, FilledCell], known: Any, made: Filling | None, editable: bool
) -> dict[str, Any]:  # fmt: skip
    """The panel of one cell. Http404 for a name of none."""
    at = cells.spot(name)
    if at is None:
        raise Http404(name)
    code = cells.why_not_fill(tab, at)
    held = filled.get((tab.name, name))
    guess = held.mapped if held else proposing.guess(tab, at, known)
    initial = {"tab": tab.name, "cell": name} | (initial_of(guess) if guess else {})
    found: dict[str, Any] = {
        "cell": name, "beside": cells.beside(tab, at), "held": held, "stands": tab.texts.get(at, ""),
        "why_not": titles.why(code, now=tab.formulas.get(at, "")) if code else "",
        "described": titles.described(held.mapped, known) if held else "",
    }  # fmt: skip
    if held and made and held.definitions:
        found["opens"] = figure_address(one.operation.key, held.definitions[0], made.at.isoformat())
    if held and held.why:
        found["unknown"] = titles.why(held.why, was=held.mapped.beside, now=cells.beside(tab, at))
    if editable and not code:
        found["form"] = CellForm(version=_version(one), initial=initial, known=known)
    return found


def _columns(tab: Tab) -> int:
    return max(tab.columns, 3)


def _width(tab: Tab, column: int) -> str:
    """The class of a column's width, in steps of four characters."""
    width = tab.widths.get(column, 9)
    return "hidden" if width == 0 else f"w{min(max(round(width / 4), 1), 10)}"


def _grid(
    tab: Tab, filled: dict[Any, FilledCell], whys: dict[Any, str], made: Filling | None, known: Any
) -> list[tuple[int, list[Box]]]:
    """Rows with their number and their cells; of a merged range only its first cell."""
    found = []
    for row in range(1, max(tab.rows, 3) + 1):
        boxes = []
        for column in range(1, _columns(tab) + 1):
            merge = tab.merge_at((row, column))
            if merge is None or merge[:2] == (row, column):
                boxes.append(_box(tab, (row, column), merge, filled, whys, made, known))
        found.append((row, boxes))
    return found


def _box(
    tab: Tab, at: Spot, merge: Any, filled: dict[Any, FilledCell], whys: dict[Any, str], made: Filling | None, known: Any
) -> Box:  # fmt: skip
    name = cells.named(at)
    across, down = (merge[3] - merge[1] + 1, merge[2] - merge[0] + 1) if merge else (1, 1)
    across, down = min(across, _columns(tab) - at[1] + 1), min(down, max(tab.rows, 3) - at[0] + 1)
    held = filled.get((tab.name, name))
    if held is not None:
        why = whys.get(held.mapped.key, "")
        shown, tip = _said(held, made, tab.formats.get(at, "")), why or titles.described(held.mapped, known)
        return Box(name, "!" if why else shown, "left" if why else "filled", tip, across, down, held.value is not None)
    if at in tab.formulas:
        return Box(name, "ƒ", "formula", tab.formulas[at], across, down)
    text = tab.texts.get(at, "")
    return Box(name, text, "text" if text and at not in tab.numbers else "open", "", across, down, at in tab.numbers)


def _said(held: FilledCell, made: Filling | None, shape: str) -> str:
    """The value as the page shows it."""
    if held.mapped.fill not in fillers.FIGURES:
        return shown_words(made, held) if made else ""
    if held.value is None:
        return _("not known")
    return f"{held.value:.1%}" if "%" in shape and held.mapped.fill == fillers.RATE else str(held.value)
