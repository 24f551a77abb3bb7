"""The page that shows every component, with invented content: for those who build pages, and for the tests that look at them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.platform.pages.components.drawings import Bar
from bulou.platform.pages.components.panels import Event, Fact, Tab
from bulou.platform.pages.components.treemaps import Cell
from bulou.platform.pages.forms import Form, Pick, Picks
from bulou.platform.refusals import Conflict, Refusal
from bulou.platform.tables.table import Choice, Column, Search, Table

TOWNS = (
    ("东桥镇", 412, 412), ("磁窑镇", 398, 371), ("蒋集镇", 286, 286), ("华丰镇", 354, 301), ("葛石镇", 231, 230),
    ("伏山镇", 268, 254), ("鹤山镇", 190, 96), ("堽城镇", 243, 243), ("乡饮乡", 122, 118), ("东疏镇", 305, None),
)  # fmt: skip


class KindsTable(Table):
    """Every kind of row the house keeps: something to filter, sort and page through that is always there."""

    key = "pages.kinds"
    title = _("Kinds of rows")
    order = "model"
    per_page = 12
    columns = (
        Column("model", _("Kind"), kind="code", sort="model", link=lambda row: f"?kind={row.pk}"),
        Column(
            "app_label",
            _("Part of the house"),
            sort="app_label",
            tone=lambda row: "info" if len(row.model) < 8 else "quiet",
        ),
        Column("letters", _("Letters"), value=lambda row: len(row.model), kind="number"),
        Column("pk", _("Number"), kind="number", sort="pk"),
        Column("is_long", _("Long name"), value=lambda row: len(row.model) > 10, kind="yes_no", hidden=True),
    )
    filters = (
        Search(by=lambda rows, words: rows.filter(Q(model__icontains=words) | Q(app_label__icontains=words))),
        Choice(
            "app",
            _("Part of the house"),
            lambda: [
                (name, name)
                for name in ContentType.objects.order_by("app_label").values_list("app_label", flat=True).distinct()
            ],
            field="app_label",
        ),
    )


class VisitForm(Form):
    """One of each control."""

    groups = ((_("Visit"), ("day", "result", "symptoms")), (_("Remarks"), ("temperature", "note", "is_urgent")))

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As on the identity document; single names are fine.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    town = forms.ChoiceField(
        label=_("Town"), choices=[("", "")] + [(str(i), name) for i, (name, _a, _b) in enumerate(TOWNS)]
    )
    lead = Pick(label=_("Lead"), url="pages:find_shown", required=False)
    members = Picks(
        label=_("Members"), url="pages:find_shown", required=False, help_text=_("Type a syllable of the name.")
    )
    day = forms.DateField(label=_("Day"))
    result = forms.ChoiceField(
        label=_("Result"), choices=[("met", _("Met")), ("absent", _("Not at home")), ("refused", _("Refused"))]
    )
    symptoms = forms.MultipleChoiceField(
        label=_("Symptoms"),
        required=False,
        choices=[("fever", _("Fever")), ("cough", _("Cough")), ("none", _("None of these"))],
    )
    temperature = forms.DecimalField(
        label=_("Temperature"), required=False, min_value=34, max_value=43, help_text=_("°C, one decimal")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    is_urgent = forms.BooleanField(label=_("Tell the duty desk at once"), required=False)


PEOPLE = ((1, "央金·卓玛"), (2, "扎西次仁"), (3, "李秀英"), (4, "王建国"), (5, "扎西"))


def visit_form(request: HttpRequest, now: datetime) -> VisitForm:
    """The form of this request."""
    form = VisitForm.of(
        request,
        version=3,
        initial={"name": "扎西次仁", "town": "2", "day": now.date(), "result": "met", "lead": 1, "members": []},
    )
    for name in ("lead", "members"):
        form.fields[name].named = lambda ids: [pair for pair in PEOPLE if pair[0] in ids]  # type: ignore[attr-defined]
    return form


def found_people(letters: str) -> list[tuple[int, str]]:
    """Whose name holds these letters."""
    return [pair for pair in PEOPLE if letters in pair[1]]


def send_visit(*, name: str, **_values: Any) -> None:
    """The showcase's verb saves nothing: it refuses "refuse", contests "conflict" and lets everything else pass."""
    if name == "refuse":
        raise Refusal("pages.shown_refusal", _("Nobody of this name lives here. Check the spelling."), field="name")
    if name == "conflict":
        raise Conflict("pages.shown_conflict", _("This visit was changed since you opened it."))


def content(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Everything the page shows besides its form."""
    return {
        "table": KindsTable(request, _kinds()),
        "tabs": [Tab("a", _("Overview"), "?"), Tab("b", _("Members"), "?tab=b", 159), Tab("c", _("History"), "?tab=c")],
        "trail": [("宁阳县", "?"), ("东桥镇", "?")],
        "facts": [
            Fact(_("Place code"), "370921101001"), Fact(_("Kind"), _("Village")), Fact(_("Population"), "1,377", "?", _("declared 2026-03-01")),
            Fact(_("Lead"), "央金·卓玛"), Fact(_("Telephone"), None), Fact(_("Part of"), "东桥镇", "?"),
        ],
        "events": [
            Event(now - timedelta(minutes=12), _("Report corrected"), "王建国", _("Temperature was read twice"), "warn"),
            Event(now - timedelta(hours=3), _("Report received"), "李秀英", tone="good"),
            Event(now - timedelta(days=1), _("Enrolled"), "东桥镇", tone="info"),
        ],
        "bars": [Bar(name, got, of, "?") for name, of, got in TOWNS[:6]],
        "standings": [
            Bar(_("On time"), 2140, tone="good", href="?"), Bar(_("Late"), 96, tone="late", href="?"),
            Bar(_("Missing"), 31, tone="bad", href="?"), Bar(_("Not yet due"), 542, tone="open", href="?"),
        ],
        "days": [Bar(f"{n}", value, href="?") for n, value in enumerate((210, 216, 230, 245, 190, None, 260, 262, 259, 270, 268, 271, 240, 275), 1)],
        "spark": [3, 4, 4, 6, 5, None, 7, 8, 8, 9],
        "cells": [_town(*one) for one in TOWNS],
    }  # fmt: skip


def _kinds() -> QuerySet[ContentType]:
    return ContentType.objects.all()


def _town(name: str, of: int, got: int | None) -> Cell:
    """A cell of the map: of the last town nothing is due yet, and a tenth is excused."""
    if got is None:
        return Cell(name, of, None, 0.4, excused=0.1, told="40%", href="?")
    return Cell(
        name, of, 1 - got / of, got / of, told=_("%(n)s missing") % {"n": of - got} if got < of else "100%", href="?"
    )
