"""Reading the journal: who did what, on whom, when and why; and who looked at whom. Each for what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.chain import PrintedHead
from bulou.platform.journal.models import Block, Line, Look
from bulou.platform.journal.sealing import head_of
from bulou.platform.journal.titles import action_title
from bulou.platform.manifest import extras

_DISTINCT = """
WITH RECURSIVE found(one) AS (
    (SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {column} LIMIT 1)
  UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > found.one ORDER BY {column} LIMIT 1) FROM found WHERE found.one IS NOT NULL
)
"""


def lines(viewer: Viewer) -> QuerySet[Line]:
    """The lines in reach: those whose place is; for whom everything is in reach, also those that belong to no place."""
    if not viewer.may("journal.view_line"):
        return Line.objects.none()
    places = _places_in_reach(viewer, "journal.view_line")
    return Line.objects.all() if places is None else Line.objects.filter(place_id__in=places)


def looks(viewer: Viewer) -> QuerySet[Look]:
    """Every look at sensitive rows, for who holds the permission and has everything in reach: a look has no place."""
    if not viewer.may("journal.view_look") or _places_in_reach(viewer, "journal.view_look") is not None:
        return Look.objects.none()
    return Look.objects.all()


def looks_at(kind: str, subject: int) -> QuerySet[Look]:
    """Who looked at one subject, newest first. Not scoped: the caller has made sure that the viewer may see the subject."""
    return Look.objects.filter(kind=kind, subjects__contains=[subject]).order_by("-id")


def looks_at_me(viewer: Viewer) -> QuerySet[Look]:
    """Who looked at the person the viewer is; nothing for a user who is nobody in the registry."""
    return Look.objects.none() if viewer.person_id is None else looks_at("registry.person", viewer.person_id)


def acts_on(viewer: Viewer, kind: str, subject: int) -> QuerySet[Line]:
    """What was done to one subject, of what is in reach, newest first."""
    return lines(viewer).filter(kind=kind, subjects__contains=[subject]).order_by("-id")


def matching(rows: QuerySet[Line] | QuerySet[Look], words: str) -> QuerySet[Line] | QuerySet[Look]:
    """The lines or looks by somebody of that name; or, for a number, about the subject with that id."""
    if words.isdecimal() and len(words) < 19:
        return rows.filter(subjects__contains=[int(words)])
    return rows.filter(_by_actor(rows.model._meta.db_table, words) | Q(actor_id=None, actor_name__icontains=words))


def actions() -> list[tuple[str, str]]:
    """Every action that occurs, with its title: for a filter. Reads one row of the index per action, however long the journal."""
    words = _DISTINCT.format(table="journal_line", column="action") + "SELECT one FROM found WHERE one IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute(words)
        return sorted(((row[0], str(action_title(row[0]))) for row in cursor.fetchall()), key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class Sealed:
    """The block that holds a line (None = not sealed yet), and when what the line said was forgotten, if it was."""

    block: Block | None
    forgotten_at: datetime | None


def seal_of(line: Line) -> Sealed:
    """Where a line is sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xact FROM journal_line WHERE id = %s", [line.pk])
        xact = cursor.fetchone()[0]
    through = Q(through_xact__gt=xact) | Q(through_xact=xact, through_id__gte=line.pk)
    block = Block.objects.filter(through, table="journal_line").defer("entries").order_by("number").first()
    when = None
    for forgotten_when in extras("forgotten_when"):
        few = (
            {(line.kind, subject) for subject in line.subjects[:1]}
            if len(line.subjects) == 1
            else {("journal.line", line.pk)}
        )
        when = next(iter(forgotten_when(few).values()), when)
    is_empty = not line.why and not line.data
    return Sealed(block, when if is_empty else None)


def holds_head(printed: PrintedHead) -> Block | None:
    """The block a printed head is of, if the chain still holds it. One row: the whole chain is verified by `verifying.verify`."""
    block = Block.objects.filter(number=printed.number).defer("entries").first()
    return block if block and head_of(block).is_like(printed) else None


def _places_in_reach(viewer: Viewer, permission: str) -> Iterable[int] | None:
    """Ids of the places in reach, None = everything; the module that keeps places hangs `places_in_reach`."""
    if viewer.is_system:
        return None
    found: set[int] = set()
    for places_in_reach in extras("places_in_reach"):
        places = places_in_reach(viewer, permission)
        if places is None:
            return None
        found |= places
    return found


def _by_actor(table: str, words: str) -> Q:
    """The users a name fits, found through the index on actors: one row read for each of them."""
    named = _DISTINCT.format(table=table, column="actor_id") + (
        f"SELECT one FROM found WHERE one IS NOT NULL"
        f" AND strpos(lower((SELECT actor_name FROM {table} t WHERE t.actor_id = found.one ORDER BY at DESC LIMIT 1)), lower(%s)) > 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(named, [words])
        return Q(actor_id__in=[row[0] for row in cursor.fetchall()])
