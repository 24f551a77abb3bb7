"""Issuing, what was issued, and the tables of rows behind a figure."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.briefing.queries import rows
from bulou.platform.pages.forms import Form
from bulou.platform.spoken import said
from bulou.platform.tables import Column, Table, Window


class IssueForm(Form):
    """What goes with an issue into the journal."""

    why = forms.CharField(
        label=_("Note"), max_length=500, required=False, help_text=_("Kept in the journal; may be left empty.")
    )


class IssuedTable(Table):
    """Issued briefings."""

    key = "briefing.issued"
    title = _("Issued briefings")
    order = "-issued_at"
    exports = False
    columns = (
        Column(
            "number",
            pgettext_lazy("briefing", "No."),
            kind="number",
            link=lambda row: reverse("briefing:one_issued", args=[row.pk]),
        ),
        Column("day", _("Day"), kind="day", link=lambda row: reverse("briefing:one_issued", args=[row.pk])),
        Column("operation", _("Operation"), value=lambda row: said(row.operation.titles), width=40),
        Column("as_of", _("As of"), kind="moment"),
        Column("issued_at", _("Issued at"), kind="moment", sort="issued_at"),
        Column("actor_name", _("Issued by")),
        Column("seal_head", _("Journal head"), kind="code", hidden=True),
    )
    empty = _("Nothing has been issued yet.")


class UnitRows(Table):
    """Units as they stood."""

    key = "briefing.units"
    title = _("Units")
    order = "code"
    columns = (
        Column(
            "name",
            pgettext_lazy("briefing", "Name"),
            link=lambda row: reverse("registry:unit", args=[row.unit_id]),
            width=32,
        ),
        Column("parent", _("Part of"), value="parent.name", width=32),
        Column("place", _("Place"), value="place.name"),
        Column("starts", _("As it stood since"), kind="day"),
        Column("code", _("Code"), kind="code", value="unit.code", sort="unit__code"),
    )


class PeopleRows(Table):
    """People, each once: with the units whose seats they hold. Names as the viewer may read them."""

    key = "briefing.people"
    title = _("People")
    order = "name"
    looks = "registry.person"

    def __init__(self, request: HttpRequest, found: Any, *, seats: Any = None) -> None:
        super().__init__(request, found)
        self.seats = seats
        self.columns = (
            Column(
                "name",
                pgettext_lazy("person", "Name"),
                value="said_name",
                sort="name_key",
                link=lambda row: row.address,
            ),
            *([Column("units", _("Units"), kind="list", value="said_units", width=48)] if seats is not None else []),
            Column("place", _("Lives in"), value="place.name"),
        )

    def page(self, found: Any, window: Window) -> list[Any]:
        """The rows, with what is said of each."""
        page = super().page(found, window)
        rows.put_people(self.viewer, page, self.seats)
        for row in page:
            row.address = reverse("registry:person", args=[row.pk]) if row.is_open else ""
        return page


class SeatRows(Table):
    """Seats: a person in two units is there twice."""

    key = "briefing.seats"
    title = _("Seats")
    order = "unit"
    looks = "registry.person"
    subject = "person_id"
    columns = (
        Column(
            "unit",
            _("Unit"),
            value="unit.name",
            sort="unit__code",
            width=32,
            link=lambda row: reverse("registry:unit", args=[row.unit_id]),
        ),
        Column("name", pgettext_lazy("person", "Name"), value="said_name"),
        Column("post", _("Post")),
        Column("starts", _("Since"), kind="day"),
    )

    def page(self, found: Any, window: Window) -> list[Any]:
        """The rows, with names."""
        page = super().page(found, window)
        rows.put_seat_names(self.viewer, page)
        return page


class PlaceRows(Table):
    """Places as they stood."""

    key = "briefing.places"
    title = _("Places")
    order = "code"
    columns = (
        Column(
            "name", pgettext_lazy("briefing", "Name"), link=lambda row: reverse("registry:place", args=[row.place_id])
        ),
        Column("parent", _("Part of"), value="parent.name"),
        Column("code", _("Code"), kind="code", sort="code"),
    )


ALERT_KINDS = {"suspected": _("Suspected"), "confirmed": _("Confirmed")}


class AlertRows(Table):
    """Immediate reports that had come in by the moment."""

    key = "briefing.alerts"
    title = _("Immediate reports")
    order = "-reported_at"
    columns = (
        Column("reported_at", _("Reported"), kind="moment", sort="reported_at", link="alerts:alert"),
        Column("kind", _("Kind"), value=lambda row: ALERT_KINDS.get(row.kind, row.kind)),
        Column("place", _("Place"), value="place.name"),
        Column("reporter_name", _("Reported by")),
    )
