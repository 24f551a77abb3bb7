"""The registers: regimes, who is enrolled under them, and what was reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from bulou.modules.ledger.models.enrolments import SubjectKind
from bulou.modules.ledger.queries import registers
from bulou.modules.ledger.queries.names import named
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.tables import Choice, Column, Days, Flag, Table

KINDS = (
    (SubjectKind.PERSON, _("Person")),
    (SubjectKind.HOUSEHOLD, _("Household")),
    (SubjectKind.PLACE, _("Place")),
    (SubjectKind.UNIT, _("Unit")),
)


WAYS = {
    "page": _("Page"),
    "grid": _("Sheet of a village"),
    "sheet": _("Sheet of a village"),
    "list": _("List return"),
    "chat": _("Chat list"),
    "excel": _("Excel"),
    "telephone": _("By telephone"),
}


def put_names(viewer: Viewer, rows: Sequence[Any]) -> None:
    """Set `name` and `phone` of rows about a subject; masked, and without a telephone, for who may not see them."""
    for kind in {row.subject_kind for row in rows}:
        known = named(viewer, kind, {row.subject_id for row in rows if row.subject_kind == kind})
        for row in rows:
            if row.subject_kind == kind:
                row.name, row.phone = known.get(row.subject_id, ("", ""))


def _windows(row: Any) -> str:
    """The calendar of the newest version, in a few signs."""
    newest = max(row.versions.all(), key=lambda one: one.number, default=None)
    calendar = newest.calendar if newest else None
    if not calendar:
        return str(_("one by one"))
    kind, said = next(iter(calendar.items()))
    if kind == "slots":
        return " · ".join(f"{slot['name']} {slot['due']}" for slot in said)
    return f"{said['days']} d · {said['due']}" if kind == "every" else str(said["due"])[:16]


class RegimeTable(Table):
    """What is owed at all."""

    key = "ledger.regimes"
    title = _("Regimes")
    order = "key"
    empty = _("No operation asks for anything yet.")
    columns = (
        Column("title", _("Regime"), value=lambda row: row.title, width=28),
        Column("key", _("Key"), kind="code", sort="key"),
        Column("operation", _("Operation"), value=lambda row: row.operation.title),
        Column("asks", _("Asks"), value=lambda row: ", ".join(_asks(row)), width=30),
        Column("windows", pgettext_lazy("regime", "Due at"), value=_windows),
        Column("minutes", _("Minutes per report"), kind="number"),
        Column("purpose", _("Purpose"), hidden=True, width=40),
        Column("ended_at", _("Ended"), kind="moment", hidden=True),
    )


def _asks(row: Any) -> list[str]:
    newest = max(row.versions.all(), key=lambda one: one.number, default=None)
    return list(newest.asks) if newest else []


class NamedTable(Table):
    """A table of rows about subjects, with their names."""

    def complete(self, rows: list[Any]) -> None:
        """Names and telephones."""
        put_names(self.viewer, rows)


class EnrolmentTable(NamedTable):
    """Who owes under which regime, since when and until when."""

    key = "ledger.enrolments"
    title = _("Enrolments")
    order = "-starts"
    looks = "ledger.enrolment"
    empty = _("Nobody is enrolled in your scope.")
    columns = (
        Column("name", _("About"), value=lambda row: row.name, width=24),
        Column("phone", _("Telephone"), value=lambda row: row.phone, kind="code"),
        Column("regime", _("Regime"), value=lambda row: row.regime.title),
        Column("starts", _("From"), kind="moment", sort="id", width=20),
        Column("ends", _("Until"), kind="moment", width=20),
        Column("by_hand", _("By hand"), kind="yes_no", hidden=True),
        Column("reason", _("Reason"), hidden=True, width=40),
    )


class RecordTable(NamedTable):
    """What was reported, newest first: by whom, by which way, how often corrected; of a list, how many lines. A row opens to what it says."""

    key = "ledger.records"
    title = _("Reports")
    order = "-received"
    looks = "ledger.record"
    empty = _("Nothing has been reported in your scope.")
    columns = (
        Column("name", _("About"), value=lambda row: row.name, width=24, link="ledger:record"),
        Column("n_lines", _("Lines"), value=lambda row: row.n_lines, kind="number"),
        Column("done_at", _("Done"), kind="moment", width=20),
        Column("received", _("Received"), value="received_at", kind="moment", sort="id", width=20),
        Column("filed_by_name", _("Filed by")),
        Column("source", _("Way"), value=lambda row: WAYS.get(row.source, row.source)),
        Column("n_versions", _("Corrections"), kind="number"),
        Column("is_doubtful", _("Clock doubtful"), kind="yes_no", hidden=True),
    )
    filters = (
        Choice("kind", _("About"), KINDS, field="subject_kind"),
        Days("received_at", _("Received")),
        Flag("is_doubtful", _("Clock doubtful")),
        Flag("is_list", _("List returns"), by=lambda rows, yes: rows.filter(lines_stated__isnull=not yes)),
    )

    def complete(self, rows: list[Any]) -> None:
        """Names, and how many lines a list has as it stands now (None = no list)."""
        super().complete(rows)
        known = registers.line_counts(rows)
        for row in rows:
            row.n_lines = known.get(row.pk)


@needs("ledger.view_standing")
@require_GET
def regimes(request: HttpRequest) -> HttpResponseBase:
    """What is owed at all."""
    rows = registers.regimes(request.viewer).prefetch_related("versions")  # type: ignore[attr-defined]
    return RegimeTable(request, rows).answer("ledger/register.html")


@needs("ledger.view_standing")
@require_GET
def enrolments(request: HttpRequest) -> HttpResponseBase:
    """Who is enrolled."""
    viewer = request.viewer  # type: ignore[attr-defined]
    options = [(str(one.pk), one.title) for one in registers.regimes(viewer)]
    table = EnrolmentTable(request, registers.enrolments(viewer))
    table.filters = (
        Choice("regime", _("Regime"), options, field="regime_id"),
        Choice("kind", _("About"), KINDS, field="subject_kind"),
        Days("starts", _("From")),
        Flag("by_hand", _("By hand")),
    )
    return table.answer("ledger/register.html")


@needs("ledger.view_content")
@require_GET
def records(request: HttpRequest) -> HttpResponseBase:
    """What was reported."""
    return RecordTable(request, registers.records(request.viewer)).answer("ledger/register.html")  # type: ignore[attr-defined]
