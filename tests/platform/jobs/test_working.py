"""The worker: runs what waits in the queue as the application's role, loses nothing, and stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.conninfo import make_conninfo

from bulou.platform import clock
from bulou.platform.access.viewer import Grant, Viewer
from bulou.platform.jobs import queries, services
from bulou.platform.jobs.models import JobFailure, TickRun
from bulou.platform.jobs.working import work
from bulou.platform.journal.models import Line
from tests.platform.jobs.tasks import NOW, fail_it, note_it

pytestmark = pytest.mark.django_db(transaction=True)

ADMINISTRATOR = Viewer(1, "管理员", (Grant("administrator"),))
CLERK = Viewer(2, "文书", (Grant("village_clerk", place_id=1),))


@contextmanager
def worker() -> Iterator[None]:
    stop = Event()
    thread = Thread(target=work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        connections.close_all()
        assert not thread.is_alive()


def wait_for(what: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def noted() -> list[int]:
    return sorted(number for line in Line.objects.filter(action="test.noted") for number in line.subjects)


def test_the_application_role_may_queue_and_run_what_its_transactions_decided():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("bulou_app",)
    with transaction.atomic():
        note_it.defer(number=1)
    with transaction.atomic():
        note_it.defer(number=2)
        transaction.set_rollback(True)
    with worker():
        wait_for(lambda: noted() == [1])
        note_it.defer(number=3)
        wait_for(lambda: noted() == [1, 3])
        wait_for(lambda: not ProcrastinateJob.objects.exists())
        assert queries.worker_count(ADMINISTRATOR, real=clock.real_now()) == 1
        wait_for(lambda: TickRun.objects.filter(name="jobs.rescue", runs=1).exists())


def test_a_failed_job_says_why_and_can_be_tried_again(client):
    job_id = fail_it.defer(words="no paper\nand more")
    with worker():
        wait_for(lambda: ProcrastinateJob.objects.filter(status="failed").exists())
    assert [(job.name, job.error) for job in queries.failed_jobs(ADMINISTRATOR)] == [
        ("tests.fail_it", "ValueError: no paper")
    ]
    assert queries.failed_jobs(CLERK) == []
    services.retry_job(job_id, by=ADMINISTRATOR, real=clock.real_now(), now=NOW)
    services.retry_job(job_id, by=ADMINISTRATOR, real=clock.real_now(), now=NOW)  # sent twice: once
    assert ProcrastinateJob.objects.get().status == "todo"
    assert not JobFailure.objects.exists()
    assert Line.objects.filter(action="jobs.job_retried").count() == 1


def test_a_job_whose_worker_was_killed_runs_again():
    note_it.defer(number=7)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        dead = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
    with worker():
        wait_for(lambda: noted() == [7])


def test_old_failures_are_forgotten():
    fail_it.defer(words="no paper")
    with worker():
        wait_for(lambda: JobFailure.objects.exists())
        wait_for(lambda: ProcrastinateJob.objects.filter(status="failed").exists())
    assert services.clear_failures(clock.real_now() + timedelta(days=29)) == "0 jobs"
    assert services.clear_failures(clock.real_now() + timedelta(days=31)) == "1 jobs"
    assert not ProcrastinateJob.objects.exists()


def test_the_process_runs_ticks_and_ends_when_told(tmp_path):
    kept = connection.settings_dict
    named = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    dsn = make_conninfo(**{part: kept[key] for part, key in named.items()}, **kept["OPTIONS"])
    around = os.environ | {"BULOU_DSN": dsn, "BULOU_SECRET_KEY": "x" * 40, "BULOU_HOME": str(tmp_path)}
    around["PYTHONPATH"] = os.pathsep.join(sys.path)
    with subprocess.Popen([sys.executable, "-m", "bulou.platform.jobs"], env=around, stderr=subprocess.PIPE) as process:
        try:
            wait_for(lambda: TickRun.objects.filter(name="accounts.clear", runs=1).exclude(took_ms=None).exists(), 30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        except AssertionError as missed:
            process.kill()
            raise AssertionError(process.stderr.read().decode()[-4000:]) from missed
        finally:
            process.kill()
    assert TickRun.objects.get(name="accounts.clear").said == "0 sessions, 0 failures"


def test_the_page_of_background_work(client, settings):
    from datetime import datetime

    from bulou.modules.registry.models import Grant as GrantRow
    from bulou.platform.accounts.models import User

    admin = User.objects.create(username="admin", display_name="管理员", created_at=NOW)
    clerk = User.objects.create(username="clerk", display_name="文书", created_at=NOW)
    GrantRow.objects.create(user=admin, role="administrator", starts=datetime(2020, 1, 1, tzinfo=NOW.tzinfo))
    TickRun.objects.create(
        name="once.clear", ran_at=clock.real_now(), showed=NOW, error="ValueError: no paper", failures=2
    )
    client.force_login(clerk)
    assert client.get("/jobs/").status_code == 403
    assert client.post("/jobs/1/retry").status_code == 403
    client.force_login(admin)
    page = client.get("/jobs/").content.decode()
    assert "ValueError: no paper" in page
    assert client.post("/jobs/1/retry").url == "/jobs/"
