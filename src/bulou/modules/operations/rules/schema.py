"""The schema of a playbook, composed from the sections the modules own (JSON Schema, draft 2020-12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

KEY = "^[a-z0-9][a-z0-9_-]{0,79}$"
TEXT_BY_LANGUAGE = {
    "type": "object",
    "required": ["zh-Hans", "en"],
    "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?$"},
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 200},
    "examples": ["{zh-Hans: 疫情防控, en: Outbreak response}"],
}

HEAD: dict[str, Any] = {
    "playbook": {"type": "string", "pattern": KEY, "title": "Key of the playbook", "examples": ["qumalai"]},
    "version": {"type": "integer", "minimum": 1, "title": "Counts up with every change", "examples": [1]},
    "title": {**TEXT_BY_LANGUAGE, "title": "What it is called, by language"},
    "root": {
        "type": "string",
        "pattern": "^[0-9]{2,12}$",
        "title": "Code of the place the operation is rooted at",
        "examples": ['"632726"'],
    },
    "zone": {"type": "string", "title": "Time zone of its local days", "examples": ["Asia/Shanghai"]},
    "languages": {
        "type": "array",
        "items": {"enum": ["zh-Hans", "zh-Hant", "en", "bo", "mn", "ug"]},
        "minItems": 1,
        "uniqueItems": True,
        "title": "Languages of its forms and messages to the public",
        "examples": ["[zh-Hans, bo, en]"],
    },
    "source": {"type": "string", "title": "Where it was drawn from", "examples": ["case A"]},
    "counts": {
        "type": "object",
        "title": "The playbook's own counts, such as 1 orientation and 3 regimes: stated, and held against what it contains",
        "additionalProperties": {"type": "array", "items": {"type": "object"}},
    },
}


def composed(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The whole schema from the sections' item schemas, by section key. Items are mappings key → item."""
    parts = {
        name: {
            "type": "object",
            "propertyNames": {"pattern": KEY},
            "additionalProperties": dict(schema),
            "title": str(schema.get("title", name)),
        }
        for name, schema in sections.items()
    }
    level = {
        "type": "object",
        "required": ["title"],
        "additionalProperties": False,
        "properties": {
            "title": TEXT_BY_LANGUAGE,
            "alone": {"type": "boolean", "title": "Switches on only what it lists itself"},
            "switches_on": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    name: {"type": "array", "items": {"type": "string"}, "uniqueItems": True} for name in sections
                },
                "examples": ["{regimes: [staff-daily]}"],
            },
        },
    }
    levels = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": KEY},
        "additionalProperties": level,
        "title": "Response levels, lowest first",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A playbook of Bulou",
        "type": "object",
        "required": ["playbook", "version", "title", "root", "languages", "levels"],
        "additionalProperties": False,
        "properties": {**HEAD, "levels": levels, **parts},
    }


def unknown_keys(playbook: Mapping[str, Any], sections: Collection[str]) -> list[tuple[str, str, int, str]]:
    """Keys a level switches on that stand nowhere: (level, section, index in the list, key)."""
    missing = []
    for level, one in playbook.get("levels", {}).items():
        for section, keys in (one.get("switches_on") or {}).items():
            known = playbook.get(section) or {}
            missing += [
                (level, section, index, key)
                for index, key in enumerate(keys)
                if section in sections and key not in known
            ]
    return missing
