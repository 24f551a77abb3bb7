"""Ladders as playbooks write them: who is reminded how long before or after the due time. Kept whole in `Ladder.steps`; read by rules.chase."""

from __future__ import annotations

from typing import Any

TO = ("owing", "answerable", "lead", "township", "headquarters")

_SPAN = {"type": "string", "pattern": "^[0-9]{1,4}(m|h|d)$", "examples": ["90m"]}
_TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["22:00"]}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Who is reminded, step by step",
    "required": ["steps"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": ["string", "object"], "title": "What it is called", "examples": ["{en: Up the line}"]},
        "steps": {
            "type": "array",
            "minItems": 1,
            "maxItems": 12,
            "title": "The steps, the earliest first",
            "items": {
                "type": "object",
                "required": ["to"],
                "additionalProperties": False,
                "oneOf": [{"required": ["before"]}, {"required": ["after"]}],
                "properties": {
                    "before": {**_SPAN, "title": "How long before the due time: minutes, hours or days"},
                    "after": {**_SPAN, "title": "How long after it; 0m = the moment it has passed"},
                    "to": {
                        "enum": list(TO),
                        "title": "Whom: the one who owes, who may answer for it, the unit's lead, the township, the headquarters",
                        "examples": ["answerable"],
                    },
                },
            },
            "examples": ["[{before: 1h, to: owing}, {after: 30m, to: answerable}, {after: 2h, to: township}]"],
        },
        "quiet": {
            "type": "object",
            "required": ["from", "until"],
            "additionalProperties": False,
            "properties": {"from": _TIME, "until": _TIME},
            "title": "Hours in which nobody is reminded, in the operation's local time; what comes due then waits",
            "examples": ["{from: '22:00', until: '07:00'}"],
        },
        "script": {
            "type": ["string", "object"],
            "title": "What to say on the telephone, by language",
            "examples": ["{en: Hello, this is the headquarters.}"],
        },
    },
    "examples": [
        "{steps: [{before: 1h, to: owing}, {after: 30m, to: answerable}], quiet: {from: '22:00', until: '07:00'}}"
    ],
}
