"""The registers behind the figures: regimes, enrolments and records, as far as the viewer reaches. Whoever shows them logs the look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Cell, Enrolment, Record, RecordVersion, Regime, Seat
from bulou.modules.ledger.queries.reach import CONTENT, VIEW, reach
from bulou.modules.operations.queries.keeping import Keeps
from bulou.platform.access.viewer import Viewer


def regimes(viewer: Viewer) -> QuerySet[Regime]:
    """Every regime, ended ones too, of operations the viewer has any reach in."""
    ids = Regime.objects.order_by().values_list("operation_id", flat=True).distinct()
    mine = [operation_id for operation_id in ids if not reach(viewer, VIEW, operation_id).is_nothing]
    return Regime.objects.filter(operation_id__in=mine).select_related("operation")


def enrolments(viewer: Viewer, permission: str = VIEW) -> QuerySet[Enrolment]:
    """Every enrolment that counts, as it is seated last, where the viewer reaches; ended ones too. `cell` = its last seat's cell."""
    last = Seat.objects.filter(enrolment=OuterRef("pk")).order_by("-at", "-known_at", "-uuid").values("cell_id")[:1]
    rows = Enrolment.objects.annotate(cell=Subquery(last)).select_related("regime")
    cells = _cells(viewer, permission)
    if cells is None:
        return rows
    return rows.filter(Exists(Seat.objects.filter(enrolment=OuterRef("pk"), cell__in=cells)), cell__in=cells)


def records(viewer: Viewer) -> QuerySet[Record]:
    """Every record about a subject that is enrolled where the viewer may see what was reported. `n_versions` counts its corrections."""
    about = enrolments(viewer, CONTENT).filter(subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"))
    return Record.objects.filter(Exists(about)).annotate(n_versions=Count("versions"))


def kept_of(operation: Any) -> list[Keeps]:
    """What is kept of an operation's reports and how long, regime by regime, for the page of the operation; the figures stay."""
    regimes = list(Regime.objects.filter(operation=operation).order_by("key"))
    answers = [Keeps(one.title, one.purpose, one.keep_days) for one in regimes]
    return [*answers, Keeps(_("Who owed what, when it was answered, figures and signatures"))] if answers else []


def line_counts(rows: Sequence[Record]) -> dict[int, int]:
    """By record, how many lines a list has as it stands now; records that are no list, or whose lines are forgotten, are left out."""
    lists = {row.pk: row.lines for row in rows if row.lines is not None}
    newer = RecordVersion.objects.filter(record_id__in=list(lists), lines__isnull=False).order_by("number")
    lists |= dict(newer.values_list("record_id", "lines"))
    return {pk: len(lines) for pk, lines in lists.items()}


def _cells(viewer: Viewer, permission: str) -> QuerySet[Cell] | None:
    """The cells in reach; None = all of them."""
    wanted, ids = Q(pk__in=[]), Regime.objects.order_by().values_list("operation_id", flat=True).distinct()
    limited = False
    for operation_id in ids:
        mine = reach(viewer, permission, operation_id)
        here = Q(regime__operation_id=operation_id)
        if mine.is_everything:
            wanted |= here
            continue
        limited = True
        for place_id, unit_id in zip(mine.places, mine.units, strict=True):
            part = here
            if place_id is not None:
                part &= Q(place__lineage__contains=[place_id])
            if unit_id is not None:
                part &= Q(unit__lineage__contains=[unit_id])
            wanted |= part
    return Cell.objects.filter(wanted) if limited or not viewer.may(permission) else None
