"""Reads of the duty log."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from bulou.modules.ledger.models import Watch, WatchEntry, WatchSignature
from bulou.modules.ledger.queries.reach import reach
from bulou.platform.access.viewer import Viewer

VIEW = "ledger.view_log"


@dataclass(frozen=True, slots=True)
class Log:
    """A watch with its lines, in order of what happened, and its two signatures as far as given."""

    watch: Watch
    entries: list[WatchEntry]
    out: WatchSignature | None
    taken: WatchSignature | None

    @property
    def is_closed(self) -> bool:
        return self.out is not None and self.taken is not None


def watches(viewer: Viewer, operation_id: int) -> QuerySet[Watch]:
    """The watches of an operation, the newest first; none out of reach."""
    found = Watch.objects.order_by("-starts", "-pk")
    return found.none() if reach(viewer, VIEW, operation_id).is_nothing else found.filter(operation_id=operation_id)


def log(viewer: Viewer, watch_id: int) -> Log:
    """One watch; Http404 out of reach."""
    watch = Watch.objects.select_related("operation", "after").filter(pk=watch_id).first()
    if watch is None or reach(viewer, VIEW, watch.operation_id).is_nothing:
        raise Http404
    signed = {one.side: one for one in watch.signatures.all()}
    return Log(watch, list(watch.entries.order_by("happened_at", "pk")), signed.get("out"), signed.get("in"))


def current(viewer: Viewer, operation_id: int) -> Log | None:
    """The watch that runs, or None where no log is kept (or it is out of reach)."""
    newest = watches(viewer, operation_id).first()
    return log(viewer, newest.pk) if newest else None
