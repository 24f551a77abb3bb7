"""Windows and local days: bounds, anchors, clocks that jump, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.core.moments import day_of, minutes_of, moment_of
from bulou.core.windows import Daily, EveryDays, Once, Slot, Slots, Window
from tests.core.histories import random_histories

BERLIN = ZoneInfo("Europe/Berlin")  # 29 March 2020: 02:00 becomes 03:00; 25 October 2020: 03:00 becomes 02:00
SHANGHAI = ZoneInfo("Asia/Shanghai")
APIA = ZoneInfo("Pacific/Apia")  # has no 30 December 2011
NOON = datetime(2020, 1, 27, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def windows(calendar, first: date, last: date, *, zone=SHANGHAI, anchor: datetime | None = None) -> list[Window]:
    start, end = moment_of(first, "00:00", zone), moment_of(last, "24:00", zone)
    return list(calendar.windows(start, end, zone=zone, anchor=anchor or start))


def test_a_daily_window_opens_at_midnight_falls_due_at_ten_and_closes_at_midnight():
    (window,) = windows(Daily(), date(2020, 1, 27), date(2020, 1, 27))
    assert window.opens == datetime(2020, 1, 26, 16, tzinfo=UTC)
    assert window.due == datetime(2020, 1, 27, 2, tzinfo=UTC)
    assert window.closes == datetime(2020, 1, 27, 16, tzinfo=UTC)


def test_a_window_holds_its_opening_and_not_its_closing():
    window = Window(NOON, NOON, NOON + HOUR)
    assert window.holds(NOON)
    assert not window.holds(NOON + HOUR)


def test_days_on_which_the_clocks_jump_are_shorter_and_longer_and_leave_no_hole():
    for jump, hours in ((date(2020, 3, 29), 23), (date(2020, 10, 25), 25)):
        before, day, after = windows(Daily(), jump - timedelta(days=1), jump + timedelta(days=1), zone=BERLIN)
        assert before.closes == day.opens
        assert day.closes == after.opens
        assert day.closes - day.opens == hours * HOUR


def test_a_wall_time_that_is_skipped_is_the_moment_of_the_jump():
    jump = datetime(2020, 3, 29, 1, 0, tzinfo=UTC)
    assert [moment_of(date(2020, 3, 29), wall, BERLIN) for wall in ("02:00", "02:30", "03:00")] == [jump] * 3


def test_a_wall_time_that_comes_twice_is_the_first_of_the_two():
    assert moment_of(date(2020, 10, 25), "02:30", BERLIN) == datetime(2020, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_the_calendar_skips_has_no_window():
    days = [day_of(each.opens, APIA) for each in windows(Daily(), date(2011, 12, 29), date(2011, 12, 31), zone=APIA)]
    assert days == [date(2011, 12, 29), date(2011, 12, 31)]


@random_histories(60)
@given(
    st.dates(date(2011, 12, 25), date(2021, 1, 1)),
    st.integers(0, 1440),
    st.integers(0, 1440),
    st.sampled_from([BERLIN, APIA]),
)
def test_a_later_wall_time_is_never_an_earlier_moment(day, one, other, zone):
    earlier, later = (moment_of(day, f"{each // 60:02}:{each % 60:02}", zone) for each in sorted((one, other)))
    assert earlier <= later


def test_slots_come_in_the_order_of_the_day_whatever_order_they_are_listed_in():
    slots = Slots((Slot("evening", "16:00", "18:00", "24:00"), Slot("morning", "06:00", "08:00", "12:00")))
    names = [each.name for each in windows(slots, date(2020, 1, 27), date(2020, 1, 28))]
    assert names == ["morning", "evening", "morning", "evening"]


def test_every_seventh_day_may_stay_open_for_the_whole_week():
    weekly = EveryDays(7, due="18:00", open_for=7)
    first, second = windows(weekly, date(2020, 1, 27), date(2020, 2, 9))
    assert first.closes == second.opens
    assert first.due == moment_of(date(2020, 2, 2), "18:00", SHANGHAI)


def test_the_first_window_is_the_first_to_open_once_enrolled():
    for joined, first_day in (("00:00", 27), ("00:01", 28), ("23:59", 28)):
        anchor = moment_of(date(2020, 1, 27), joined, SHANGHAI)
        found = windows(EveryDays(3), date(2020, 1, 20), date(2020, 2, 5), anchor=anchor)
        assert day_of(found[0].opens, SHANGHAI).day == first_day


def test_once_is_one_window_for_the_span_it_opens_in():
    once = Once(NOON, NOON + HOUR, NOON + 2 * HOUR)
    assert list(once.windows(NOON, NOON + HOUR, zone=SHANGHAI, anchor=NOON)) == [
        Window(NOON, NOON + HOUR, NOON + 2 * HOUR)
    ]
    assert list(once.windows(NOON - HOUR, NOON, zone=SHANGHAI, anchor=NOON)) == []


@random_histories(60)
@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([Daily(), EveryDays(3), EveryDays(7, open_for=2)]))
def test_windows_of_two_halves_are_the_windows_of_the_whole(first, second, calendar):
    cut, end = NOON + first * 5 * HOUR, NOON + (first + second) * 5 * HOUR
    halves = [
        *calendar.windows(NOON, cut, zone=BERLIN, anchor=NOON),
        *calendar.windows(cut, end, zone=BERLIN, anchor=NOON),
    ]
    assert halves == list(calendar.windows(NOON, end, zone=BERLIN, anchor=NOON))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            lambda: Window(NOON.replace(tzinfo=None), NOON, NOON),
            "The opening of a window must be a moment with a time zone",
        ),
        (lambda: Window(NOON, NOON - HOUR, NOON + HOUR), "must open, fall due and close in that order"),
        (lambda: Window(NOON, NOON + HOUR, NOON), "must open, fall due and close in that order"),
        (lambda: Window(NOON, NOON, NOON), "must not close at the moment it opens"),
        (lambda: Once(NOON, NOON, NOON), "must not close at the moment it opens"),
        (lambda: Daily(due="25:00"), "'25:00' is not a time of day"),
        (lambda: Daily(due="24:01"), "'24:01' is not a time of day"),
        (lambda: Daily(due="9:00"), "'9:00' is not a time of day"),
        (lambda: Daily(due="10:00", opens="11:00"), "must open, fall due and close in that order"),
        (lambda: Slots(()), "at least one slot"),
        (lambda: Slots((Slot("a", "06:00", "07:00", "08:00"),) * 2), "each its own name"),
        (lambda: Slots((Slot("a", "06:00", "07:00", "09:00"), Slot("b", "08:00", "09:00", "10:00"))), "opens before"),
        (lambda: EveryDays(0), "at least one day"),
        (lambda: EveryDays(3, open_for=4), "at most 3"),
        (lambda: EveryDays(3, open_for=2, due="12:00", closes="11:00"), "fall due"),
        (lambda: minutes_of("noon"), "'noon' is not a time of day"),
    ],
)
def test_a_bad_window_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()
