"""Immediate reports a viewer may see: their own, and those of the places in their reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.alerts import rules
from bulou.modules.alerts.models import Alert, Level
from bulou.modules.ledger.queries.duties import duties_of
from bulou.modules.operations.queries.keeping import Keeps
from bulou.modules.operations.queries.operations import current_operation
from bulou.modules.registry.queries.cards import cards, home_of, line_of
from bulou.platform import vault
from bulou.platform.access.viewer import Grant, Viewer
from bulou.platform.expiry.queries import forgotten

READ = "alerts.read"
ACKNOWLEDGE = "alerts.acknowledge"
NOTE = "alerts.note"
OF_UNITS = "unit_clerk"  # the role that answers for a unit


@dataclass(frozen=True, slots=True)
class Sender:
    """From where a viewer reports: the operation in force, and the line of places above where they live or work, top first."""

    operation_id: int
    root_id: int
    place_id: int
    line: tuple[tuple[int, str], ...]


def alerts(viewer: Viewer) -> QuerySet[Alert]:
    """The reports in reach, newest first, with their levels. Within a grant AND, between grants OR; one's own always."""
    wanted = Q(reporter_id=viewer.user_id) if viewer.user_id is not None else Q(pk__in=[])
    for grant in viewer.scopes(READ):
        # An empty Q would be dropped from an OR: a grant without limits must reach everything, not nothing.
        part = Q(pk__isnull=False) if grant.operation_id is None else Q(operation_id=grant.operation_id)
        if grant.place_id is not None:
            part &= Q(place__lineage__contains=[grant.place_id])
        if grant.unit_id is not None:
            # A unit's clerk learns of the unit's people, wherever they live.
            part &= Q(person__memberships__unit__lineage__contains=[grant.unit_id], person__memberships__ends=None)
        wanted |= part
    levels = Prefetch("levels", Level.objects.select_related("place", "unit").order_by("-rank"))
    rows = Alert.objects.filter(pk__in=Alert.objects.filter(wanted).values("pk"))
    return rows.select_related("place", "person").prefetch_related(levels).order_by("-reported_at", "-pk")


def alert(viewer: Viewer, pk: int) -> Alert:
    """One report in reach; Http404 otherwise."""
    found = alerts(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def kept_of(operation: Any) -> list[Keeps]:
    """What is kept of an operation's immediate reports, for the page of the operation; nothing where there was none."""
    if not Alert.objects.filter(operation=operation).exists():
        return []
    return [
        Keeps(
            _("Immediate reports: who, and what was known besides"),
            _("So that every level knew at once"),
            rules.KEEP_DAYS,
        ),
        Keeps(_("Immediate reports: that there was one, and who knew when")),
    ]


def forgotten_at(found: Alert) -> datetime | None:
    """When what a report said was forgotten; None if it was not."""
    return forgotten("alerts.alert", [found.pk]).get(found.pk)


def note_of(found: Alert) -> str:
    """What was said besides; '' if nothing was, or it has been forgotten."""
    return vault.unseal(found.sealed, purpose=NOTE, about=found.uuid) if found.sealed else ""


def open_levels(viewer: Viewer) -> QuerySet[Level]:
    """What the viewer's own level has not acknowledged yet, oldest report first. A grant answers for its own place or unit, not for those below."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(ACKNOWLEDGE):
        part = _own_level(grant)
        wanted |= part if grant.operation_id is None else part & Q(alert__operation_id=grant.operation_id)
    rows = Level.objects.filter(wanted, acknowledged_at=None) if viewer.scopes(ACKNOWLEDGE) else Level.objects.none()
    return rows.select_related("alert", "alert__place", "alert__person", "place", "unit").order_by(
        "alert__reported_at", "pk"
    )


def _own_level(grant: Grant) -> Q:
    """The level a grant answers for: its unit, else its place, else the top."""
    if grant.unit_id is not None:
        return Q(unit_id=grant.unit_id)
    return Q(rank=0) if grant.place_id is None else Q(place_id=grant.place_id)


def level_to_acknowledge(viewer: Viewer, pk: int) -> Level:
    """A level the viewer answers for, acknowledged or not; Http404 otherwise."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(ACKNOWLEDGE):
        wanted |= _own_level(grant)
    found = Level.objects.filter(wanted, pk=pk).select_related("alert").first()
    if found is None:
        raise Http404
    return found


def sender(viewer: Viewer) -> Sender | None:
    """From where the viewer reports; None while no operation runs, or where nobody knows where they are."""
    operation = current_operation(viewer)
    granted = next((grant.place_id for grant in viewer.grants if grant.place_id is not None), None)
    place_id = home_of(viewer.person_id) if viewer.person_id is not None else granted
    if operation is None or place_id is None:
        return None
    return Sender(operation.pk, operation.root_id, place_id, tuple(line_of(place_id)))


def people_to_name(viewer: Viewer, *, now: datetime) -> list[tuple[int, str]]:
    """Whom the viewer may name in a report: themselves and whoever they answer for now."""
    mine = {viewer.person_id} if viewer.person_id is not None else set()
    mine |= {one.subject_id for one in duties_of(viewer, now=now) if one.subject_kind == "person"}
    found = cards("person", mine)
    return sorted(((pk, card.name) for pk, card in found.items()), key=lambda one: (one[0] != viewer.person_id, one[1]))


def unanswered(viewer: Viewer, *, since: datetime, now: datetime) -> list[tuple[Alert, int, bool]]:
    """For the situation room: reports in reach since a moment that a level has not acknowledged: (report, levels open, whether overdue)."""
    rows = [
        (one, [level for level in one.levels.all() if level.acknowledged_at is None])
        for one in alerts(viewer).filter(reported_at__gte=since)
    ]
    return [(one, len(left), rules.is_overdue(one.reported_at, None, now=now)) for one, left in rows if left]
