"""Tasks of the queue (procrastinate, in our PostgreSQL). Defer one inside the transaction that makes it necessary: both stand or fall.

    @task("exports.write_sheet", attempts=3)
    def write_sheet(export_id: int) -> None: ...

    write_sheet.defer(export_id=7)

A task is run at least once: it may find its work half done and must bear being run again. It lives in its module's `tasks.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.tasks import Task

from bulou.platform import clock
from bulou.platform.jobs.failing import in_a_line

log = logging.getLogger(__name__)


def task(
    name: str, *, attempts: int = 5, lock: str | None = None
) -> Callable[[Callable[..., Any]], Task[..., Any, ...]]:
    """Make a function a task called `name` (`module.verb_noun`): tried `attempts` times, 5, 25, 125 … seconds apart.

    With `lock`, tasks that name the same lock run one after the other. The last failure is kept for the page of background work.
    """
    retry = RetryStrategy(max_attempts=attempts - 1, exponential_wait=5) if attempts > 1 else False

    def make(work: Callable[..., Any]) -> Task[..., Any, ...]:
        @wraps(work)
        def run(context: JobContext, **arguments: Any) -> Any:
            try:
                return work(**arguments)
            except Exception as problem:
                log.exception("the job %s (%s) failed", context.job.id, name)
                _note(context.job.id or 0, problem)
                raise

        return app.task(name=name, retry=retry, lock=lock, pass_context=True)(run)

    return make


def _note(job_id: int, problem: Exception) -> None:
    from bulou.platform.jobs.models import JobFailure

    kept = {"at": clock.real_now(), "error": in_a_line(problem)}
    JobFailure.objects.update_or_create(job_id=job_id, defaults=kept)
