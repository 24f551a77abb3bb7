"""Ticks: due ones run, once, in one place; failures are kept and harm nobody else."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from bulou.platform.jobs import ticking
from bulou.platform.jobs.models import TickRun
from bulou.platform.manifest import Tick
from bulou.platform.refusals import Refusal
from tests.platform.at_once import at_once

REAL = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVERY = timedelta(minutes=10)


def tick(run, name="test.tick") -> Tick:
    return Tick(name, EVERY, run)


@pytest.mark.django_db
def test_a_tick_runs_when_due_and_says_what_it_did():
    seen = []
    one = tick(lambda now: seen.append(now) or "3 rows")
    assert ticking.run_tick(one, real=REAL, now=REAL)
    assert not ticking.run_tick(one, real=REAL + timedelta(minutes=9), now=REAL)
    later = REAL + timedelta(days=40)
    assert ticking.run_tick(one, real=later, now=later)
    assert seen == [REAL, later]  # after forty days down it is made up for by one run
    row = TickRun.objects.get()
    assert (row.said, row.error, row.runs) == ("3 rows", "", 2)


@pytest.mark.django_db
def test_a_failure_is_kept_in_a_line_and_forgotten_after_the_next_success():
    answers = iter([Refusal("test.no", "It is closed."), ValueError("first line\nsecond line"), None])

    def work(now):
        if problem := next(answers):
            raise problem

    for turn, expected in enumerate(["test.no: It is closed.", "ValueError: first line", ""]):
        at = REAL + turn * EVERY
        assert ticking.run_tick(tick(work), real=at, now=at)
        assert TickRun.objects.get().error == expected
    assert TickRun.objects.get().failures == 0


@pytest.mark.django_db(transaction=True)
def test_a_database_error_does_not_quote_the_row():
    def work(now):
        TickRun.objects.create(name="王小明 632726")
        TickRun.objects.create(name="王小明 632726")

    assert ticking.run_tick(tick(work), real=REAL, now=REAL)
    assert TickRun.objects.get(name="test.tick").error == "IntegrityError: jobs_tick_pkey"


@pytest.mark.django_db(transaction=True)
def test_a_tick_that_loses_its_connection_is_a_failure_like_others():
    def work(now):
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")  # the application may not end sessions; here the server does it
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert ticking.run_tick(tick(work), real=REAL, now=REAL)
    assert TickRun.objects.get().error.startswith("OperationalError")
    assert ticking.run_tick(tick(lambda now: "well again"), real=REAL + EVERY, now=REAL)


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_look_at_the_same_moment_one_runs_it():
    ran = []
    one = tick(lambda now: (ran.append(now), time.sleep(0.2)))
    assert sorted(at_once(lambda _n: ticking.run_tick(one, real=REAL, now=REAL), 5)) == [False] * 4 + [True]
    assert len(ran) == 1


@pytest.mark.django_db(transaction=True)
def test_a_tick_that_takes_longer_than_its_time_is_not_begun_twice():
    running, most = [], []

    def slow(now):
        running.append(now)
        most.append(len(running))
        time.sleep(0.3)
        running.pop()

    def work(number: int) -> bool:
        time.sleep(number * 0.1)
        at = REAL + number * EVERY
        return ticking.run_tick(tick(slow), real=at, now=at)

    assert at_once(work) == [True, False]
    assert most == [1]


@pytest.mark.django_db(transaction=True)
def test_while_a_tick_runs_no_transaction_stays_open():
    """The journal is sealed up to the oldest running transaction: a worker must not hold it up."""
    open_ones = []

    def work(now):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now() - interval '1 ms'"
            )
            open_ones.append(cursor.fetchone()[0])

    time.sleep(0.05)
    ticking.run_tick(tick(work), real=REAL, now=REAL)
    assert open_ones == [0]


@pytest.mark.django_db
def test_the_longest_waiting_comes_first():
    ticks = [tick(print, name) for name in ("a", "b", "c")]
    TickRun.objects.create(name="a", ran_at=REAL - timedelta(minutes=20), showed=REAL)
    TickRun.objects.create(name="b", ran_at=REAL - timedelta(minutes=30), showed=REAL)
    assert [one.name for one in ticking.due(ticks, real=REAL, now=REAL)] == ["c", "b", "a"]


def test_every_tick_of_the_house_has_a_name_of_its_own():
    names = [one.name for one in ticking.ticks()]
    assert {"accounts.clear", "once.clear", "jobs.rescue", "jobs.clear"} <= set(names)
    assert len(names) == len(set(names))
