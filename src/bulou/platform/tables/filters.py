"""Filters of a table: each reads its part of the address, narrows the query, and says in words what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bulou.platform.clock import day_span

Choices = Iterable[tuple[str, str | Promise]]
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Search:
    """Free text. `by(queryset, words)` is the query's own way of finding; it gets the words stripped and never empty."""

    by: Callable[[QuerySet[Any], str], QuerySet[Any]]
    label: str | Promise = ""
    key: str = "q"
    kind: str = "search"

    def narrow(self, rows: QuerySet[Any], given: Given) -> QuerySet[Any]:
        words = given.get(self.key, "").strip()
        return self.by(rows, words) if words else rows

    def says(self, given: Given) -> str:
        return given.get(self.key, "").strip()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. `field` is the path compared; or `by(queryset, value)` narrows. `choices` may be a function (asked per request)."""

    key: str
    label: str | Promise
    choices: Choices | Callable[[], Choices]
    field: str = ""
    by: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    kind: str = "choice"

    def options(self) -> list[tuple[str, str]]:
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(value), str(title)) for value, title in found]

    def narrow(self, rows: QuerySet[Any], given: Given) -> QuerySet[Any]:
        value = given.get(self.key, "")
        if not value:
            return rows
        if value not in dict(self.options()):
            return rows.none()
        return self.by(rows, value) if self.by else rows.filter(**{self.field or self.key: value})

    def says(self, given: Given) -> str:
        value = given.get(self.key, "")
        return dict(self.options()).get(value, value)


@dataclass(frozen=True, slots=True)
class Days:
    """Between two local days, both included; read as `key_from` and `key_to`. `is_moment` = the field holds instants, not days."""

    key: str
    label: str | Promise
    field: str = ""
    is_moment: bool = True
    kind: str = "days"

    def ends(self, given: Given) -> tuple[date | None, date | None]:
        return _day(given.get(f"{self.key}_from", "")), _day(given.get(f"{self.key}_to", ""))

    def narrow(self, rows: QuerySet[Any], given: Given) -> QuerySet[Any]:
        first, last = self.ends(given)
        field, wanted = self.field or self.key, Q()
        if first:
            wanted &= Q(**{f"{field}__gte": day_span(first)[0] if self.is_moment else first})
        if last:
            wanted &= Q(**{f"{field}__lt": day_span(last)[1]} if self.is_moment else {f"{field}__lte": last})
        return rows.filter(wanted) if wanted else rows

    def says(self, given: Given) -> str:
        first, last = self.ends(given)
        return f"{first or ''} – {last or ''}".strip(" –") if first != last else str(first or "")


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no. `field` is a boolean path; or `by(queryset, wanted)` narrows."""

    key: str
    label: str | Promise
    field: str = ""
    by: Callable[[QuerySet[Any], bool], QuerySet[Any]] | None = None
    kind: str = "choice"

    def options(self) -> list[tuple[str, str]]:
        return [("1", _("Yes")), ("0", _("No"))]

    def narrow(self, rows: QuerySet[Any], given: Given) -> QuerySet[Any]:
        value = given.get(self.key, "")
        if value not in ("0", "1"):
            return rows
        return self.by(rows, value == "1") if self.by else rows.filter(**{self.field or self.key: value == "1"})

    def says(self, given: Given) -> str:
        return dict(self.options()).get(given.get(self.key, ""), "")


Filter = Search | Choice | Days | Flag


def keys_of(one: Filter) -> list[str]:
    """The names a filter reads from the address."""
    return [f"{one.key}_from", f"{one.key}_to"] if isinstance(one, Days) else [one.key]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
