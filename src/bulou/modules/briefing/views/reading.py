"""Parsing of addresses: the day, the moment, a figure's definition. What nobody can have meant is a 404."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest

from bulou.modules.briefing.queries.counting import LISTS
from bulou.modules.briefing.rules.figures import Definition


def day_of(text: str) -> date | None:
    """A day from an address; None where none is given. Http404 for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404(text) from None


def moment_of(text: str) -> datetime | None:
    """An aware moment from an address; None where none is given. Http404 for what is none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Http404(text) from None
    if found.tzinfo is None:
        raise Http404(text)
    return found


def definition_of(request: HttpRequest, query: str) -> Definition:
    """A figure's definition from its address."""
    names = (*LISTS, "day", "standing", "node", "name", "by", "window", "fact")
    given: dict[str, Any] = {name: request.GET[name] for name in names if request.GET.get(name)}
    for name in LISTS:
        if name in given:
            given[name] = given[name].split(",")
    if query == "fact" and not given.get("fact"):
        raise Http404("fact")
    if query in ("standing", "fact"):
        day_of(given.get("day", "-"))
        if not given.get("regimes") or given.get("by", "unit") != "unit":
            raise Http404("standing")
    if query == "alerts" and "day" in given:
        day_of(given["day"])
    if not given.get("node", "0").isdecimal():
        raise Http404("node")
    if query == "stated" and "name" not in given:
        raise Http404("stated")
    return Definition(query, given)


def place_of(text: str) -> Any:
    """Where a page of obligations goes on: window, lineage, cell, ordinal; None at the beginning."""
    if not text:
        return None
    try:
        window, lineage, cell, ordinal = text.split("-")
        return int(window), tuple(int(one) for one in lineage.split(".") if one), int(cell), int(ordinal)
    except ValueError:
        raise Http404(text) from None


def place_text(key: Any) -> str:
    """The same as text for an address."""
    window, lineage, cell, ordinal = key
    return f"{window}-{'.'.join(map(str, lineage))}-{cell}-{ordinal}"
