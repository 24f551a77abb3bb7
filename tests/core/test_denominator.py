"""The denominator is watched: who is not enrolled, what was declared, what moved it, and falls before a due time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulou.core.coverage import cover
from bulou.core.denominator import (
    Counted,
    Fall,
    Unenrolled,
    enrolled,
    falls_before_due,
    movement,
    short_of_declared,
    unenrolled,
)
from tests.core.worked_days import book_of, moment

ENTRIES = """
D1 00:00 | regime | health | asks: well; windows: daily due 10:00
D1 00:00 | enrol | Ama | regime: health; place: village 1
D1 00:00 | enrol | Bo | regime: health; place: village 1
D1 00:00 | enrol | Cui | regime: health; place: village 1
D1 12:00 | enrol | Dorje | regime: health; place: village 1
D2 09:00 | end | Ama health | at: D2 09:00
D2 09:30 | excuse | Bo health | as: q1; since: D2 00:00; until: D3 00:00
D1 00:00 | excuse | Cui health | as: q2; since: D1 00:00; until: D2 00:00
"""


def book():
    cells = [line.split(" | ") for line in ENTRIES.strip().splitlines()]
    return book_of([dict(zip(("known", "what", "about", "detail"), each, strict=True)) for each in cells])


def day(number: int, as_of: str):
    start = moment(f"D{number} 00:00")
    return cover(book(), as_of=moment(as_of), start=start, end=start + timedelta(days=1))


def test_today_is_explained_from_yesterday_with_names():
    """Ama left, Bo was excused, Dorje joined, and Cui's excuse ran out: two and two, by different people."""
    moved = movement(book(), day(1, "D2 11:00"), day(2, "D2 11:00"), as_of=moment("D2 11:00"))
    assert (moved.before, moved.after) == (2, 2)
    assert (moved.joined, moved.ended, moved.excused, moved.resumed) == (1, 1, 1, 1)
    assert moved.by_joined == {"clerk": 1}
    assert moved.by_excused == {"lead": 1}
    assert moved.by_ended == {"": 1}, "this ending was by nobody named"
    assert moved.by_resumed == {"": 1}, "an excuse that ran out was taken back by nobody"


def test_what_falls_out_shortly_before_the_due_time_is_shown():
    due = moment("D2 10:00")
    falls = falls_before_due(book(), due, as_of=moment("D2 11:00"))
    assert [(each.fall, each.enrolment, each.by) for each in falls] == [
        (Fall.ENDED, "Ama health", ""),
        (Fall.EXCUSED, "Bo health", "lead"),
    ]
    assert falls_before_due(book(), due, as_of=moment("D2 11:00"), within=timedelta(minutes=29)) == ()
    assert len(falls_before_due(book(), due, as_of=moment("D2 09:00"))) == 1


def test_who_is_matched_and_not_enrolled_is_named():
    now = enrolled(book(), "health", at=moment("D2 09:00"))
    assert now == {"Bo", "Cui", "Dorje"}
    assert unenrolled({"Ama", "Bo", "Xiu"}, now) == Unenrolled(("Ama", "Xiu"), ("Cui", "Dorje"))


def test_a_village_that_registered_fewer_than_it_declared_is_shown_by_how_many():
    declared = {"village 1": Counted(100, 30), "village 2": Counted(50, 20), "village 3": Counted(10, 3)}
    registered = {"village 1": Counted(98, 31), "village 2": Counted(50, 20), "village 9": Counted(5, 2)}
    assert short_of_declared(declared, registered) == {
        "village 1": Counted(2, 0),
        "village 3": Counted(10, 3),
        "village 9": None,
    }
    with pytest.raises(ValueError, match="cannot be less than 0"):
        Counted(-1, 0)
