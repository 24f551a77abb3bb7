"""Reports that arrive while somebody watches, and the clock of the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bulou.modules.ledger.models import Record
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.house import queries
from bulou.platform.house.services import found_house, set_pace
from bulou.site import demo
from bulou.site.scenarios.arriving import Arrivals
from bulou.site.scenarios.cases import CASES
from bulou.site.scenarios.loading import load
from bulou.site.scenarios.reporting import report_day, reports_of

NOW = datetime(2022, 8, 10, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_house() -> Iterator[None]:
    """What this process holds of the house belongs to this test alone."""
    queries.forget_what_was_read()
    yield
    queries.forget_what_was_read()


@pytest.mark.django_db
def test_what_arrives_bit_by_bit_is_what_the_day_brings_and_nothing_comes_before_its_time() -> None:
    operation = load("ali", seed=3, now=NOW, residents=CASES["ali"].fewest).operation
    day = datetime(2022, 8, 11, tzinfo=UTC).date()
    arrivals = Arrivals(operation, 3)
    at = datetime(2022, 8, 10, 23, 0, tzinfo=UTC)
    seen = [arrivals.arrive(at + timedelta(minutes=30 * step)) for step in range(5)]
    planned = [one for one in reports_of(operation, day, 3) if one.received_at <= at + timedelta(hours=2)]
    assert sum(seen) == len(planned) > 100
    assert sum(count > 0 for count in seen) >= 4
    assert Record.objects.latest("received_at").received_at <= at + timedelta(hours=2)
    assert Arrivals(operation, 3).arrive(at + timedelta(hours=2)) == 0, "after a start again nothing comes twice"
    before = Record.objects.count()
    assert report_day(operation, day, 3)["filed"] == Record.objects.count() - before > 0


@pytest.mark.django_db
def test_the_clock_stands_while_the_demonstration_is_stopped_and_goes_on_from_there() -> None:
    by, real = system("tests"), clock.real_now()
    found_house("exercise", "632726", by=by, now=real)
    set_pace(real + timedelta(days=4), demo.SPEED, by=by, now=real)
    clock.set_pace_source(queries.pace)
    try:
        demo.stand_still()
        held = queries.house()
        assert held is not None
        assert held.shown is not None
        stood = held.shown
        assert (queries.pace() or clock.Pace(real, real)).at(clock.real_now() + timedelta(days=1)) < stood + timedelta(
            minutes=1
        )
        demo.go_on(clock.now())
        pace = queries.pace()
        assert pace is not None
        assert pace.speed == demo.SPEED
        assert stood <= pace.shown <= stood + timedelta(minutes=5)
    finally:
        clock.set_pace_source(lambda: None)
