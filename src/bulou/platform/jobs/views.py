"""The page of background work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.jobs import queries, services


@needs("jobs.view_jobs")
@require_safe
def jobs(request: HttpRequest) -> HttpResponseBase:
    """What ran when, what failed, and whether anybody is at work."""
    viewer, real = request.viewer, clock.real_now()  # type: ignore[attr-defined]
    counts = queries.queue_counts(viewer)
    about = {
        "ticks": queries.tick_states(viewer, real=real),
        "workers": queries.worker_count(viewer, real=real),
        "waiting": counts.get("todo", 0),
        "doing": counts.get("doing", 0),
        "failed": queries.failed_jobs(viewer),
        "real": real,
    }
    return render(request, "jobs/jobs.html", about)


@needs("jobs.retry_job")
@require_POST
def retry_job(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """Try a failed job again."""
    services.retry_job(job_id, by=request.viewer, real=clock.real_now(), now=request.now)  # type: ignore[attr-defined]
    return redirect("jobs:jobs")
