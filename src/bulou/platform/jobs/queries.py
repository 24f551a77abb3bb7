"""Reads of background work, for those who look after the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from bulou.platform.access.viewer import Viewer
from bulou.platform.jobs.models import JobFailure, TickRun
from bulou.platform.jobs.rules import is_late
from bulou.platform.jobs.ticking import ticks
from bulou.platform.manifest import Text

ALIVE = timedelta(seconds=45)
SHOWN = 100


@dataclass(frozen=True, slots=True)
class TickState:
    """A tick and its last run. `state` is fine, failed, late or never; `title` its name where it has none."""

    name: str
    title: Text
    every: timedelta
    run: TickRun | None
    state: str


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that failed for good, with what is known of why."""

    id: int
    name: str
    attempts: int
    at: datetime | None
    error: str


def tick_states(viewer: Viewer, *, real: datetime) -> list[TickState]:
    """Every tick with its last run, what needs attention first. `real` is the machine's time."""
    if not viewer.may("jobs.view_jobs"):
        return []
    ran = TickRun.objects.in_bulk()
    known_since = min((run.ran_at for run in ran.values() if run.ran_at), default=None)
    states = [
        TickState(
            t.name, t.title or t.name, t.every, ran.get(t.name), _state(t.every, ran.get(t.name), known_since, real)
        )
        for t in ticks()
    ]
    return sorted(states, key=lambda one: (("failed", "late", "never", "fine").index(one.state), one.name))


def _state(every: timedelta, run: TickRun | None, known_since: datetime | None, real: datetime) -> str:
    ran_at = run.ran_at if run else None
    if run and run.error:
        return "failed"
    if is_late(every, ran_at, known_since, real=real):
        return "late"
    return "fine" if ran_at else "never"


def worker_count(viewer: Viewer, *, real: datetime) -> int:
    """How many workers have shown themselves in the last 45 seconds."""
    if not viewer.may("jobs.view_jobs"):
        return 0
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=real - ALIVE).count()


def queue_counts(viewer: Viewer) -> dict[str, int]:
    """How many jobs there are by status: todo, doing, failed …; those that succeeded are not kept."""
    if not viewer.may("jobs.view_jobs"):
        return {}
    return dict(ProcrastinateJob.objects.values_list("status").annotate(count=Count("id")).order_by("status"))


def failed_jobs(viewer: Viewer) -> list[FailedJob]:
    """The last hundred jobs that failed for good, newest first."""
    if not viewer.may("jobs.view_jobs"):
        return []
    jobs = list(ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:SHOWN])
    why = JobFailure.objects.in_bulk([job.id for job in jobs])
    return [
        FailedJob(
            j.id, j.task_name, j.attempts, why[j.id].at if j.id in why else None, why[j.id].error if j.id in why else ""
        )
        for j in jobs
    ]
