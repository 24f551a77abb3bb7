"""Forms generated from what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulou.core.facts import Known
from bulou.interfaces.mine import asking
from bulou.modules.ledger.queries.asked import Asked
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.pages.forms import Form


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked about one subject, and what is still known of it."""

    kind: str
    subject_id: int
    name: str
    asked: Sequence[Asked]
    known: Mapping[str, Known] = field(default_factory=dict)

    def key(self, code: str) -> str:
        """The name of a field."""
        return f"{self.kind}{self.subject_id}_{code}"


def report_form(parts: Sequence[Part]) -> type[Form]:
    """A form that asks for every part. Facts still known are filled in, with the time they were stated; nothing else is."""
    fields: dict[str, Any] = {}
    for part in parts:
        for one in part.asked:
            made = asking.field(one, is_needed=True, hint=_hint(part.known.get(one.code)))
            if one.code in part.known:
                made.initial = asking.initial_of(one, part.known[one.code].value)
            fields[part.key(one.code)] = made
    groups = [(part.name, [part.key(one.code) for one in part.asked]) for part in parts] if len(parts) > 1 else []
    when = forms.DateTimeField(
        label=_("When"), required=False, help_text=_("Only if it was not now. A report for tomorrow cannot be made.")
    )
    # The fields of a part go under its name; the moment stands last, as hardly anybody needs it.
    return type(
        "ReportForm", (Form,), {**fields, "happened_at": when, "groups": (*groups, (_("When it was"), ["happened_at"]))}
    )


def facts_of(part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts one part of a valid form states."""
    said = {one.code: asking.value_of(one, values.get(part.key(one.code))) for one in part.asked}
    return {code: value for code, value in said.items() if value is not None}


def moment_of(values: Mapping[str, Any], now: datetime) -> datetime:
    """When it happened: what was said, or now."""
    return values.get("happened_at") or now


def sheet_form(asked: Sequence[Asked], prefix: str) -> forms.Form:
    """The fields of a sheet's usual answers or of one exception; read by the script, so nothing in it is required."""
    fields = {one.code: asking.field(one, is_needed=False) for one in asked}
    made = type("SheetForm", (forms.Form,), fields)
    return made(prefix=prefix, auto_id=f"{prefix}_%s", label_suffix="")


def _hint(known: Known | None) -> str:
    return (
        ""
        if known is None
        else gettext("As said on %(at)s; change it if it is not so any more.") % {"at": plain_moment(known.happened_at)}
    )
