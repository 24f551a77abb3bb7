"""When a tick is due, and when it is late."""

from datetime import UTC, datetime, timedelta

import pytest

from bulou.platform.jobs.rules import is_due, is_late

RAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVERY = timedelta(minutes=10)


def due(real_minutes: float, shown_minutes: float | None = None) -> bool:
    real = RAN + timedelta(minutes=real_minutes)
    now = RAN + timedelta(minutes=real_minutes if shown_minutes is None else shown_minutes)
    return is_due(EVERY, RAN, RAN, real=real, now=now)


def test_what_never_ran_is_due():
    assert is_due(EVERY, None, None, real=RAN, now=RAN)


@pytest.mark.parametrize(("minutes", "expected"), [(0, False), (9.99, False), (10, True), (6000, True)])
def test_due_when_its_time_has_passed_however_long_ago(minutes, expected):
    assert due(minutes) is expected


def test_an_exercise_running_fast_makes_it_due_sooner_but_never_within_a_second():
    assert due(1, shown_minutes=10)
    assert not due(0.01, shown_minutes=600)
    assert due(1 / 60, shown_minutes=600)


def test_a_clock_set_back_does_not_stop_the_house():
    assert due(-5)
    assert not due(5, shown_minutes=-600)
    assert due(10, shown_minutes=-600)


def test_late_is_three_times_missed_and_a_minute():
    assert not is_late(EVERY, RAN, None, real=RAN + timedelta(minutes=31))
    assert is_late(EVERY, RAN, None, real=RAN + timedelta(minutes=31, seconds=1))
    assert is_late(EVERY, None, RAN, real=RAN + timedelta(minutes=32))
    assert not is_late(EVERY, None, None, real=RAN)
