"""Pages of places: the county at a glance, the register, one place with its history, the tree as it stood on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bulou.modules.registry.models import Place, PlaceVersion, Unit
from bulou.modules.registry.queries import national
from bulou.modules.registry.queries import places as queries
from bulou.modules.registry.queries import units as unit_queries
from bulou.modules.registry.views import place_labels as labels
from bulou.modules.registry.views.addresses import households_address, people_address, place_address
from bulou.modules.registry.views.place_tables import PlacesTable
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import day_span, local_day
from bulou.platform.pages.components.panels import Event, Fact
from bulou.platform.pages.components.texts import number
from bulou.platform.pages.forms import picked

VIEW = "registry.view_place"
PICKED = 12


def place_or_404(viewer: Viewer, pk: int) -> Place:
    """A place the viewer sees, retired or not; what is out of scope does not exist."""
    place = queries.visible(viewer, with_retired=True).select_related("parent").filter(pk=pk).first()
    if place is None:
        raise Http404
    return place


def trail(viewer: Viewer, place: Place | None) -> list[tuple[str, str]]:
    """The way down to a place, itself included; to the register where there is none."""
    start = [(_("Places"), reverse("registry:places"))]
    if place is None:
        return start
    above = [*queries.crumbs(viewer, place), place]
    return start + [(one.name, place_address(one.pk)) for one in above]


@needs(VIEW)
def home(request: HttpRequest) -> HttpResponseBase:
    """The viewer's own place, with everything below it; a choice, where grants name several."""
    roots = queries.roots(request.viewer)
    if len(roots) == 1:
        return _place_page(request, roots[0])
    below = queries.everything(request.viewer)
    rows = _rows(request.viewer, roots, below)
    return render(
        request, "registry/places/roots.html", {"rows": rows, "may_load": request.viewer.may("registry.load_county")}
    )


@needs(VIEW)
def places(request: HttpRequest) -> HttpResponseBase:
    """The register of places."""
    may_load = request.viewer.may("registry.load_county")
    return PlacesTable(request).answer("registry/places/register.html", {"may_load": may_load})


@needs(VIEW)
def place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One place: what it holds, what it declared, what became of it."""
    return _place_page(request, place_or_404(request.viewer, pk))


@needs(VIEW)
def branch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A row of the tree, open or closed (`?open=1`), for htmx."""
    place = place_or_404(request.viewer, pk)
    below = queries.below(request.viewer, place)
    is_open = request.GET.get("open") == "1"
    context = {"row": _rows(request.viewer, [place], below)[0], "is_open": is_open}
    context["children"] = _rows(request.viewer, _children(below, place), below) if is_open else []
    return render(request, "registry/places/branch.html", context)


@needs(VIEW)
def find_place(request: HttpRequest) -> HttpResponseBase:
    """Places to pick, by name, pinyin, initials or code; `?level=` keeps to one level."""
    wanted = queries.visible(request.viewer).select_related("parent")
    if request.GET.get("level"):
        wanted = wanted.filter(level=request.GET["level"])

    def search(letters: str) -> list[tuple[int, str]]:
        return [(one.pk, spoken(one)) for one in queries.found_by(wanted, letters)[:PICKED]]

    return picked(request, search)


@needs(VIEW)
def places_then(request: HttpRequest) -> HttpResponseBase:
    """The tree as it stood at the end of a day, beside what each place is called now."""
    day = read_day(request.GET.get("day", "")) or local_day(request.now)
    then = queries.places_as_of(request.viewer, min(day_span(day)[1], request.now))
    now = {one.pk: one for one in queries.visible(request.viewer, with_retired=True)}
    changed = [(one, now[one.id]) for one in then if _differs(one, now[one.id])]
    context = {"day": day, "then": then, "changed": changed, "today": local_day(request.now)}
    return render(request, "registry/places/then.html", context | {"trail": trail(request.viewer, None)})


def spoken(place: Place) -> str:
    """A place as one says it where names repeat: with the place above it, and its code."""
    above = f"{place.parent.name} " if place.parent else ""
    return f"{above}{place.name} {place.code}"


def _place_page(request: HttpRequest, place: Place) -> HttpResponseBase:
    viewer = request.viewer
    below = queries.below(viewer, place)
    found = queries.figures(viewer, [place, *(children := _children(below, place))], below)
    versions = queries.history(place)
    successors = queries.visible(viewer, with_retired=True).filter(pk__in=versions[0].successors if versions else [])
    units = unit_queries.visible(viewer).filter(place=place) if viewer.may("registry.view_unit") else []
    own = found[place.pk]
    is_whole = own.declared_people is not None and not own.is_partly_declared
    context = {
        "place": place, "figures": own, "rows": [_row(one, found[one.pk]) for one in children],
        "trail": trail(viewer, place)[:-1], "facts": _facts(viewer, place), "full_name": full_name(place),
        "events": [_event(version) for version in versions], "successors": successors if place.ends else [],
        "whole_people": own.declared_people if is_whole else None,
        "whole_households": own.declared_households if is_whole else None,
        "note": _gap_said(own)[0] if own.gap else "",
        "is_split": bool(versions and versions[0].change == "split"),
        "units": _topmost(units),
        "declarations": queries.declarations(place)[:6], "levels": _levels(below, place),
        "people_href": people_address(place.pk), "households_href": households_address(place.pk),
        "may_edit": viewer.may("registry.edit_place"), "may_declare": viewer.may("registry.declare_population"),
    }  # fmt: skip
    return render(request, "registry/places/place.html", context)


def _topmost(units: Iterable[Unit]) -> list[tuple[Unit, str]]:
    """The units of a place that are not part of another one there, with their kinds: what is below them is on their pages."""
    listed = list(units)
    here = {unit.pk for unit in listed}
    return [(unit, labels.title("unit_kind", unit.kind)) for unit in listed if unit.parent_id not in here]


def full_name(place: Place) -> str:
    """The names above a county, from the national list, so that two counties of one name are told apart."""
    top = place.code[:6]
    return "".join(one.name for one in national.above(top)) if place.level in ("city", "county") else ""


def _children(below: list[Place], place: Place) -> list[Place]:
    return [one for one in below if one.parent_id == place.pk and one.ends is None]


def _rows(viewer: Viewer, places: list[Place], below: list[Place]) -> list[dict[str, Any]]:
    found = queries.figures(viewer, places, below)
    return [_row(one, found[one.pk]) for one in places]


def _row(place: Place, figures: queries.Figures) -> dict[str, Any]:
    return {
        "place": place, "figures": figures, "gap": _gap_said(figures), "level": labels.title("level", place.level),
        "kind": labels.title("place_kind", place.kind), "has_below": place.level in ("city", "county", "town"),
        "people_href": people_address(place.pk), "households_href": households_address(place.pk),
    }  # fmt: skip


def _gap_said(figures: queries.Figures) -> tuple[str, str]:
    """The difference of registered and declared people in words, and its tone; empty where there is none to tell."""
    if figures.gap is None:
        return "", ""
    if figures.gap == 0:
        return _("Equal"), "good"
    if figures.gap < 0:
        return _("%(number)s missing") % {"number": number(-figures.gap)}, "late"
    return _("%(number)s more") % {"number": number(figures.gap)}, "info"


def _levels(below: list[Place], place: Place) -> list[tuple[str, int, str]]:
    """How many standing places of each level lie below: (what they are called, number, where they are listed)."""
    found = []
    for level, title in labels.LEVEL:
        standing = sum(one.level == level and one.ends is None and one.pk != place.pk for one in below)
        if standing:
            found.append((str(title), standing, f"{reverse('registry:places')}?under={place.pk}&level={level}"))
    return found


def _facts(viewer: Viewer, place: Place) -> list[Fact]:
    above = queries.crumbs(viewer, place)
    kind = labels.title("place_kind", place.kind)
    return [
        Fact(pgettext("place", "Code"), place.code),
        Fact(_("Level"), labels.title("level", place.level)),
        Fact(pgettext("place", "Kind"), kind),
        *([Fact(_("Part of"), above[-1].name, place_address(above[-1].pk))] if above else []),
        Fact(_("Since"), local_day(place.starts)),
        *([Fact(_("Retired on"), local_day(place.ends))] if place.ends else []),
    ]


def _event(version: PlaceVersion) -> Event:
    """One version in words: what changed, to what, by whom, why."""
    said = labels.title("place_change", version.change)
    detail = {
        "renamed": version.name, "recoded": version.code, "moved": version.parent.name if version.parent else "",
        "kind_changed": labels.title("place_kind", version.kind),
    }.get(version.change, "")  # fmt: skip
    tone = "bad" if version.ends is not None and version.ends == version.starts else "quiet"
    text = _("%(what)s: %(detail)s") % {"what": said, "detail": detail} if detail else said
    return Event(version.starts, text, version.by_name, version.why, tone)


def _differs(then: queries.PastPlace, now: Place) -> bool:
    return now.ends is not None or (then.name, then.code, then.parent_id) != (now.name, now.code, now.parent_id)


def read_day(text: str) -> date | None:
    """A day from an address, None if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
