"""What becomes of the answers: about whom, when it happened, which facts; by the mapping of the form's version (docs/openrosa.md).

A value that is no value of its fact does not refuse a phone, which could not mend it: its code is given back, and the submission waits for
a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

from bulou.core import phones
from bulou.core.facts import Catalogue, Fact, Kind, Sensitivity, Value
from bulou.modules.collection.rules.instance import Answers, Instance, Shape

YES_WORDS = frozenset(("yes", "true", "1", "y", "是", "有"))
NO_WORDS = frozenset(("no", "false", "0", "n", "否", "无"))
_LONGEST_NUMBER = 40
_NOON = time(12)
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Lines:
    """A list return: the repeat of its lines, where a line says whom it is about, and its facts by code."""

    repeat: str
    subject: str
    name: str
    facts: tuple[tuple[Fact, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answers of one version are read. `kind` "" = it answers nothing; `is_own` = about the sender."""

    shape: Shape
    kind: str = ""
    path: str = ""
    is_own: bool = False
    happened: str = ""
    end: str = ""
    device: str = ""
    facts: tuple[tuple[Fact, str], ...] = ()
    lines: Lines | None = None
    secret: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: whom it says, by which name, and the facts."""

    said: str
    name: str
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated. `said` is the subject as typed or picked (a uuid in lower case), `wrong` the paths whose values are none."""

    said: str
    happened_at: datetime
    facts: Mapping[str, Value]
    lines: tuple[Line, ...] | None = None
    wrong: tuple[str, ...] = field(default=())


def reading_of(tree: Mapping[str, Any], mapping: Mapping[str, Any], catalogue: Catalogue) -> Reading:
    """How to read the answers of a version with this tree and this mapping. A code the catalogue lacks is not read."""
    nodes = list(_walked(tree.get("questions", ())))
    subject, listed = mapping.get("subject") or {}, mapping.get("list")
    facts = _mapped(mapping.get("facts") or {}, catalogue)
    lines = None
    if listed:
        own = _mapped(listed.get("facts") or {}, catalogue)
        lines = Lines(listed["repeat"], listed.get("subject", ""), listed.get("name", ""), own)
    told = [*facts, *(lines.facts if lines else ())]
    secret = {path for fact, path in told if fact.sensitivity is Sensitivity.SENSITIVE}
    secret |= {node["path"] for node in nodes if node.get("sensitive")}
    repeats = frozenset(node["path"] for node in nodes if node["kind"] == "repeat")
    return Reading(
        shape=Shape(repeats, frozenset(secret)), kind=subject.get("kind", ""), path=subject.get("path", ""),
        is_own=bool(subject.get("self")), happened=(mapping.get("happened") or {}).get("path", ""),
        end=_preloaded(nodes, "end"), device=_preloaded(nodes, "deviceid"), facts=facts, lines=lines,
        secret=frozenset(fact.code for fact, _path in told if fact.sensitivity is Sensitivity.SENSITIVE),
    )  # fmt: skip


def stated(
    reading: Reading, instance: Instance, plain: Answers, hidden: Answers, *, received_at: datetime, zone: tzinfo
) -> Stated:
    """What these answers state. `happened_at` is the moment the form maps to it (a day: that day at the clock time of the end, else noon),
    else the end, else the receipt.
    """
    end = _moment(plain.get(reading.end, ""), zone) or _moment(instance.time_end, zone)
    wrong: list[str] = []
    mapped = None
    if reading.happened and (text := plain.get(reading.happened, "")):
        mapped = _day_or_moment(text, end, zone)
        if mapped is None:
            wrong.append(reading.happened)
    facts = _facts(reading.facts, plain, hidden, wrong, zone)
    return Stated(
        said=_named(plain.get(reading.path, "") or hidden.get(reading.path, "") if reading.path else ""),
        happened_at=phones.happened_at(mapped=mapped, time_end=end, received_at=received_at),
        facts=facts,
        lines=None if reading.lines is None else _lines(reading.lines, plain, hidden, wrong, zone),
        wrong=tuple(wrong),
    )


def value_of(fact: Fact, text: str, zone: tzinfo) -> Value | None:
    """The answer `text` as a value of the fact; None if it is none."""
    text = text.strip()
    if fact.kind is Kind.NUMBER:
        return _number(text)
    if fact.kind is Kind.YES_NO:
        word = text.lower()
        return True if word in YES_WORDS else False if word in NO_WORDS else None
    if fact.kind is Kind.CHOICE:
        return text if text in fact.choices else None
    if fact.kind is Kind.CHOICES:
        chosen = tuple(text.split())
        if chosen == ("none",) and "none" not in fact.choices:
            return ()
        return chosen if set(chosen) <= set(fact.choices) else None
    return _day_or_moment(text, None, zone) if fact.kind is Kind.MOMENT else text or None


def _facts(
    mapped: Iterable[tuple[Fact, str]], plain: Answers, hidden: Answers, wrong: list[str], zone: tzinfo
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for fact, path in mapped:
        text = plain.get(path) or hidden.get(path)
        if not text or not isinstance(text, str):
            continue
        value = value_of(fact, text, zone)
        if value is None:
            wrong.append(path)
        else:
            found[fact.code] = value
    return found


def _lines(lines: Lines, plain: Answers, hidden: Answers, wrong: list[str], zone: tzinfo) -> tuple[Line, ...]:
    shown: Sequence[Answers] = plain.get(lines.repeat, ())
    secret: Sequence[Answers] = hidden.get(lines.repeat, ())
    found = []
    for number, own in enumerate(shown):
        kept = secret[number] if number < len(secret) else {}
        said = _named(own.get(lines.subject, "") or kept.get(lines.subject, ""))
        name = (own.get(lines.name, "") or kept.get(lines.name, "")).strip()
        facts = _facts(lines.facts, own, kept, wrong, zone)
        if said or name or facts:
            found.append(Line(said, name[:80], facts))
    return tuple(found)


def _named(text: str) -> str:
    """A subject as it was typed or picked: without spaces around it; a uuid as the registry writes it."""
    text = text.strip()
    try:
        return str(UUID(text)) if len(text) >= 32 else text
    except ValueError:
        return text


def _number(text: str) -> int | float | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value - value == 0 else None  # neither infinite nor no number


def _day_or_moment(text: str, end: datetime | None, zone: tzinfo) -> datetime | None:
    text = text.strip()
    if len(text) > 10:
        return _moment(text, zone)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day.year not in _YEARS:
        return None
    if end is not None and (local := end.astimezone(zone)).date() == day:
        return local
    return datetime.combine(day, _NOON, zone)


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """A moment as phones write it; without an offset it is local."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _mapped(codes: Mapping[str, str], catalogue: Catalogue) -> tuple[tuple[Fact, str], ...]:
    return tuple((catalogue.by_code[code], path) for code, path in codes.items() if code in catalogue.by_code)


def _preloaded(nodes: Iterable[Mapping[str, Any]], what: str) -> str:
    return next((node["path"] for node in nodes if node.get("preload") == what), "")


def _walked(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node
        yield from _walked(node.get("children", ()))
