"""The named queries a figure is counted by: each gives a count, and the rows it was counted from, as of a moment, in the viewer's reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from bulou.core.coverage import Figures
from bulou.modules.alerts.queries import READ as READ_ALERTS
from bulou.modules.alerts.queries import alerts as alerts_in_reach
from bulou.modules.briefing.rules.figures import Definition
from bulou.modules.ledger.queries import standings, trees
from bulou.modules.ledger.queries.stated import stated_numbers
from bulou.modules.operations.queries import operations
from bulou.modules.operations.queries.playbooks import check
from bulou.modules.registry.queries import organisation
from bulou.modules.registry.rules.units import playbook_code
from bulou.platform.access.viewer import Viewer

VIEW = "briefing.view_briefing"
BEFORE_START, NOT_SET_UP, NO_REGIME, NOT_STATED = "before_start", "not_set_up", "no_regime", "not_stated"
NO_WINDOW, NOT_YOURS, NOBODY_STATED = "no_window", "not_yours", "nobody_stated"
STANDINGS = ("all", "expected", "actual", "on_time", "late", "missing", "pending", "excused", "due")
ROWS_AT_ONCE = 500
LISTS = ("kinds", "units", "below", "parts", "terms", "levels", "purposes", "regimes")


@dataclass(slots=True)
class Asking:
    """Who asks about which operation, as of when. Trees once read are kept: a report asks the same one for each of its figures."""

    viewer: Viewer
    operation: Any
    at: datetime
    now: datetime
    kept: dict[Any, Any] = field(default_factory=dict)

    @property
    def is_before_start(self) -> bool:
        return self.at < self.operation.started_at

    def tree(self, day: date, regime_id: int, by: str = "place") -> trees.Tree:
        """The figures of a day under one regime, by place or by unit."""
        key = (day, regime_id, by)
        if key not in self.kept:
            self.kept[key] = trees.day_tree(
                self.viewer, self.operation.pk, day, now=self.now, regime_id=regime_id, by=by, as_of=self.as_of
            )
        return self.kept[key]

    def window_tree(self, window: Any, by: str = "place") -> trees.Tree:
        """The figures of one window."""
        key = ("window", window.pk, by)
        if key not in self.kept:
            self.kept[key] = trees.window_tree(self.viewer, window, now=self.now, by=by, as_of=self.as_of)
        return self.kept[key]

    def windows(self, day: date) -> list[Any]:
        """The windows that open on a day and had opened by the moment."""
        key = ("windows", day)
        if key not in self.kept:
            start, end = trees.day_span(self.operation.pk, day)
            found = trees.windows(self.viewer, self.operation.pk, start=start, end=end)
            self.kept[key] = [one for one in found if one.opens <= self.at]
        return self.kept[key]

    @property
    def as_of(self) -> datetime | None:
        """The past moment asked for; None = as it stands."""
        return self.at if self.at < self.now else None

    def regimes(self) -> dict[str, Any]:
        """The operation's regimes that had not ended, by key."""
        if "regimes" not in self.kept:
            found = trees.regimes_of(self.viewer, self.operation.pk)
            self.kept["regimes"] = {one.key: one for one in found if one.ended_at is None or one.ended_at > self.at}
        return self.kept["regimes"]


@dataclass(frozen=True, slots=True)
class Counted:
    """A count, or None with the code of why it is not known."""

    value: int | float | None
    why: str = ""


def counted(asking: Asking, definition: Definition) -> Counted:
    """Count a figure. Http404 for a query or parameters nobody knows."""
    known(definition)
    if asking.is_before_start and definition.query != "standing":
        return Counted(None, BEFORE_START)
    return _QUERIES[definition.query](asking, definition.parameters)


def known(definition: Definition) -> None:
    """Http404 unless the query and its parameters are some that figures are made of."""
    allowed = _PARAMETERS.get(definition.query)
    if allowed is None or not set(definition.parameters) <= allowed:
        raise Http404(definition.query)
    if definition.query == "standing" and definition.parameters.get("standing") not in STANDINGS:
        raise Http404("standing")


def units(asking: Asking, parameters: Mapping[str, Any]) -> QuerySet[Any]:
    """The units meant, as they stood."""
    codes, below = (
        tuple(playbook_code(asking.operation.pk, key) for key in parameters.get(name, ()))
        for name in ("units", "below")
    )
    wanted = organisation.Wanted(tuple(parameters.get("kinds", ())), codes, below)
    return organisation.units_at(asking.viewer, VIEW, f"{asking.operation.pk}.", wanted, asking.at)


def seats(asking: Asking, parameters: Mapping[str, Any]) -> QuerySet[Any]:
    """The seats in the units meant."""
    limits = {name: parameters.get(name, ()) for name in ("parts", "terms")}
    return organisation.members_at(units(asking, parameters), asking.at, **limits)


def places(asking: Asking, parameters: Mapping[str, Any]) -> QuerySet[Any]:
    """The places below the operation's root."""
    limits = {name: parameters.get(name, ()) for name in ("levels", "kinds")}
    return organisation.places_at(asking.viewer, VIEW, asking.operation.root_id, asking.at, **limits)


def residents(asking: Asking, parameters: Mapping[str, Any]) -> QuerySet[Any]:
    """The people on the roll below the operation's root."""
    purposes = parameters.get("purposes", ())
    return organisation.residents_at(asking.viewer, VIEW, asking.operation.root_id, asking.at, purposes=purposes)


def stated(asking: Asking, name: str) -> list[Mapping[str, str]] | None:
    """What the playbook in force at the moment states under a name of its counts; None if it states none."""
    versions = operations.versions(asking.operation).filter(applied_at__lte=asking.at)
    newest = versions.first()
    book = (check(newest.text).playbook if newest else None) or {}
    return (book.get("counts") or {}).get(name)


def figures_of(asking: Asking, parameters: Mapping[str, Any]) -> Figures | None:
    """The ledger's figures for the regimes meant on the day meant, at a node or in all; None if none of them is in force."""
    day, mine = date.fromisoformat(parameters["day"]), asking.regimes()
    found = [mine[key] for key in parameters["regimes"] if key in mine]
    if not found:
        return None
    by, node = parameters.get("by", "place"), parameters.get("node")
    if window := parameters.get("window"):
        each = [asking.window_tree(one, by) for one in windows_named(asking, day, [one.pk for one in found], window)]
    else:
        each = [asking.tree(day, one.pk, by) for one in found]
    return sum((one.of(int(node)) if node else one.total for one in each), Figures())


def windows_named(asking: Asking, day: date, regime_ids: list[int], name: str = "") -> list[Any]:
    """The windows of some regimes that open on a day, of one name if told (a regime may owe morning and evening)."""
    return [one for one in asking.windows(day) if one.regime_id in regime_ids and name in ("", one.name)]


def alerts(asking: Asking, parameters: Mapping[str, Any]) -> QuerySet[Any]:
    """The immediate reports of the operation that had come in, on a day if told, in the viewer's reach."""
    found = alerts_in_reach(asking.viewer).filter(operation_id=asking.operation.pk, reported_at__lte=asking.at)
    if parameters.get("day"):
        start, end = trees.day_span(asking.operation.pk, date.fromisoformat(parameters["day"]))
        found = found.filter(reported_at__gte=start, reported_at__lt=end)
    if parameters.get("kinds"):
        found = found.filter(kind__in=parameters["kinds"])
    return found.filter(place__lineage__contains=[int(parameters["node"])]) if parameters.get("node") else found


def _units(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    if _is_missing(asking, parameters):
        return Counted(None, NOT_SET_UP)
    return Counted(units(asking, parameters).count())


def _people(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    if _is_missing(asking, parameters):
        return Counted(None, NOT_SET_UP)
    return Counted(seats(asking, parameters).order_by().values("standing_for").distinct().count())


def _seats(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    if _is_missing(asking, parameters):
        return Counted(None, NOT_SET_UP)
    return Counted(seats(asking, parameters).count())


def _is_missing(asking: Asking, parameters: Mapping[str, Any]) -> bool:
    """Whether units were asked for by key of which none stands: that is not a count of nought."""
    named = {"units": [*parameters.get("units", ()), *parameters.get("below", ())]}
    return bool(named["units"]) and not units(asking, named).exists()


def _standing(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    if asking.at < trees.day_span(asking.operation.pk, date.fromisoformat(parameters["day"]))[0]:
        return Counted(None, BEFORE_START)
    if (
        date.fromisoformat(parameters["day"])
        < asking.operation.started_at.astimezone(trees.zone_of(asking.operation.pk)).date()
    ):
        return Counted(None, BEFORE_START)
    found = figures_of(asking, parameters)
    if found is not None and parameters.get("window") and not _has_window(asking, parameters):
        return Counted(None, NO_WINDOW)
    return Counted(None, NO_REGIME) if found is None else Counted(of_standing(found, parameters["standing"]))


def _fact(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    """The sum of what reports stated; nobody having stated anything is not known, and no nought."""
    found = _standing(asking, {**parameters, "standing": "actual"})
    if found.value is None:
        return found
    values = [value for _row, value in stated_values(asking, parameters)]
    return Counted(sum(values)) if values else Counted(None, NOBODY_STATED)


def stated_values(asking: Asking, parameters: Mapping[str, Any]) -> list[tuple[standings.Row, int | float]]:
    """Each report that stated the number, in the order of windows and places, with what it stated as of the moment."""
    day, mine = date.fromisoformat(parameters["day"]), asking.regimes()
    ids = [mine[key].pk for key in parameters["regimes"] if key in mine]
    windows = windows_named(asking, day, ids, parameters.get("window", ""))
    node, after = parameters.get("node"), None
    found: list[tuple[standings.Row, int | float]] = []
    while True:
        page = standings.standing_page(
            asking.viewer, asking.operation.pk, windows, now=asking.now, standing="actual", node_id=int(node) if node else None,
            by=parameters.get("by", "place"), as_of=asking.as_of, after=after, limit=ROWS_AT_ONCE,
        )  # fmt: skip
        said = stated_numbers(page.rows, parameters["fact"], at=asking.at)
        found += [(row, said[row.key]) for row in page.rows if row.key in said]
        if page.after is None:
            return found
        after = page.after


def _has_window(asking: Asking, parameters: Mapping[str, Any]) -> bool:
    ids = [one.pk for key, one in asking.regimes().items() if key in parameters["regimes"]]
    return bool(windows_named(asking, date.fromisoformat(parameters["day"]), ids, parameters["window"]))


def _alerts(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    if not asking.viewer.may(READ_ALERTS):
        return Counted(None, NOT_YOURS)
    return Counted(alerts(asking, parameters).count())


def of_standing(figures: Figures, standing: str) -> int:
    """The count of a standing (STANDINGS) among the ledger's figures."""
    names = {"all": "opened", "due": "due_so_far"}
    return int(getattr(figures, names.get(standing, standing)))


def _stated(asking: Asking, parameters: Mapping[str, Any]) -> Counted:
    found = stated(asking, parameters["name"])
    return Counted(None, NOT_STATED) if found is None else Counted(len(found))


_QUERIES: dict[str, Callable[[Asking, Mapping[str, Any]], Counted]] = {
    "units": _units,
    "people": _people,
    "seats": _seats,
    "places": lambda asking, given: Counted(places(asking, given).count()),
    "residents": lambda asking, given: Counted(residents(asking, given).count()),
    "standing": _standing,
    "stated": _stated,
    "alerts": _alerts,
    "fact": _fact,
}
_OF_UNITS = {"kinds", "units", "below"}
_PARAMETERS = {
    "units": _OF_UNITS,
    "people": _OF_UNITS | {"parts", "terms"},
    "seats": _OF_UNITS | {"parts", "terms"},
    "places": {"levels", "kinds"},
    "residents": {"purposes"},
    "standing": {"regimes", "day", "standing", "node", "by", "window"},
    "stated": {"name"},
    "alerts": {"day", "kinds", "node"},
    "fact": {"fact", "regimes", "day", "node", "by", "window"},
}
