"""The playbook section `briefing`: ordered parts, each of a kind, with the lines to count and the sentence that says them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ORGANISATION, COVERAGE, GAPS, DENOMINATORS, COUNTS, TEXT = (
    "organisation",
    "coverage",
    "gaps",
    "denominators",
    "counts",
    "text",
)
KINDS = (ORGANISATION, COVERAGE, GAPS, DENOMINATORS, COUNTS, TEXT)
COUNTED = ("units", "people", "seats", "places", "residents")
UNIT_COUNTS = ("units", "people", "seats")
KEY = "^[a-z][a-z0-9_]{0,39}$"
_PLACE = re.compile(r"\{([^{}]*)\}")

_TEXTS = {
    "type": "object",
    "required": ["zh-Hans", "en"],
    "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?$"},
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 2000},
    "examples": ["{zh-Hans: …, en: Temporary branches}"],
}
_KEYS = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
_LINE: dict[str, Any] = {
    "type": "object",
    "title": "One figure",
    "required": ["key", "title", "count"],
    "additionalProperties": False,
    "properties": {
        "key": {
            "type": "string",
            "pattern": KEY,
            "title": "Its key, used in sentences as {key}",
            "examples": ["branches"],
        },
        "title": {**_TEXTS, "title": "What is counted, as the report says it"},
        "count": {
            "enum": list(COUNTED),
            "title": "units; people (each once, in however many units); seats (a person in two units is two); places; residents",
            "examples": ["people"],
        },
        "kinds": {**_KEYS, "title": "Kinds of unit, or of place", "examples": ["[temporary_branch]"]},
        "units": {**_KEYS, "title": "Keys of units of this playbook, themselves", "examples": ["[grid]"]},
        "below": {**_KEYS, "title": "Keys of units of this playbook, all below them", "examples": ["[branches]"]},
        "parts": {**_KEYS, "title": "Parts in a unit: leader, deputy, secretary, member", "examples": ["[leader]"]},
        "terms": {**_KEYS, "title": "Terms of employment", "examples": ["[permanent, support]"]},
        "levels": {**_KEYS, "title": "Levels of place", "examples": ["[village]"]},
        "purposes": {**_KEYS, "title": "Why somebody is on the roll", "examples": ["[returnee]"]},
    },
}

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "A part of the briefing",
    "required": ["order", "kind", "title"],
    "additionalProperties": False,
    "properties": {
        "order": {"type": "integer", "minimum": 1, "maximum": 999, "title": "Its place among the parts", "examples": [10]},
        "kind": {
            "enum": list(KINDS),
            "title": "organisation: lines that are counted; coverage: the day's regimes; gaps: who is missing, by place; denominators: how many"
            " owe, against the day before; counts: the playbook's own counts; text: words",
            "examples": ["organisation"],
        },
        "title": {**_TEXTS, "title": "Its heading"},
        "says": {
            **_TEXTS,
            "title": "The sentence before the table; {key} stands for the figure of that key",
            "examples": ["{zh-Hans: …{branches}…, en: '{branches} temporary branches stand.'}"],
        },
        "lines": {"type": "array", "items": _LINE, "minItems": 1, "title": "What is counted (organisation)"},
        "regimes": {**_KEYS, "title": "Keys of regimes (coverage, gaps, denominators); all, unless told", "examples": ["[staff-daily]"]},
        "names": {**_KEYS, "title": "Keys under the playbook's counts (counts); all, unless told", "examples": ["[regimes]"]},
        "most": {"type": "integer", "minimum": 1, "maximum": 100, "title": "Rows of gaps at most; 10, unless told", "examples": [10]},
    },
}  # fmt: skip

OF_KIND = {
    ORGANISATION: {"lines"},
    COVERAGE: {"regimes"},
    GAPS: {"regimes", "most"},
    DENOMINATORS: {"regimes"},
    COUNTS: {"names"},
    TEXT: set[str](),
}
OF_COUNT = {
    **{name: {"kinds", "units", "below"} for name in UNIT_COUNTS},
    "places": {"kinds", "levels"},
    "residents": {"purposes"},
}
OF_PEOPLE = {"parts", "terms"}


def named_in(text: str) -> list[str]:
    """The keys a sentence names as {key}, in order."""
    return _PLACE.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The sentence with its figures; a key nobody knows stays as it is."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The sentence in pieces: ("text", words) and ("figure", key), in order."""
    at = 0
    for found in _PLACE.finditer(text):
        if found.start() > at:
            yield "text", text[at : found.start()]
        yield "figure", found[1]
        at = found.end()
    if at < len(text):
        yield "text", text[at:]


def strays(line: Mapping[str, Any]) -> list[str]:
    """The limits of a line that its count does not know."""
    fits = (
        {"key", "title", "count"}
        | OF_COUNT[line["count"]]
        | (OF_PEOPLE if line["count"] in ("people", "seats") else set())
    )
    return [name for name in line if name not in fits]


def in_order(items: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts, first to last; of one number by key."""
    return sorted(items.items(), key=lambda pair: (pair[1]["order"], pair[0]))
