"""A report as plain values: parts with their sentence and table, figures by key. What is issued is this, as JSON, and its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulou.modules.briefing.rules.figures import Figure

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a figure by key; or the share of one figure in another; or words."""

    figure: str = ""
    share: tuple[str, str] | None = None
    texts: Texts = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"figure": self.figure, "share": self.share and list(self.share), "texts": dict(self.texts)}

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Cell:
        return Cell(kept["figure"], tuple(kept["share"]) if kept["share"] else None, kept["texts"])


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it is about, and its cells."""

    titles: Texts
    cells: tuple[Cell, ...]

    def as_json(self) -> dict[str, Any]:
        return {"titles": dict(self.titles), "cells": [cell.as_json() for cell in self.cells]}

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Line:
        return Line(kept["titles"], tuple(Cell.of(one) for one in kept["cells"]))


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its heading, what it says by language, codes of the columns, lines; `note` is the code of what must be said besides."""

    key: str
    kind: str
    titles: Texts
    says: Texts = field(default_factory=dict)
    heads: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "kind": self.kind, "titles": dict(self.titles), "says": dict(self.says), "heads": list(self.heads),
            "lines": [line.as_json() for line in self.lines], "note": self.note,
        }  # fmt: skip

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Part:
        lines = tuple(Line.of(one) for one in kept["lines"])
        return Part(kept["key"], kept["kind"], kept["titles"], kept["says"], tuple(kept["heads"]), lines, kept["note"])


@dataclass(frozen=True, slots=True)
class Report:
    """The situation report of an operation for a local day, as it stood at a moment (`as_of`, ISO); `level` and `place` as they read then."""

    operation: str
    titles: Texts
    place: str
    level: Texts
    zone: str
    day: str
    as_of: str
    parts: tuple[Part, ...]
    figures: Mapping[str, Figure]

    def as_json(self) -> dict[str, Any]:
        return {
            "operation": self.operation, "titles": dict(self.titles), "place": self.place, "level": dict(self.level), "zone": self.zone,
            "day": self.day, "as_of": self.as_of, "parts": [part.as_json() for part in self.parts],
            "figures": {key: one.as_json() for key, one in self.figures.items()},
        }  # fmt: skip

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Report:
        figures = {key: Figure.of(one) for key, one in kept["figures"].items()}
        parts = tuple(Part.of(one) for one in kept["parts"])
        plain = {name: kept[name] for name in ("operation", "titles", "place", "level", "zone", "day", "as_of")}
        return Report(**plain, parts=parts, figures=figures)

    def value(self, key: str) -> int | float | None:
        """A figure's value; None = not known."""
        return self.figures[key].value

    def share(self, cell: Cell) -> float | None:
        """The share a cell states, 0–1; None where there is nothing to have a share of, or it is not known."""
        part, whole = (self.value(key) for key in cell.share or ("", ""))
        return part / whole if part is not None and whole else None
