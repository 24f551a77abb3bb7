"""What invented people answer: a value for every fact a regime may ask, likely ones mostly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any

from bulou.core.facts import SHIPPED, Kind
from bulou.core.facts import Fact as ShippedFact
from bulou.modules.ledger.models import Fact
from bulou.site.scenarios.cases import MOVEMENTS, NEEDS, ON_WATCH, ORDER_EVENTS, ORIGINS, WHEREABOUTS

_UNWELL = 0.012


class Answers:
    """The answers of one operation's people; the same random gives the same answers."""

    def __init__(self, operation_id: int) -> None:
        own = Fact.objects.filter(operation_id=operation_id, ended_at=None)
        self._facts: dict[str, tuple[str, tuple[str, ...]]] = {one.code: _shape(one) for one in SHIPPED.facts}
        self._facts |= {one.code: (one.kind, tuple(one.choices)) for one in own}

    def to(self, codes: Iterable[str], *, at: datetime, random: Random) -> dict[str, Any]:
        """A value for each code; whoever is unwell has a temperature and symptoms to match."""
        is_well = random.random() >= _UNWELL
        return {code: self._value(code, is_well, at, random) for code in sorted(codes)}

    def corrected(self, said: dict[str, Any], *, at: datetime, random: Random) -> dict[str, Any]:
        """What was said, put right in one fact."""
        code = random.choice(sorted(said))
        return said | {code: self._value(code, True, at, Random(random.random()))}

    def _value(self, code: str, is_well: bool, at: datetime, random: Random) -> Any:
        if code in _KNOWN:
            return _KNOWN[code](is_well, at, random)
        kind, choices = self._facts[code]
        if kind == Kind.CHOICE:
            return choices[0] if random.random() < 0.9 else random.choice(choices)
        if kind == Kind.CHOICES:
            return []
        return {
            Kind.YES_NO: random.random() < 0.97,
            Kind.NUMBER: random.choice((0, 0, 0, 1, 2)),
            Kind.MOMENT: at.isoformat(),
        }.get(Kind(kind), random.choice(MOVEMENTS))


def _shape(fact: ShippedFact) -> tuple[str, tuple[str, ...]]:
    return fact.kind, fact.choices


def _temperature(is_well: bool, _at: datetime, random: Random) -> float:
    return round(random.triangular(36.0, 37.1, 36.5) if is_well else random.triangular(37.4, 38.9, 37.8), 1)


_KNOWN: dict[str, Any] = {
    "well": lambda is_well, _at, _random: is_well,
    "temperature": _temperature,
    "symptoms": lambda is_well, _at, random: [] if is_well else [random.choice(("fever", "cough", "tired"))],
    "whereabouts": lambda _well, _at, random: random.choice(WHEREABOUTS),
    "back_from": lambda _well, _at, random: random.choice(ORIGINS),
    "contact_with_case": lambda _well, _at, random: random.random() < 0.002,
    "test_result": lambda _well, _at, random: "negative" if random.random() < 0.98 else "waiting",
    "order_event": lambda _well, _at, random: random.choice(ORDER_EVENTS),
    "on_watch": lambda _well, _at, random: random.choice(ON_WATCH),
    "staff_on_post": lambda _well, _at, random: random.randrange(52, 64),
    "staff_absent": lambda _well, _at, random: random.choice((0, 0, 1, 2)),
    "members_on_post": lambda _well, _at, random: random.randrange(14, 20),
    "is_back": lambda _well, _at, _random: True,
    "needs": lambda _well, _at, random: "" if random.random() < 0.9 else NEEDS,
}
