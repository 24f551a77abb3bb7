"""Verbs on background work: trying a failed job again, bringing back jobs whose worker died, clearing up."""

from __future__ import annotations

from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from bulou.platform.access.viewer import Viewer
from bulou.platform.jobs.models import JobFailure
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

FORGOTTEN_AFTER = timedelta(days=30)


@transaction.atomic
def retry_job(job_id: int, *, by: Viewer, real: datetime, now: datetime) -> None:
    """Put a job that failed back into the queue. Back already, or gone: nothing happens. Needs `jobs.retry_job`."""
    by.need("jobs.retry_job")
    job = ProcrastinateJob.objects.filter(pk=job_id).first()
    if job is None or job.status != "failed":
        return
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id, retry_at=real)
    except ConnectorException:
        raise Refusal("jobs.retry_refused", _("The queue does not take this job again. Look at the log.")) from None
    JobFailure.objects.filter(job_id=job_id).delete()
    write(by=by, action="jobs.job_retried", kind="jobs.job", subjects=[job_id], now=now, data={"task": job.task_name})


def rescue_jobs(real: datetime) -> str:
    """Put back jobs whose worker has shown no sign of life for half a minute; gives how many, in words for the page."""
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=30))
    for job in stalled:
        if job.id is not None:
            app.job_manager.retry_job_by_id(job.id, retry_at=real)
    return f"{len(stalled)} jobs"


def clear_failures(real: datetime) -> str:
    """Forget jobs that failed over 30 days ago; gives how many, in words for the page."""
    old = JobFailure.objects.filter(at__lt=real - FORGOTTEN_AFTER)
    ids = list(old.values_list("job_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status = 'failed'", [ids])
    old.delete()
    return f"{len(ids)} jobs"
