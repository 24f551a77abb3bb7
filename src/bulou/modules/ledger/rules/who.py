"""The filter of a regime: whom of the registry it concerns. Documented as JSON Schema; evaluated by services.matching."""

from __future__ import annotations

from typing import Any

_CODES = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "uniqueItems": True}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Whom it concerns",
    "required": ["subject"],
    "additionalProperties": False,
    "properties": {
        "subject": {
            "enum": ["person", "household", "place", "unit", "none"],
            "title": "What one report is about; none = enrolled by hand or by another module",
            "examples": ["person"],
        },
        "places": {**_CODES, "title": "Codes of places: these and all below; the operation's root, unless told"},
        "levels": {
            "type": "array",
            "items": {"enum": ["province", "city", "county", "town", "village", "grid", "site"]},
            "minItems": 1,
            "title": "Of places: their levels",
            "examples": ["[village]"],
        },
        "kinds": {**_CODES, "title": "Of places, households or units: their kinds", "examples": ["[station_crew]"]},
        "units": {**_CODES, "title": "Keys of units of this playbook: their members, all below included"},
        "unit_kinds": {**_CODES, "title": "Members of units of these kinds", "examples": ["[temporary_branch]"]},
        "parts": {
            "type": "array",
            "items": {"enum": ["leader", "deputy", "secretary", "member"]},
            "minItems": 1,
            "title": "Of members: their part",
        },
        "terms": {**_CODES, "title": "Of members: terms of employment", "examples": ["[permanent, support]"]},
        "qualifications": {**_CODES, "title": "Of persons: holding one of these", "examples": ["[physician]"]},
        "purposes": {**_CODES, "title": "Of persons: the purpose they are registered for (a list of people)"},
        "temporary": {
            "type": "boolean",
            "title": "Of persons: only those who stay for a time, or only those who live there",
        },
        "age": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"from": {"type": "integer", "minimum": 0}, "under": {"type": "integer", "minimum": 1}},
            "title": "Of persons: full years, from (included), under (excluded)",
        },
    },
    "examples": ["{subject: person, unit_kinds: [temporary_branch]}"],
}

OF_MEMBERS = ("units", "unit_kinds", "parts", "terms")


def is_of_members(who: dict[str, Any]) -> bool:
    """Whether the filter goes through units: each seat of a member is then an enrolment of its own."""
    return any(key in who for key in OF_MEMBERS)
