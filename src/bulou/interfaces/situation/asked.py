"""What a page of the situation room is asked for. The address holds all of it: operation, day, regime, window, tree, node, as of when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.urls import reverse

from bulou.modules.ledger.queries import homes, names, trees
from bulou.modules.operations.queries.operations import current_operation, operations
from bulou.modules.registry.queries import cards, places, units
from bulou.platform.access.viewer import Viewer

PLACE, UNIT = "place", "unit"
NO_UNIT = 0
LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True)
class Asked:
    """One question: which windows of which operation, below which node of which tree, as known when (None = now).

    `node` None = all the viewer reaches; 0 in the tree of units = what belongs to no unit. `household_id` = of a village those of one household
    alone; 0 = those in none.
    """

    viewer: Viewer
    now: datetime
    operation: Any
    day: date
    by: str = PLACE
    regime_id: int | None = None
    window_id: int | None = None
    node: int | None = None
    as_of: datetime | None = None
    is_current: bool = True
    household_id: int | None = None

    @cached_property
    def zone(self) -> ZoneInfo:
        """Whose local days count."""
        return ZoneInfo(self.operation.zone)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def at(self) -> datetime:
        """The moment one looks from."""
        return self.as_of or self.now

    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        """The moments [start, end) of the day."""
        start = datetime.combine(self.day, time(), self.zone)
        end = datetime.combine(self.day + timedelta(days=1), time(), self.zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    @cached_property
    def regimes(self) -> list[Any]:
        """The regimes to choose from."""
        return trees.regimes_of(self.viewer, self.operation.pk)

    @cached_property
    def regime(self) -> Any:
        """The regime chosen, or None for all; Http404 for one that is not among them."""
        if self.regime_id is None:
            return None
        found = next((one for one in self.regimes if one.pk == self.regime_id), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def day_windows(self) -> list[Any]:
        """The windows that open on the day, of the regime or all, in order of opening."""
        start, end = self.span
        return trees.windows(self.viewer, self.operation.pk, start=start, end=end, regime_id=self.regime_id)

    @cached_property
    def window(self) -> Any:
        """The one window chosen, or None for all of the day; Http404 if the day has no such window."""
        if self.window_id is None:
            return None
        found = next((one for one in self.day_windows if one.pk == self.window_id), None)
        if found is None:
            raise Http404
        return found

    @property
    def windows(self) -> list[Any]:
        """What is counted: the window chosen, else every window of the day."""
        return [self.window] if self.window else self.day_windows

    @cached_property
    def still_open(self) -> list[Any]:
        """Windows that opened on an earlier day and have not closed: not counted in the day, shown beside it."""
        start, _end = self.span
        found = trees.windows(
            self.viewer, self.operation.pk, start=start - LOOK_BACK, end=start, regime_id=self.regime_id
        )
        return [one for one in found if one.closes > max(self.at, start)]

    def tree(self, as_of: datetime | None) -> Any:
        """The figures along the tree; with `as_of` as they were known then."""
        if self.window:
            return trees.window_tree(self.viewer, self.window, now=self.now, by=self.by, as_of=as_of)
        start, end = self.span
        return trees.tree(
            self.viewer, self.operation.pk, start=start, end=end, now=self.now, regime_id=self.regime_id, by=self.by, as_of=as_of
        )  # fmt: skip

    @cached_property
    def enrolments(self) -> list[int] | None:
        """What of the household's people is asked about; None where no household is. Http404 for one nobody of which is in reach here."""
        if self.household_id is None:
            return None
        found = homes.enrolments_of(
            self.viewer, self.operation.pk, self._subjects(self.household_id), now=self.now, node_id=self.node
        )
        if not found and self.household_id:
            raise Http404
        return found

    def _subjects(self, household_id: int) -> list[tuple[str, int]]:
        """The household itself and everybody in it; of 0, every subject here that is in none."""
        if household_id:
            return [("household", household_id), *(("person", pk) for pk in cards.people_of_household(household_id))]
        return [one for one in self.subject_figures if self.home_of(one) == 0]

    @cached_property
    def subject_figures(self) -> dict[tuple[str, int], Any]:
        """The figures of everybody who counts at the node or below it."""
        return homes.subject_figures(
            self.viewer,
            self.operation.pk,
            self.windows,
            now=self.now,
            node_id=self.node,
            duties=self.duties,
            as_of=self.as_of,
        )

    @cached_property
    def _households(self) -> dict[int, int]:
        return cards.households_of([pk for kind, pk in self.subject_figures if kind == "person"])

    def home_of(self, subject: tuple[str, int]) -> int:
        """The household of a subject at the node; 0 = none."""
        kind, pk = subject
        return pk if kind == "household" else self._households.get(pk, 0) if kind == "person" else 0

    @property
    def duties(self) -> tuple[list[int], datetime, datetime] | None:
        """What is owed one by one on the day, as the rows' query takes it; none where one window is chosen."""
        return (
            None if self.window else ([one.pk for one in self.regimes if self.regime_id in (None, one.pk)], *self.span)
        )

    def need_parts(self) -> None:
        """Http404 for a regime or a window that is not among those to choose from."""
        assert (self.regime is None) == (self.regime_id is None)
        assert (self.window is None) == (self.window_id is None)

    def need_node(self, known: set[int | None]) -> None:
        """Http404 for a node that is out of reach: it has no figures and is not among the viewer's places or units."""
        if self.node is None or self.node in known or (self.node == NO_UNIT and self.by == UNIT):
            return
        visible = (
            places.visible(self.viewer, with_retired=True)
            if self.by == PLACE
            else units.visible(self.viewer, with_ended=True)
        )
        if not visible.filter(pk=self.node).exists():
            raise Http404

    def names_of(self, ids: set[int]) -> dict[int, str]:
        """Names of nodes of the tree."""
        return {pk: name for pk, (name, _phone) in names.named(self.viewer, self.by, ids - {NO_UNIT}).items()}

    def to(self, **changes: Any) -> Asked:
        """The same question with something else in it; another node lets go of the household."""
        return replace(self, **({"household_id": None} if "node" in changes or "by" in changes else {}) | changes)

    def query(self, **more: Any) -> str:
        """The question as the part of an address after the ?, with what a page adds to it."""
        parts: dict[str, Any] = {} if self.is_current else {"op": self.operation.key}
        if self.day != self.today:
            parts["day"] = self.day.isoformat()
        parts |= {
            "regime": self.regime_id,
            "window": self.window_id,
            "by": self.by if self.by != PLACE else None,
            "node": self.node,
            "household": self.household_id,
        }
        parts["at"] = self.as_of.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M") if self.as_of else None
        return urlencode({key: value for key, value in (parts | more).items() if value is not None and value != ""})

    @property
    def board(self) -> str:
        return self.url("board")

    @property
    def wall(self) -> str:
        return self.url("wall")

    @property
    def trend(self) -> str:
        return self.url("trend")

    @property
    def as_now(self) -> str:
        return self.to(as_of=None).url("board")

    @property
    def earlier(self) -> list[tuple[Any, str]]:
        """The windows still open from before, each with its own board."""
        return [
            (
                one,
                self.to(day=one.opens.astimezone(self.zone).date(), regime_id=one.regime_id, window_id=one.pk).url(
                    "board"
                ),
            )
            for one in self.still_open
        ]

    def url(self, page: str, **more: Any) -> str:
        """The address of a page of the situation room with this question."""
        query = self.query(**more)
        return reverse(f"situation:{page}") + (f"?{query}" if query else "")


def asked(request: HttpRequest) -> Asked | None:
    """The question of a request; None where the viewer has no operation at all. What cannot be read falls back, what is out of reach is 404."""
    viewer, now, given = request.viewer, request.now, request.GET  # type: ignore[attr-defined]
    current = current_operation(viewer)
    key = given.get("op", "")
    operation = _named(viewer, key) if key else current or operations(viewer).first()
    if operation is None:
        return None
    zone = ZoneInfo(operation.zone)
    as_of = moment(given.get("at", ""), zone)
    found = Asked(
        viewer, now, operation, _day(given.get("day", "")) or now.astimezone(zone).date(),
        UNIT if given.get("by") == UNIT else PLACE, _number(given.get("regime")), _number(given.get("window")), _number(given.get("node")),
        as_of if as_of and as_of < now else None, current is not None and operation.pk == current.pk, _number(given.get("household")),
    )  # fmt: skip
    found.need_parts()
    return found if found.by == PLACE and found.node is not None else found.to(household_id=None)


def _named(viewer: Viewer, key: str) -> Any:
    found = operations(viewer).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _number(text: str | None) -> int | None:
    """An id, as far as there can be one."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1950 < found.year < 2150 else None


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A local moment of the operation, as the browser's control writes it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1950 < found.year < 2150:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)
