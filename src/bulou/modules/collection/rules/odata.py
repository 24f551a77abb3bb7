"""The words of OData v4 that the feed understands: names and types of columns, $filter and the other options. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bulou.modules.collection.rules.columns import Question

TYPES = {
    "integer": "Edm.Int64", "range": "Edm.Double", "decimal": "Edm.Double", "date": "Edm.Date", "dateTime": "Edm.DateTimeOffset",
}  # fmt: skip
META = {
    "id": "Edm.Int64", "instance_id": "Edm.String", "version": "Edm.String", "edits": "Edm.Int32", "received_at": "Edm.DateTimeOffset",
    "happened_at": "Edm.DateTimeOffset", "sender": "Edm.String", "source": "Edm.String", "device": "Edm.String", "state": "Edm.String",
}  # fmt: skip
OPTIONS = frozenset(("$top", "$skip", "$skiptoken", "$count", "$filter", "$select", "$format"))
COMPARED = {"eq": "exact", "ne": "ne", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
# What may be compared, and whether it is a moment, a number or a text.
FILTERED = {
    "id": "number",
    "instance_id": "text",
    "received_at": "moment",
    "happened_at": "moment",
    "sender": "text",
    "source": "text",
}
_WORDS = re.compile(r"\s*(?:(\()|(\))|('(?:[^']|'')*')|([^\s()']+))")
_SIGNS = re.compile(r"\W+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_TERMS = 20


class Unsaid(ValueError):
    """An option that the feed does not understand; the text says which."""


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a filter."""

    field: str
    how: str
    value: int | str | datetime


def names_of(questions: Sequence[Question], taken: Sequence[str] = ()) -> dict[str, str]:
    """The property name of each path: letters, digits and underscores, none twice, none of `taken`."""
    found: dict[str, str] = {}
    used = set(taken)
    for one in questions:
        name = _SIGNS.sub("_", one.path)
        name = name if not name[:1].isdigit() else f"_{name}"
        number, own = 1, name
        while own in used:
            number += 1
            own = f"{name}_{number}"
        used.add(own)
        found[one.path] = own
    return found


def type_of(question: Question) -> str:
    """The Edm type of an answer."""
    return TYPES.get(question.kind, "Edm.String")


def value_of(kind: str, text: Any) -> Any:
    """An answer as JSON of its type; None where it is none of that type, as what phones send may be anything."""
    if not isinstance(text, str):
        return None
    if kind == "Edm.String":
        return text
    try:
        if kind == "Edm.Int64":
            return int(text)
        if kind == "Edm.Double":
            number = float(text)
            return number if number - number == 0 else None
        if kind == "Edm.Date":
            return text[:10] if _DAY.fullmatch(text[:10]) else None
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.isoformat() if moment.tzinfo else None


def filter_of(text: str) -> list[Term]:
    """The comparisons of a $filter, all of which must hold (`a ge 1 and b eq 'x'`). Raises Unsaid with the word it stops at."""
    words = [next(part for part in found.groups() if part) for found in _WORDS.finditer(text) if any(found.groups())]
    words = [word for word in words if word not in ("(", ")")] if _is_balanced(words) else words
    terms = []
    while words:
        if len(words) < 3:
            raise Unsaid(words[0])
        field, how, value, *words = words
        terms.append(_term(field, how, value))
        if words:
            if words[0].lower() != "and" or len(words) == 1 or len(terms) >= MOST_TERMS:
                raise Unsaid(words[0])
            words = words[1:]
    return terms


def whole(given: Mapping[str, str], name: str) -> int | None:
    """A whole number of zero or more under an option; None where it is not given. Raises Unsaid."""
    text = given.get(name, "")
    if not text:
        return None
    if not text.isdigit() or len(text) > 15:
        raise Unsaid(f"{name}={text[:40]}")
    return int(text)


def selected(given: Mapping[str, str], known: Sequence[str]) -> list[str]:
    """The properties of $select, in the feed's order; all of them where it is not given. Raises Unsaid for one there is not."""
    asked = [one.strip() for one in given.get("$select", "").split(",") if one.strip()]
    if unknown := [one for one in asked if one not in known and one != "*"]:
        raise Unsaid(f"$select={unknown[0][:40]}")
    return list(known) if not asked or "*" in asked else [one for one in known if one in asked]


def _is_balanced(words: Sequence[str]) -> bool:
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if depth < 0:
            return False
    return depth == 0


def _term(field: str, how: str, value: str) -> Term:
    if field not in FILTERED:
        raise Unsaid(field[:40])
    if how not in COMPARED:
        raise Unsaid(how[:40])
    return Term(field, how, _literal(FILTERED[field], value))


def _literal(kind: str, text: str) -> int | str | datetime:
    if kind == "text":
        if len(text) < 2 or text[0] != "'" or text[-1] != "'":
            raise Unsaid(text[:40])
        return text[1:-1].replace("''", "'")
    if kind == "number":
        if not text.lstrip("-").isdigit() or len(text) > 18:
            raise Unsaid(text[:40])
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unsaid(text[:40]) from None
    if moment.tzinfo is None:
        raise Unsaid(text[:40])
    return moment
