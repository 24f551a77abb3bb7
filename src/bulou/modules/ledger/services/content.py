"""What a record says, as it is kept: plain facts as JSON, sensitive ones sealed, the codes of both for finding what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.core.facts import SHIPPED, Catalogue, Kind, Sensitivity
from bulou.modules.ledger.models import Fact
from bulou.platform import vault
from bulou.platform.refusals import Refusal

PURPOSE = "ledger.record"
NO_LINES = ["*"]


@dataclass(frozen=True, slots=True)
class ListLine:
    """One person on a list return: a known `subject_id`, or None with the name of somebody new, and their facts."""

    subject_id: int | None
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The columns of a version: what is plain, what is sealed, which codes it states; for a list, its lines and what every one states."""

    stated: list[str]
    facts: dict[str, Any]
    sealed: bytes | None
    lines: list[dict[str, Any]] | None
    lines_stated: list[str] | None


def content(
    uuid: UUID, facts: Mapping[str, Any], lines: Sequence[ListLine] | None = None, secret: Set[str] | None = None
) -> Content:
    """The content of a version of the record `uuid`. An empty value states nothing and is left out.

    `secret` = the sensitive codes, where the caller knows them; else they are looked up.
    """
    said = _said(facts)
    told = None if lines is None else [_said(line.facts) for line in lines]
    if secret is None:
        secret = sensitive({*said, *(code for line in told or () for code in line)})
    hidden: dict[str, Any] = {code: value for code, value in said.items() if code in secret}
    shown = None
    if lines is not None and told is not None:
        shown = [
            {"subject": line.subject_id, "name": line.name, "facts": {c: v for c, v in own.items() if c not in secret}}
            for line, own in zip(lines, told, strict=True)
        ]
        for number, own in enumerate(told, start=1):
            hidden |= {f"{number}:{code}": value for code, value in own.items() if code in secret}
    plain = {code: value for code, value in said.items() if code not in secret} if secret else said
    sealed = vault.seal(json.dumps(hidden, ensure_ascii=False), purpose=PURPOSE, about=uuid) if hidden else None
    return Content(sorted(said), plain, sealed, shown, _shared(told))


def sensitive(codes: set[str]) -> set[str]:
    """Which of these codes the catalogues mark sensitive."""
    found = {
        code for code in codes if code in SHIPPED.by_code and SHIPPED.by_code[code].sensitivity is Sensitivity.SENSITIVE
    }
    others = codes - SHIPPED.by_code.keys()
    return (
        found | set(Fact.objects.filter(code__in=others, is_sensitive=True).values_list("code", flat=True))
        if others
        else found
    )


def all_sensitive() -> set[str]:
    """Every code that a catalogue marks sensitive: for many records at once."""
    own = Fact.objects.filter(is_sensitive=True).values_list("code", flat=True)
    return {fact.code for fact in SHIPPED.facts if fact.sensitivity is Sensitivity.SENSITIVE} | set(own)


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {code: _plain(value) for code, value in facts.items() if value is not None and value != ""}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _shared(told: list[dict[str, Any]] | None) -> list[str] | None:
    if told is None:
        return None
    return sorted(set.intersection(*(set(line) for line in told))) if told else NO_LINES


def checked(facts: Catalogue, code: str, value: Any) -> Any:
    """A value as a page sends it (moments as text, choices as lists), as the catalogue has it; refuses one that is none (`ledger.no_value`)."""
    fact = facts.fact(code)
    try:
        if fact.kind is Kind.MOMENT and isinstance(value, str):
            value = datetime.fromisoformat(value)
        if fact.kind is Kind.CHOICES and isinstance(value, list):
            value = tuple(value)
        facts.checked({code: value})
    except ValueError as problem:
        words = _("%(value)s is no answer to what is asked (%(fact)s).")
        raise Refusal("ledger.no_value", words, field=code, value=str(value)[:40], fact=code) from problem
    return value
