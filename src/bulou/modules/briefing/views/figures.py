"""A figure opened: how many, as of when, and the rows it was counted from."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bulou.modules.briefing.forms import AlertRows, PeopleRows, PlaceRows, SeatRows, UnitRows
from bulou.modules.briefing.queries import counting, rows, wording
from bulou.modules.briefing.queries import issued as reads
from bulou.modules.briefing.queries.counting import Asking
from bulou.modules.briefing.queries.sheets import titles
from bulou.modules.briefing.rules.figures import Definition
from bulou.modules.briefing.rules.report import Report
from bulou.modules.briefing.views.reading import definition_of, moment_of, place_of, place_text
from bulou.modules.ledger.queries.asked import asked
from bulou.modules.operations.queries import operations
from bulou.modules.registry.queries.organisation import people_in
from bulou.platform.access.guard import needs
from bulou.platform.journal import services as journal
from bulou.platform.spoken import said

QUERIES = {
    "units": UnitRows.title,
    "people": PeopleRows.title,
    "residents": PeopleRows.title,
    "seats": SeatRows.title,
    "places": PlaceRows.title,
    "alerts": AlertRows.title,
}


@needs("briefing.view_briefing")
@require_GET
def figure(request: HttpRequest, key: str, query: str) -> HttpResponseBase:
    """A figure by its definition, as of the moment in the address."""
    operation = operations.operation(request.viewer, key)
    definition = definition_of(request, query)
    at = min(moment_of(request.GET.get("as_of", "")) or request.now, request.now)
    asking = Asking(request.viewer, operation, at, request.now)
    found = counting.counted(asking, definition)
    trail = [(_("Briefing"), reverse("briefing:index")), (operation.title, reverse("briefing:report", args=[key]))]
    context = {"title": _title(asking, definition), "found": found, "trail": trail, "at": at}
    return _opened(request, asking, definition, context)


@needs("briefing.view_briefing")
@require_GET
def issued_figure(request: HttpRequest, pk: int, figure: str) -> HttpResponseBase:
    """A figure of an issued briefing: as issued, counted again for that moment, and now; with the rows of that moment."""
    one = reads.one_issued(request.viewer, pk)
    kept = Report.of(one.report).figures.get(figure)
    if kept is None:
        raise Http404(figure)
    at = min(one.as_of, request.now)
    asking = Asking(request.viewer, one.operation, at, request.now)
    today = counting.counted(Asking(request.viewer, one.operation, request.now, request.now), kept.definition)
    trail = [
        (_("Briefing"), reverse("briefing:index")),
        (_("No. %(number)s") % {"number": one.number}, reverse("briefing:one_issued", args=[pk])),
    ]
    context = {
        "title": wording.named(kept),
        "found": counting.counted(asking, kept.definition),
        "trail": trail,
        "at": at,
    }
    return _opened(request, asking, kept.definition, context | {"kept": kept, "today": today, "one": one})


def _title(asking: Asking, definition: Definition) -> str:
    given = definition.parameters
    if definition.query in ("standing", "fact"):
        mine = asking.regimes()
        titles = [said(mine[one].titles) or one if one in mine else one for one in given["regimes"]]
        what = _fact_title(asking, given["fact"]) if "fact" in given else wording.label(given["standing"])
        return f"{what} · {'、'.join(titles[:3])}{'…' if len(titles) > 3 else ''}"
    return wording.label(given["name"]) if definition.query == "stated" else str(QUERIES[definition.query])


def _fact_title(asking: Asking, code: str) -> str:
    return titles.fact(asked(asking.operation.pk, [code])[0].title or code)


def _opened(request: HttpRequest, asking: Asking, definition: Definition, context: dict[str, Any]) -> HttpResponseBase:
    found = context["found"]
    context |= {"why": wording.WHY.get(found.why, found.why), "operation": asking.operation}
    if found.value is None:
        return render(request, "briefing/figure.html", context)
    if definition.query == "fact":
        return _stated(request, asking, definition, context)
    if definition.query == "standing":
        return _standing(request, asking, definition, context)
    if definition.query == "stated":
        listed = counting.stated(asking, definition.parameters["name"]) or []
        return render(request, "briefing/figure.html", context | {"listed": [said(one) for one in listed]})
    table = _table(request, asking, definition)
    return table.answer("briefing/figure.html", context | {"has_table": True})


def _table(request: HttpRequest, asking: Asking, definition: Definition) -> Any:
    given = definition.parameters
    if definition.query == "people":
        seats = counting.seats(asking, given)
        return PeopleRows(request, people_in(seats), seats=seats)
    if definition.query == "residents":
        return PeopleRows(request, counting.residents(asking, given))
    if definition.query == "seats":
        return SeatRows(request, counting.seats(asking, given))
    if definition.query == "units":
        return UnitRows(request, counting.units(asking, given))
    if definition.query == "alerts":
        return AlertRows(request, counting.alerts(asking, given))
    return PlaceRows(request, counting.places(asking, given))


def _standing(
    request: HttpRequest, asking: Asking, definition: Definition, context: dict[str, Any]
) -> HttpResponseBase:
    page = rows.standing_page(asking, definition.parameters, after=place_of(request.GET.get("after", "")))
    seen = [row.subject_id for row in page.rows if row.subject_kind == "person"]
    if seen:
        journal.note_look(
            by=request.viewer, kind="registry.person", subjects=seen, what="list", now=request.now, why="briefing"
        )
    following = ""
    if page.after is not None:
        given = request.GET.copy()
        given["after"] = place_text(page.after)
        following = f"{request.path}?{given.urlencode()}"
    shown = [(row, wording.label(row.standing)) for row in page.rows]
    return render(request, "briefing/figure.html", context | {"obligations": shown, "following": following})


def _stated(request: HttpRequest, asking: Asking, definition: Definition, context: dict[str, Any]) -> HttpResponseBase:
    """The reports that stated a number, each with what it stated."""
    found = counting.stated_values(asking, definition.parameters)
    seen = [row.subject_id for row, _value in found if row.subject_kind == "person"]
    if seen:
        journal.note_look(
            by=request.viewer, kind="registry.person", subjects=seen, what="list", now=request.now, why="briefing"
        )
    return render(request, "briefing/figure.html", context | {"stated": found})
