"""The playbook sections the ledger owns: facts, ladders, regimes. Removing ends, and never deletes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bulou.core import facts as core
from bulou.modules.ledger.models import Fact, Ladder, Regime
from bulou.modules.ledger.rules import calendars, ladders
from bulou.modules.ledger.rules import who as who_rules
from bulou.modules.ledger.services import matching, regimes
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.playbooks import END, Change, Items, OperationRef, Problem

_TEXTS = {
    "type": "object",
    "required": ["zh-Hans", "en"],
    "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?$"},
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 200},
    "examples": ["{zh-Hans: 体温, en: Temperature}"],
}
_WALL = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "examples": ['"10:00"']}
_MOMENT = {"type": "string", "minLength": 16, "examples": ['"2020-01-26T10:00+08:00"']}


def _calendar(kind: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    inner = {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
    return {"type": "object", "additionalProperties": False, "required": [kind], "properties": {kind: inner}}


CALENDAR = {
    "title": "Its windows; null = owed one by one",
    "examples": ['{daily: {due: "10:00"}}'],
    "anyOf": [
        {"type": "null"},
        _calendar("daily", {"due": _WALL, "opens": _WALL, "closes": _WALL}, ["due"]),
        _calendar(
            "every",
            {
                "days": {"type": "integer", "minimum": 1},
                "due": _WALL,
                "opens": _WALL,
                "closes": _WALL,
                "open_for": {"type": "integer", "minimum": 1},
            },
            ["days"],
        ),
        _calendar("once", {"opens": _MOMENT, "due": _MOMENT, "closes": _MOMENT}, ["opens", "due", "closes"]),
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["slots"],
            "properties": {
                "slots": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["name", "opens", "due", "closes"],
                        "properties": {"name": {"type": "string"}, "opens": _WALL, "due": _WALL, "closes": _WALL},
                    },
                }
            },
        },
    ],
}

FACT_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "A fact that may be stated",
    "required": ["title", "kind"],
    "additionalProperties": False,
    "properties": {
        "title": _TEXTS,
        "kind": {"enum": [kind.value for kind in core.Kind], "examples": ["yes_no"]},
        "unit": {"type": "string", "title": "Unit of a number (UCUM)", "examples": ["Cel"]},
        "holds_for": {"type": "integer", "minimum": 1, "title": "For how many days a stated value is still known"},
        "sensitive": {"type": "boolean", "title": "Kept encrypted"},
        "choices": {"type": "object", "additionalProperties": _TEXTS, "title": "Of a choice: code → title"},
    },
}

LADDER_SCHEMA: Mapping[str, Any] = ladders.SCHEMA

REGIME_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "A standing rule: what is asked of whom, when",
    "required": ["title", "asks", "calendar", "who"],
    "additionalProperties": False,
    "properties": {
        "title": _TEXTS,
        "asks": {
            "type": "array",
            "items": {"type": "string"},
            "uniqueItems": True,
            "title": "Codes of facts",
            "examples": ["[well, temperature]"],
        },
        "calendar": CALENDAR,
        "who": who_rules.SCHEMA,
        "owed_by": {"enum": ["subject", "head", "unit_leader"], "title": "Who owes it; the subject, unless told"},
        "is_list": {
            "type": "boolean",
            "title": "A list return: the place or unit states its whole list, an empty one too",
        },
        "is_immediate": {"type": "boolean", "title": "Reported at once, up the whole line"},
        "ladder": {"type": "string", "title": "Key of its ladder"},
        "purpose": {"type": "string", "maxLength": 200, "title": "What it is for"},
        "keep_days": {"type": "integer", "minimum": 1, "title": "Days its reports are kept after the operation"},
        "minutes": {"type": "number", "exclusiveMinimum": 0, "title": "Minutes one report takes"},
    },
}


def check_facts(items: Items, playbook: Mapping[str, Any]) -> list[Problem]:
    """What the catalogue refuses: shipped facts redefined, units and choices where they mean nothing."""
    found = []
    for key, item in items.items():
        try:
            core.SHIPPED.extended([_core_fact(key, item)])
        except ValueError as why:
            instead = _("another key") if key in core.SHIPPED.by_code else ""
            found.append(Problem(("facts", key), str(why), instead))
    return found


def check_regimes(items: Items, playbook: Mapping[str, Any]) -> list[Problem]:
    """Facts and ladders that are nowhere, calendars that cannot be, filters by units that are not there."""
    known = set(core.SHIPPED.by_code) | set(playbook.get("facts") or {})
    found: list[Problem] = []
    for key, item in items.items():
        for number, code in enumerate(item.get("asks", ())):
            if code not in known:
                words = _("There is no fact “%(code)s”.") % {"code": code}
                found.append(Problem(("regimes", key, "asks", number), words, ", ".join(sorted(known))))
        if not item.get("asks") and not item.get("is_list"):
            found.append(Problem(("regimes", key, "asks"), _("A regime asks for at least one fact."), "[well]"))
        if item.get("ladder") and item["ladder"] not in (playbook.get("ladders") or {}):
            words = _("There is no ladder “%(ladder)s”.") % {"ladder": item["ladder"]}
            found.append(Problem(("regimes", key, "ladder"), words, ", ".join(playbook.get("ladders") or {})))
        for number, unit in enumerate((item.get("who") or {}).get("units", ())):
            if unit not in (playbook.get("units") or {}):
                words = _("“%(unit)s” is no unit of this playbook.") % {"unit": unit}
                found.append(
                    Problem(("regimes", key, "who", "units", number), words, ", ".join(playbook.get("units") or {}))
                )
        try:
            calendars.calendar_of(item.get("calendar"))
        except ValueError as why:
            found.append(Problem(("regimes", key, "calendar"), str(why), '{daily: {due: "10:00"}}'))
    return found


def apply_facts(changes: Iterable[Change], *, operation: OperationRef, by: Viewer, now: datetime) -> None:
    """Write an operation's own facts; an ended one stays for the records that state it."""
    by.need(regimes.RUN)
    for change in changes:
        if change.kind == END:
            Fact.objects.filter(operation_id=operation.id, code=change.key).update(ended_at=now)
            continue
        item = change.after or {}
        values = {
            "titles": item["title"], "kind": item["kind"], "unit": item.get("unit", ""), "is_sensitive": item.get("sensitive", False),
            "holds_for": timedelta(days=item["holds_for"]) if item.get("holds_for") else None, "choices": item.get("choices", {}),
            "ended_at": None,
        }  # fmt: skip
        Fact.objects.update_or_create(operation_id=operation.id, code=change.key, defaults=values)


def apply_ladders(changes: Iterable[Change], *, operation: OperationRef, by: Viewer, now: datetime) -> None:
    """Write an operation's ladders."""
    by.need(regimes.RUN)
    for change in changes:
        if change.kind == END:
            Ladder.objects.filter(operation_id=operation.id, key=change.key).update(ended_at=now)
        else:
            Ladder.objects.update_or_create(
                operation_id=operation.id,
                key=change.key,
                defaults={"steps": dict(change.after or {}), "ended_at": None},
            )


def apply_regimes(changes: Iterable[Change], *, operation: OperationRef, by: Viewer, now: datetime) -> None:
    """Set, change and end an operation's regimes, and enrol whom they concern: from today's first moment where they are new."""
    for change in changes:
        if change.kind == END:
            for regime in Regime.objects.filter(operation_id=operation.id, key=change.key):
                regimes.end_regime(by=by, regime=regime, now=now, why=operation.key)
            continue
        regime = _set(operation, change.key, change.after or {}, by=by, now=now)
        if regime.who.get("subject", "none") != "none":
            matching.enrol_matching(
                by=system(by.name or "playbook"), regime=regime, now=now, starts=_day(now, operation), why=operation.key
            )


def _set(operation: OperationRef, key: str, item: Mapping[str, Any], *, by: Viewer, now: datetime) -> Regime:
    is_new = not Regime.objects.filter(operation_id=operation.id, key=key).exists()
    about = {
        "titles": item["title"], "who": item["who"], "owed_by": item.get("owed_by", "subject"), "ladder": item.get("ladder", ""),
        "purpose": item.get("purpose", ""), "keep_days": item.get("keep_days", 30), "minutes": item.get("minutes", 1),
        "is_immediate": item.get("is_immediate", False),
    }  # fmt: skip
    regime = regimes.set_regime(
        by=by, operation=operation, key=key, asks=item.get("asks", ()), calendar=calendars.calendar_of(item["calendar"]), now=now,
        since=_day(now, operation) if is_new else None, is_list=item.get("is_list", False), about=about,
    )  # fmt: skip
    return Regime.objects.select_related("operation").get(pk=regime.pk)


def _day(now: datetime, operation: OperationRef) -> datetime:
    """The first moment of the local day: an operation that starts at eight still owes the day's report at ten."""
    return now.astimezone(operation.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _core_fact(code: str, item: Mapping[str, Any]) -> core.Fact:
    return core.Fact(
        code,
        core.Kind(item["kind"]),
        unit=item.get("unit", ""),
        holds_for=timedelta(days=item["holds_for"]) if item.get("holds_for") else None,
        sensitivity=core.Sensitivity.SENSITIVE if item.get("sensitive") else core.Sensitivity.PLAIN,
        choices=tuple(item.get("choices", ())),
    )
