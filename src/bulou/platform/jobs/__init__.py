"""Work done beside the pages. Ticks come due by the clock and run in one place at a time; jobs wait in a queue in PostgreSQL.

At least once, never lost: a tick missed while the house was down runs once when it is up again, a job whose worker was killed runs again.
The queue only wakes; what is due is decided from the clock. Not for hot doors: to queue a job costs a NOTIFY.
"""

from bulou.platform.jobs.queue import task

__all__ = ["task"]
