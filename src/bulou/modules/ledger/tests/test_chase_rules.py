"""When a step of a ladder is due: values in, verdict out."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.modules.ledger.rules.chase import FRESH, is_quiet, ladder_of, steps_due
from bulou.modules.ledger.rules.ladders import SCHEMA

ZONE = ZoneInfo("Asia/Shanghai")
WRITTEN = {
    "steps": [{"before": "1h", "to": "owing"}, {"after": "30m", "to": "answerable"}, {"after": "2h", "to": "township"}],
    "quiet": {"from": "22:00", "until": "07:00"},
}
LADDER = ladder_of(WRITTEN)
DUE = datetime(2020, 1, 26, 10, 0, tzinfo=ZONE)


def at(clock: str, day: int = 26) -> datetime:
    return datetime.fromisoformat(f"2020-01-{day:02d}T{clock}").replace(tzinfo=ZONE)


def asked(now: datetime, *done: int, due: datetime = DUE) -> tuple[int | None, list[int]]:
    verdict = steps_due(LADDER, due, now=now, zone=ZONE, done=done)
    return verdict.send and verdict.send.number, [step.number for step in verdict.skip]


def test_each_step_comes_at_its_moment_and_once():
    assert asked(at("08:59")) == (None, [])
    assert asked(at("09:00")) == (0, [])
    assert asked(at("09:40"), 0) == (None, [])
    assert asked(at("10:30"), 0) == (1, [])
    assert asked(at("12:00"), 0, 1) == (2, [])
    assert asked(at("13:00"), 0, 1, 2) == (None, [])


def test_after_an_outage_only_the_newest_step_is_sent():
    assert asked(at("12:30")) == (2, [0, 1])
    assert asked(at("10:20")) == (None, [0])


def test_what_lies_too_far_back_is_left_out():
    assert asked(at("11:59", 27), 0, 1) == (2, [])
    assert asked(at("12:01", 27), 0, 1) == (None, [2])


def test_quiet_hours_let_a_step_wait_over_midnight():
    due = at("21:00")
    assert asked(at("23:00"), 0, due=due) == (None, [])
    assert asked(at("06:59", 27), 0, due=due) == (None, [])
    assert asked(at("07:00", 27), 0, due=due) == (2, [1])
    assert is_quiet(LADDER, at("22:00"), ZONE)
    assert not is_quiet(LADDER, at("21:59"), ZONE)


def test_a_step_at_the_due_time_waits_until_it_has_passed():
    ladder = ladder_of([{"after": "0m", "to": "owing"}])
    assert steps_due(ladder, DUE, now=DUE, zone=ZONE).send is None
    assert steps_due(ladder, DUE, now=DUE + timedelta(seconds=1), zone=ZONE).send is not None


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=40).map(sorted))
def test_however_the_house_wakes_no_step_is_taken_twice_and_none_is_forgotten(minutes: list[int]):
    done: list[int] = []
    for minute in [*minutes, 100_000]:
        now = DUE - timedelta(hours=3) + timedelta(minutes=minute)
        verdict = steps_due(LADDER, DUE, now=now, zone=ZONE, done=done)
        taken = [*verdict.skip, *([verdict.send] if verdict.send else [])]
        assert not {step.number for step in taken} & set(done)
        if verdict.send:
            assert timedelta(0) <= now - (DUE + verdict.send.offset) <= FRESH
        done += [step.number for step in taken]
    assert sorted(done) == [0, 1, 2] or is_quiet(LADDER, now, ZONE)


@pytest.mark.parametrize(
    "wrong",
    [{"steps": []}, {"steps": [{"to": "owing"}]}, {"steps": [{"before": "1h", "after": "1h", "to": "owing"}]},
     {"steps": [{"after": "soon", "to": "owing"}]}, {"steps": [{"after": "1h", "to": "everybody"}]}],
)  # fmt: skip
def test_the_schema_takes_the_ladder_and_refuses_what_is_none(wrong: dict[str, object]):
    jsonschema.validate(WRITTEN, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)
