"""The register of what was sent."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.collection.models import Submission
from bulou.modules.collection.queries import submissions as queries
from bulou.modules.collection.queries.submissions import Versions
from bulou.modules.ledger.queries.names import named
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people
from bulou.platform.access.viewer import Viewer
from bulou.platform.tables import Choice, Column, Days, Search, Table

SOURCES = {
    "form": _("Form app"),
    "collect": _("ODK Collect"),
    "browser": _("Browser"),
    "link": _("Personal link"),
    "file": _("File from another phone"),
    "briefcase": _("ODK Briefcase"),
}
STATES = {
    "received": (pgettext_lazy("submission", "Received"), "good"),
    "held": (_("Waits to be settled"), "warn"),
    "settled": (_("Settled"), "info"),
    "test": (_("Test"), "quiet"),
    "forgotten": (_("Forgotten"), "quiet"),
}
MOST_PLACES = 400


class SubmissionTable(Table):
    """What was sent with one form, newest first."""

    key = "collection.submissions"
    title = _("Submissions")
    order = "-received"
    looks = "collection.submission"
    exports = False
    empty = _("Nothing was sent with this form in your scope.")
    columns = (
        Column("received", _("Received"), value="received_at", kind="moment", sort="id", width=20, link="collection:submission"),
        Column("name", _("About"), value=lambda row: row.name, width=24),
        Column("state", _("State"), value=lambda row: STATES[row.state][0], tone=lambda row: STATES[row.state][1]),
        Column("happened_at", _("Happened"), kind="moment", width=20),
        Column("sender_name", _("Sent by")),
        Column("version", _("Version"), value=lambda row: row.version_name, kind="code"),
        Column("edits", _("Correction"), value=lambda row: row.number - 1 if row.number > 1 else None, kind="number"),
        Column("source", _("Way"), value=lambda row: SOURCES.get(row.source, row.source), hidden=True),
        Column("device", _("Device"), kind="code", hidden=True),
        Column("is_doubtful", _("Clock doubtful"), kind="yes_no", hidden=True),
    )  # fmt: skip

    def complete(self, rows: list[Any]) -> None:
        """Names, states and versions, asked for all at once."""
        put_states(self.viewer, rows)


def table_of(request: HttpRequest, of: Versions, *, is_whole: bool = False) -> SubmissionTable:
    """The register of a form, with its filters; older versions of a submission only where they are asked for."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    rows = queries.submissions(viewer, of.form).defer("xml", "answers", "sealed")
    if request.GET.get("which") != "all":
        rows = queries.current(rows, is_whole=is_whole)
    table = SubmissionTable(request, rows)
    table.filters = (
        Search(lambda found, words: _about(viewer, found, words), _("Name of whom it is about")),
        Days("received_at", _("Received")),
        Choice("place", _("Place"), lambda: _places(viewer), by=_in_place),
        Choice("state", _("State"), _state_options(), by=_in_state),
        Choice("version_id", _("Version"), [(str(one.pk), one.version or "–") for one in of.versions]),
        Choice("source", _("Way"), tuple(SOURCES.items())),
        Choice("which", _("Corrected ones"), (("all", _("with former versions")),), by=lambda found, value: found),
    )
    return table


def put_states(viewer: Viewer, rows: list[Any]) -> None:
    """`name`, `state` and `version_name` of each row."""
    waits = queries.waiting({row.pk for row in rows if row.is_held})
    gone = queries.forgotten_among({row.pk for row in rows})
    names = queries.version_names({row.version_id for row in rows})
    for kind in {row.subject_kind for row in rows}:
        ids = {row.subject_id for row in rows if row.subject_kind == kind and row.subject_id is not None}
        known = named(viewer, kind, ids) if ids else {}
        for row in rows:
            if row.subject_kind == kind:
                row.name = known.get(row.subject_id, ("", ""))[0]
    for row in rows:
        row.version_name = names.get(row.version_id, "")
        row.state = queries.state_of(row, row.pk in gone, row.pk in waits)


def filters_of(table: SubmissionTable) -> tuple[str, ...]:
    """What the filters say, in words, for the notes of an export."""
    said = [(one.label, one.says(table.given)) for one in table.filters]
    return tuple(f"{label} = {words}" for label, words in said if words)


def address_of(table: SubmissionTable, form_id: int, kind: str) -> str:
    """The address of an export with the register's filters."""
    query = table.address().partition("?")[2]
    return f"{reverse('collection:export', args=[form_id])}?as={kind}" + (f"&{query}" if query else "")


def _about(viewer: Viewer, rows: QuerySet[Submission], words: str) -> QuerySet[Submission]:
    reach = scopes.people(viewer, queries.VIEW)
    people = [one.pk for one in find_people(viewer, words, limit=50, within=reach)]
    merged = reach.filter(merged_into__in=people).values(
        "pk"
    )  # what was sent about a row that was merged stays with it
    return rows.filter(Q(subject_id__in=people) | Q(subject_id__in=merged), subject_kind="person")


def _places(viewer: Viewer) -> list[tuple[str, str]]:
    found = (
        scopes.places(viewer, queries.VIEW).filter(ends=None, level__in=("town", "village", "grid")).order_by("code")
    )
    return [(str(pk), name) for pk, name in found.values_list("pk", "name")[:MOST_PLACES]]


def _in_place(rows: QuerySet[Submission], value: str) -> QuerySet[Submission]:
    return queries.in_place(rows, int(value))


def _in_state(rows: QuerySet[Submission], value: str) -> QuerySet[Submission]:
    return queries.in_state(rows, value)


def _state_options() -> list[tuple[str, Any]]:
    return [(key, title) for key, (title, _tone) in STATES.items()]
