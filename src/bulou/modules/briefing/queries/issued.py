"""Issued briefings, for those who reach all of the operation; and what turned out different since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from bulou.modules.briefing.models import Issued
from bulou.modules.briefing.queries.composing import recounted
from bulou.modules.briefing.queries.counting import VIEW, Counted
from bulou.modules.briefing.rules.figures import Figure
from bulou.modules.briefing.rules.report import Report
from bulou.modules.operations.queries import operations
from bulou.platform.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as issued, as counted today for its own moment, and as it stands now."""

    figure: Figure
    then: Counted
    now: Counted

    @property
    def is_other(self) -> bool:
        """Whether what is known today gives another count for the moment of the issue."""
        return self.then.value != self.figure.value


def reaches_all(viewer: Viewer, permission: str, operation: Any) -> bool:
    """Whether some grant reaches the whole operation: not limited to a unit, and to no place below its root."""
    return any(
        grant.unit_id is None
        and grant.operation_id in (None, operation.pk)
        and (grant.place_id is None or grant.place_id in operation.root.lineage)
        for grant in viewer.scopes(permission)
    )


def issued(viewer: Viewer) -> QuerySet[Issued]:
    """The issued briefings the viewer may read, newest first."""
    mine = [one.pk for one in operations.operations(viewer).select_related("root") if reaches_all(viewer, VIEW, one)]
    return Issued.objects.filter(operation_id__in=mine).select_related("operation__root").order_by("-issued_at", "-id")


def one_issued(viewer: Viewer, pk: int) -> Issued:
    """One of them; Http404 otherwise."""
    found = issued(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return found


def compared(viewer: Viewer, one: Issued, *, now: datetime) -> list[Compared]:
    """Every figure of an issued briefing, counted again."""
    kept = Report.of(one.report)
    then = recounted(viewer, one.operation, kept, now=now)
    today = recounted(viewer, one.operation, kept, now=now, at=now)
    return [Compared(figure, again, current) for (figure, again), (_figure, current) in zip(then, today, strict=True)]
