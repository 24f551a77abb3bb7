"""What fills a cell of a superior's sheet: a figure, a rate, a line of the briefing, a date, words. Plain values, kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bulou.modules.briefing.rules.cells import spot
from bulou.modules.briefing.rules.figures import Definition

STANDING, RATE, CHANGE, FACT, LINE, STATED, ALERTS = "standing", "rate", "change", "fact", "line", "stated", "alerts"
DAY, MOMENT, CLOCK, OPERATION, PLACE, NODE, TEXT = "day", "moment", "clock", "operation", "place", "node", "text"
FIGURES = (STANDING, RATE, CHANGE, FACT, LINE, STATED, ALERTS)
WORDS = (DAY, MOMENT, CLOCK, OPERATION, PLACE, NODE, TEXT)
RATES = {"reporting_rate": ("actual", "expected"), "on_time_rate": ("on_time", "expected")}
STANDINGS = ("expected", "actual", "on_time", "late", "missing", "pending", "excused", "due", "all")
ALERT_KINDS = ("suspected", "confirmed")
MOST_CELLS = 2_000


@dataclass(frozen=True, slots=True)
class Mapped:
    """A cell and what fills it. `given` are the limits, `beside` the words that stood beside the cell when it was confirmed."""

    tab: str
    cell: str
    fill: str
    given: Mapping[str, Any] = field(default_factory=dict)
    beside: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"tab": self.tab, "cell": self.cell, "fill": self.fill, "given": dict(self.given), "beside": self.beside}

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Mapped:
        return Mapped(kept["tab"], kept["cell"], kept["fill"], kept["given"], kept["beside"])

    @property
    def key(self) -> tuple[str, str]:
        """Which cell: a cell is filled by one thing."""
        return self.tab, self.cell


def definitions(
    one: Mapped, lines: Mapping[str, Definition], regimes: Iterable[str], day: date
) -> tuple[Definition, ...]:
    """The figures a cell is made of on a local day: one; of a rate the part and the whole, of a change the day and the day before.

    `lines` = the definitions of the briefing's own lines; KeyError for a line it no longer has. `regimes` = those in force, which a cell that
    names none counts all of.
    """
    given = {**one.given, "regimes": list(one.given.get("regimes") or regimes)}
    of = day - timedelta(days=int(given.get("back", 0)))
    if one.fill == STANDING:
        return (_standing(given, given["standing"], of),)
    if one.fill == RATE:
        return tuple(_standing(given, each, of) for each in RATES[given["rate"]])
    if one.fill == CHANGE:
        return tuple(_standing(given, "all", each) for each in (of, of - timedelta(days=1)))
    if one.fill == FACT:
        asked = _standing(given, "actual", of).parameters
        return (
            Definition("fact", {**{name: asked[name] for name in asked if name != "standing"}, "fact": given["fact"]}),
        )
    if one.fill == STATED:
        return (Definition("stated", {"name": given["name"]}),)
    if one.fill == ALERTS:
        limits = {name: given[name] for name in ("kinds", "node") if given.get(name)}
        return (Definition("alerts", limits | ({} if given.get("is_whole") else {"day": of.isoformat()})),)
    return (lines[given["line"]],) if one.fill == LINE else ()


def _standing(given: Mapping[str, Any], standing: str, day: date) -> Definition:
    limits = {name: str(given[name]) for name in ("node", "window") if given.get(name)}
    by = {"by": "unit"} if given.get("node") and given.get("by") == "unit" else {}
    wanted = {"regimes": list(given["regimes"]), "day": day.isoformat(), "standing": standing}
    return Definition("standing", wanted | limits | by)


def value_of(one: Mapped, counts: tuple[int | float | None, ...], number_format: str) -> int | float | None:
    """The number that goes into a cell; None where it is not known, or there is nothing to have a share of.

    A share is written as a share where the cell shows per cent, as so many per cent (to a tenth) elsewhere, and never rounded up to all or
    down to nothing.
    """
    if not counts or any(count is None for count in counts):
        return None
    known = [count for count in counts if count is not None]
    if one.fill == CHANGE:
        return known[0] - known[1]
    if one.fill != RATE:
        return known[0]
    if not known[1]:
        return None
    share = known[0] / known[1]
    return share if "%" in number_format else _hundredths(share)


def _hundredths(share: float) -> float:
    tenths = round(share * 1000)
    if tenths == 1000 and share < 1:
        tenths = 999
    if tenths == 0 and share > 0:
        tenths = 1
    return tenths / 10


def replaced(mapped: tuple[Mapped, ...], fresh: tuple[Mapped, ...]) -> tuple[Mapped, ...]:
    """The mapping with some cells filled otherwise, sheet by sheet, row by row."""
    every = {one.key: one for one in (*mapped, *fresh)}
    return tuple(sorted(every.values(), key=lambda one: (one.tab, spot(one.cell) or (0, 0))))
