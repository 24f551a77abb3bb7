"""Pages of units: the trees, the register, one unit with its members at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bulou.modules.registry.models import Membership, Unit, UnitVersion
from bulou.modules.registry.queries import units as queries
from bulou.modules.registry.queries.people_search import find_people
from bulou.modules.registry.views import place_labels as labels
from bulou.modules.registry.views.addresses import place_address, unit_address
from bulou.modules.registry.views.places import PICKED, read_day
from bulou.modules.registry.views.unit_tables import MembersTable, UnitsTable, tree_rows
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import day_span, local_day
from bulou.platform.pages.components.panels import Event, Fact
from bulou.platform.pages.forms import picked

VIEW = "registry.view_unit"
EDIT = "registry.edit_unit"


def unit_or_404(viewer: Viewer, pk: int) -> Unit:
    """A unit the viewer sees, ended or not; what is out of scope does not exist."""
    unit = queries.visible(viewer, with_ended=True).select_related("parent", "place").filter(pk=pk).first()
    if unit is None:
        raise Http404
    return unit


def trail(viewer: Viewer, unit: Unit | None) -> list[tuple[str, str]]:
    """The way down to a unit, itself included."""
    start = [(_("Units"), reverse("registry:units"))]
    above = [*queries.crumbs(viewer, unit), unit] if unit else []
    return start + [(one.name, unit_address(one.pk)) for one in above]


@needs(VIEW)
def units(request: HttpRequest) -> HttpResponseBase:
    """The trees of units, as they stand."""
    seen = list(queries.visible(request.viewer))
    ids = [unit.pk for unit in seen]
    context = {
        "rows": tree_rows(seen, queries.head_counts(ids, request.now), _leaders(request, ids)),
        "may_edit": request.viewer.may(EDIT),
    }
    return render(request, "registry/units/tree.html", context)


@needs(VIEW)
def unit_register(request: HttpRequest) -> HttpResponseBase:
    """The register of units."""
    return UnitsTable(request).answer("registry/units/register.html", {"trail": trail(request.viewer, None)})


@needs(VIEW)
def unit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One unit: its members at the end of a day (`?day=`), what is below it, what became of it."""
    found = unit_or_404(request.viewer, pk)
    at, day = _moment(request)
    members = queries.members(request.viewer, found, at)
    may_edit = request.viewer.may(EDIT) and found.ends is None
    table = MembersTable(request, members.order_by(), may_edit=may_edit)
    return table.answer("registry/units/unit.html", _unit_context(request, found, at, day) | {"may_edit": may_edit})


@needs(VIEW)
def find_unit(request: HttpRequest) -> HttpResponseBase:
    """Units to pick, by name, pinyin, initials or code."""
    seen = queries.visible(request.viewer).select_related("parent")

    def search(letters: str) -> list[tuple[int, str]]:
        return [(one.pk, spoken(one)) for one in queries.found_by(seen, letters)[:PICKED]]

    return picked(request, search)


@needs(EDIT)
def find_member(request: HttpRequest) -> HttpResponseBase:
    """People to pick for a unit, of those the viewer sees."""

    def search(letters: str) -> list[tuple[int, str]]:
        people = find_people(request.viewer, letters, limit=PICKED)
        return queries.named_people(request.viewer, [person.pk for person in people])

    return picked(request, search)


def spoken(unit: Unit) -> str:
    """A unit as one says it where names repeat: with the one above it."""
    return f"{unit.parent.name} › {unit.name}" if unit.parent else unit.name


def _unit_context(request: HttpRequest, unit: Unit, at: datetime, day: str) -> dict[str, Any]:
    viewer = request.viewer
    below = [one for one in queries.visible(viewer) if unit.pk in one.lineage]
    ids = [one.pk for one in below] or [unit.pk]
    people = queries.head_counts({*ids, unit.pk}, at)
    return {
        "unit": unit, "kind": labels.title("unit_kind", unit.kind), "trail": trail(viewer, unit)[:-1],
        "rows": tree_rows([one for one in below if one.pk != unit.pk], people, _leaders(request, ids)),
        "people": people[unit.pk], "direct": queries.direct_count(unit, at), "facts": _facts(unit), "day": day,
        "today": local_day(request.now).isoformat(), "parts": queries.part_counts(unit, at),
        "events": [_event(version) for version in queries.history(unit)],
        "former": _said(viewer, queries.former_members(viewer, unit, at)[:20]),
        "coming": _said(viewer, queries.coming_members(viewer, unit, at)[:20]),
    }  # fmt: skip


def _said(viewer: Viewer, memberships: Any) -> list[dict[str, Any]]:
    """Memberships of another time, as a line each."""
    return [
        {"name": queries.name_for(viewer, one.person), "part": labels.title("part", one.part), "one": one}
        for one in memberships
    ]  # fmt: skip


def _leaders(request: HttpRequest, ids: list[int]) -> dict[int, str]:
    found = queries.leaders(request.viewer, ids, request.now)
    return {unit_id: queries.name_for(request.viewer, one.person) for unit_id, one in found.items()}


def _moment(request: HttpRequest) -> tuple[datetime, str]:
    """The end of the day asked for; now, for today and days to come."""
    day = read_day(request.GET.get("day", ""))
    if day is None or day >= local_day(request.now):
        return request.now, ""
    return day_span(day)[1], day.isoformat()


def _facts(unit: Unit) -> list[Fact]:
    return [
        Fact(pgettext("place", "Kind"), labels.title("unit_kind", unit.kind)),
        Fact(pgettext("place", "Code"), unit.code),
        *([Fact(_("Part of"), unit.parent.name, unit_address(unit.parent_id))] if unit.parent else []),
        Fact(_("Place"), unit.place.name if unit.place else None, place_address(unit.place_id)),
        Fact(pgettext("place", "Phone"), unit.phone, f"tel:{unit.phone}" if unit.phone else ""),
        Fact(_("Since"), local_day(unit.starts)),
        *([Fact(_("Ended on"), local_day(unit.ends))] if unit.ends else []),
    ]


def _event(version: UnitVersion) -> Event:
    said = labels.title("unit_change", version.change)
    detail = {"renamed": version.name, "moved": version.parent.name if version.parent else _("the top")}.get(
        version.change, ""
    )
    text = _("%(what)s: %(detail)s") % {"what": said, "detail": detail} if detail else said
    return Event(version.starts, text, version.by_name, version.why, "bad" if version.change == "ended" else "quiet")


def membership_or_404(viewer: Viewer, pk: int) -> Membership:
    """A membership of a unit the viewer sees, of a person the viewer sees."""
    found = queries.membership(viewer, pk)
    if found is None:
        raise Http404
    return found
