"""Figures: what is counted, by which named query with which parameters, as of when. Plain values that can be kept and counted again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A named query and its parameters (JSON): enough to count the same again, at this moment or another."""

    query: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"query": self.query, "parameters": dict(self.parameters)}

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Definition:
        return Definition(kept["query"], kept["parameters"])


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a report: its key there, what it is called by language, its definition, its value; None = not known, `why` says why not."""

    key: str
    titles: Mapping[str, str]
    definition: Definition
    value: int | float | None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "titles": dict(self.titles), "definition": self.definition.as_json(), "value": self.value, "why": self.why,
        }  # fmt: skip

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Figure:
        return Figure(kept["key"], kept["titles"], Definition.of(kept["definition"]), kept["value"], kept["why"])
