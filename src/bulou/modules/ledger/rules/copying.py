"""What of yesterday's list may stand on today's before anybody has asked: who is on it, what still holds, and that somebody is well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bulou.core.facts import Catalogue, Sensitivity


def copied(facts: Mapping[str, Any], catalogue: Catalogue, *, stated_at: datetime, at: datetime) -> dict[str, Any]:
    """The facts of a line that a new list may begin with at `at`.

    A plain fact is copied while it holds (stated_at + holds_for > at). "Well" is, "unwell" is not: that has to be asked again. A temperature or
    movements nobody gave today are not invented, and sensitive facts never come back by themselves.
    """
    found = {}
    for code, value in facts.items():
        fact = catalogue.by_code.get(code)
        if fact is None or fact.sensitivity is Sensitivity.SENSITIVE:
            continue
        if (code == "well" and value is True) or (fact.holds_for is not None and stated_at + fact.holds_for > at):
            found[code] = value
    return found
