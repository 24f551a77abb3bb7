"""The journal's registers: lines, and looks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from bulou.platform.journal import queries, titles
from bulou.platform.journal.models import Line
from bulou.platform.tables import Choice, Column, Days, Search, Table
from bulou.platform.tables.filters import Filter


def _about(row: Line) -> str:
    """The kind and the id; for many subjects, how many."""
    kind = titles.kind_title(row.kind)
    return f"{kind} {row.subjects[0]}" if len(row.subjects) == 1 else f"{kind} ×{len(row.subjects)}"


class LineTable(Table):
    """Lines of the journal, newest first."""

    key = "journal.lines"
    title = _("Journal")
    order = "-at"
    empty = _("No line fits.")
    columns = (
        Column("at", _("When"), kind="moment", sort="id", link="journal:line", width=20),
        Column("actor_name", _("Who")),
        Column("action", _("What"), value=lambda row: titles.action_title(row.action), width=30),
        Column("subjects", _("On whom"), value=_about, kind="code", width=30),
        Column("why", _("Why"), width=40),
        Column("happened_at", _("Happened"), kind="moment", hidden=True, width=20),
        Column("place_id", _("Place number"), kind="code", hidden=True),
    )
    filters = (
        Search(queries.matching, _("Name of who did it, or number of a subject")),
        Choice("action", _("What"), queries.actions),
        Days("at", _("When")),
    )


class LookTable(Table):
    """Looks at sensitive rows, newest first."""

    key = "journal.looks"
    title = _("Looks")
    order = "-at"
    empty = _("Nobody looked.")
    columns: Sequence[Column] = (
        Column("at", _("When"), kind="moment", sort="id", width=20),
        Column("actor_name", _("Who")),
        Column("what", _("What was seen"), value=lambda row: titles.action_title(row.what), width=24),
        Column("subjects", _("On whom"), value=_about, kind="code", width=30),
        Column("why", _("Why"), width=40),
    )
    filters: Sequence[Filter] = (
        Search(queries.matching, _("Name of who looked, or number of a subject")),
        Days("at", _("When")),
    )


class LookedAtMeTable(LookTable):
    """The same, for the person looked at: without the other subjects of the list."""

    key = "journal.looked_at_me"
    title = _("Who looked at me")
    columns = tuple(column for column in LookTable.columns if column.key != "subjects")
    filters = (Days("at", _("When")),)
