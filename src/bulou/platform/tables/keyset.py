"""Pages by key: a page begins after a row, not after a number of rows, so that page 9,000 costs what page 1 costs.

Order is one expression, then the id; rows where the expression is NULL come last in both directions, as a second segment by id alone,
so that every segment is one range of an index.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, Expression, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Window:
    """What one page asks for: at most `limit` rows after `start` (or before it, when `backwards`) in the given order.

    `start` is (value, id) of the row beside the page, None = from the very beginning (or end). `descending` turns the values round,
    never the NULLs.
    """

    sort: str | Combinable
    descending: bool
    nullable: bool
    limit: int
    start: tuple[Any, int] | None = None
    backwards: bool = False


class _RowCompare(Func):
    """(value, id) > (value, id) as SQL compares rows: one range of a two-column index."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, more: bool, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.more = more

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(part) for part in self.source_expressions]
        texts = [sql for sql, _params in parts]
        params = [param for _sql, params in parts for param in params]
        return f"({texts[0]}, {texts[1]}) {'>' if self.more else '<'} ({texts[2]}, {texts[3]})", params


def rows_of(rows: QuerySet[Any], window: Window) -> list[Any]:
    """The rows of a window in reading order; each carries its sort value as `sort_value`. One query, two where NULLs begin."""
    rows = rows.annotate(sort_value=F(window.sort) if isinstance(window.sort, str) else window.sort)
    found: list[Any] = []
    for segment in _segments(rows, window):
        found.extend(segment[: window.limit - len(found)])
        if len(found) >= window.limit:
            break
    return found[::-1] if window.backwards else found


def _segments(rows: QuerySet[Any], window: Window) -> Iterator[QuerySet[Any]]:
    """The ordered pieces to read one after the other in the direction of reading."""
    value, key = window.start or (None, None)
    in_nulls = window.start is not None and value is None
    known = rows.filter(sort_value__isnull=False) if window.nullable else rows
    parts = [lambda: _known(known, window, None if in_nulls else window.start)]
    if window.nullable:
        parts.append(lambda: _unknown(rows, window, key if in_nulls else None))
    if window.backwards:
        parts.reverse()
    starts_in_second = window.nullable and window.start is not None and in_nulls != window.backwards
    for part in parts[1 if starts_in_second else 0 :]:
        yield part()


def _known(rows: QuerySet[Any], window: Window, start: tuple[Any, int] | None) -> QuerySet[Any]:
    down = window.descending != window.backwards
    if start is not None:
        column = rows.query.annotations["sort_value"]
        compare = _RowCompare(
            F("sort_value"), F("pk"), Value(start[0], output_field=column.output_field), Value(start[1]), more=not down
        )
        rows = rows.filter(compare)
    order: list[Expression] = (
        [F("sort_value").desc(), F("pk").desc()] if down else [F("sort_value").asc(), F("pk").asc()]
    )
    return rows.order_by(*order)


def _unknown(rows: QuerySet[Any], window: Window, key: int | None) -> QuerySet[Any]:
    down = window.descending != window.backwards
    wanted = Q(sort_value__isnull=True)
    if key is not None:
        wanted &= Q(pk__lt=key) if down else Q(pk__gt=key)
    return rows.filter(wanted).order_by("-pk" if down else "pk")


def in_order(rows: QuerySet[Any], sort: str | Combinable, descending: bool) -> QuerySet[Any]:
    """All rows in the order the pages have, for reading from end to end."""
    expression: Any = F(sort) if isinstance(sort, str) else sort
    first = expression.desc(nulls_last=True) if descending else expression.asc(nulls_last=True)
    return rows.order_by(first, "-pk" if descending else "pk")


def encode(value: Any, key: int) -> str:
    """A place between two pages, as a piece of an address."""
    text = json.dumps([value, key], cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, rows: QuerySet[Any], sort: str | Combinable) -> tuple[Any, int]:
    """Back from an address. Refuses one that was not made here (`tables.unknown_page`)."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        field = (
            rows.annotate(sort_value=F(sort) if isinstance(sort, str) else sort)
            .query.annotations["sort_value"]
            .output_field
        )
        return (None if value is None else field.to_python(value)), int(key)
    except (ValueError, TypeError, binascii.Error, ValidationError) as problem:
        raise Refusal(
            "tables.unknown_page", _("This page of the list does not exist. Start again from the first page.")
        ) from problem
