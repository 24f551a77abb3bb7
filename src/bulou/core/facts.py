"""The catalogue of facts: what may be stated about a subject, in which unit, for how long, how sensitive.

A fact's title in the reader's language belongs to the interface, its code to this catalogue. Not a form: a version of
a form maps its questions to these codes. docs/ledger.md, "Facts".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bulou.core.moments import aware, named

Value = str | int | float | bool | datetime | tuple[str, ...]


class Kind(StrEnum):
    """What a value of a fact looks like."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    PLACE = "place"
    MOMENT = "moment"


class Sensitivity(StrEnum):
    """PLAIN may be searched by those in scope; SENSITIVE is kept encrypted (design.md §6, "Forget")."""

    PLAIN = "plain"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the catalogue.

    `unit` is set for numbers only ("Cel", UCUM codes). `holds_for` is how long a stated value may be taken as still
    known, None = only for the moment it was stated. `choices` are the codes a choice may take.
    """

    code: str
    kind: Kind
    unit: str = ""
    holds_for: timedelta | None = None
    sensitivity: Sensitivity = Sensitivity.PLAIN
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named(self.code, "The code of a fact")
        if self.unit and self.kind is not Kind.NUMBER:
            raise ValueError(f"The fact {self.code} is no number, so it cannot have the unit {self.unit}.")
        if self.holds_for is not None and self.holds_for <= timedelta(0):
            raise ValueError(f"The fact {self.code} must hold for some time, or have no such time at all.")
        if bool(self.choices) != (self.kind in (Kind.CHOICE, Kind.CHOICES)):
            raise ValueError(f"The fact {self.code} must list its choices if it is a choice, and only then.")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The facts by code. Refuses two different facts of one code (ValueError)."""

    facts: tuple[Fact, ...]
    by_code: Mapping[str, Fact] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code: dict[str, Fact] = {}
        for fact in self.facts:
            if by_code.setdefault(fact.code, fact) != fact:
                raise ValueError(f"The fact {fact.code} is defined twice, and differently.")
        object.__setattr__(self, "by_code", MappingProxyType(by_code))

    def extended(self, facts: Iterable[Fact]) -> Catalogue:
        """Gives the catalogue with a playbook's facts; a known code may be repeated, never redefined (ValueError)."""
        return Catalogue(tuple(dict.fromkeys((*self.facts, *facts))))

    def fact(self, code: str) -> Fact:
        """Gives the fact of that code; refuses an unknown one by name (ValueError)."""
        if code not in self.by_code:
            raise ValueError(f"There is no fact {code!r} in the catalogue.")
        return self.by_code[code]

    def checked(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Gives `values` back if each is of its fact's kind; refuses the first that is not (ValueError)."""
        for code, value in values.items():
            if (why := why_not_value(self.fact(code), value)) is not None:
                raise ValueError(why)
        return values

    def not_covered(self, questions: Mapping[str, str], asks: Iterable[str]) -> tuple[str, ...]:
        """Gives the asked facts, sorted, that no question of a form's version (question → fact) maps to."""
        return tuple(sorted(set(asks) - {self.fact(code).code for code in questions.values()}))


def why_not_value(fact: Fact, value: Value) -> str | None:
    """Gives the sentence why `value` is no value of `fact`, or None if it is one."""
    if fact.kind is Kind.NUMBER:
        is_right = isinstance(value, int | float) and not isinstance(value, bool) and value == value
    elif fact.kind is Kind.YES_NO:
        is_right = isinstance(value, bool)
    elif fact.kind is Kind.CHOICE:
        is_right = value in fact.choices
    elif fact.kind is Kind.CHOICES:
        is_right = isinstance(value, tuple) and set(value) <= set(fact.choices)
    elif fact.kind is Kind.MOMENT:
        is_right = isinstance(value, datetime) and value.tzinfo is not None
    else:
        is_right = isinstance(value, str) and bool(value.strip())
    return None if is_right else f"{value!r} is no value of the fact {fact.code} ({fact.kind})."


@dataclass(frozen=True, slots=True)
class Known:
    """A value still known: from which record, done when. It holds up to but not including `until`."""

    value: Value
    record: str
    happened_at: datetime
    until: datetime


def still_known(
    stated: Iterable[tuple[str, datetime, Mapping[str, Value]]], catalogue: Catalogue, *, at: datetime
) -> dict[str, Known]:
    """Gives, by code, what may be pre-filled at the moment `at`: the value stated last and still holding.

    `stated` are (record, happened_at, facts) of one subject, in any order; what happened after `at` is left out.
    A pre-filled fact is shown with its source and time, and is not counted as a copied answer.
    """
    aware(at, "The moment of pre-filling")
    last: dict[str, tuple[str, datetime, Value]] = {}
    for record, happened_at, facts in sorted(stated, key=lambda each: (each[1], each[0])):
        if happened_at <= at:
            last.update({code: (record, happened_at, value) for code, value in facts.items()})
    known: dict[str, Known] = {}
    for code, (record, happened_at, value) in last.items():
        holds_for = catalogue.fact(code).holds_for
        if holds_for is not None and at < happened_at + holds_for:
            known[code] = Known(value, record, happened_at, happened_at + holds_for)
    return known


SHIPPED = Catalogue(
    (
        Fact("well", Kind.YES_NO),
        Fact("temperature", Kind.NUMBER, unit="Cel"),
        Fact(
            "symptoms",
            Kind.CHOICES,
            choices=("fever", "cough", "tired", "sore_throat", "short_of_breath", "diarrhoea", "other"),
        ),
        Fact("whereabouts", Kind.PLACE, holds_for=timedelta(days=1)),
        Fact("movements", Kind.TEXT),
        Fact("back_from", Kind.PLACE, holds_for=timedelta(days=14)),
        Fact("back_since", Kind.MOMENT, holds_for=timedelta(days=14)),
        Fact("keeps_isolation", Kind.YES_NO),
        Fact("contact_with_case", Kind.YES_NO, sensitivity=Sensitivity.SENSITIVE),
        Fact(
            "test_result", Kind.CHOICE, choices=("negative", "positive", "waiting"), sensitivity=Sensitivity.SENSITIVE
        ),
        Fact("needs", Kind.TEXT, sensitivity=Sensitivity.SENSITIVE),
    )
)
