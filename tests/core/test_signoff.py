"""Sign-off: a signed figure stays, and what came later is shown beside it. Reasons of gaps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulou.core.coverage import cover, figures
from bulou.core.gaps import Given, gaps
from bulou.core.signoff import Signed, difference, last_signed
from tests.core.worked_days import WorkedDay, book_of, moment, worked_days

START, END = moment("D1 00:00"), moment("D2 00:00")


def worked_day(sentence: str) -> WorkedDay:
    return next(day for day in worked_days() if day.sentence == sentence)


def signed(book, at: str, by: str = "clerk") -> Signed:
    judged = cover(book, as_of=moment(at), start=START, end=END)
    return Signed("village 1", "health", START, END, figures(judged), by, moment(at))


def test_a_signed_figure_stays_and_a_late_report_shows_as_a_difference():
    book = book_of(worked_day("A past day as known at ten and as known now").entries)
    at_noon = signed(book, "D1 12:00")
    now = figures(cover(book, as_of=moment("D2 00:00"), start=START, end=END))
    assert at_noon.figures.missing == 1
    assert difference(at_noon, now) == {"late": 1, "missing": -1, "actual": 1}
    assert difference(at_noon, at_noon.figures) == {}


def test_the_newest_signature_of_the_time_stands():
    book = book_of(worked_day("A past day as known at ten and as known now").entries)
    first, again = signed(book, "D1 12:00"), signed(book, "D1 20:00", by="lead")
    about = {"node": "village 1", "regime": "health", "start": START, "end": END}
    assert last_signed([again, first], **about, as_of=moment("D1 19:59")) == first
    assert last_signed([again, first], **about, as_of=moment("D1 20:00")) == again
    assert last_signed([again, first], **{**about, "node": "village 2"}, as_of=moment("D2 00:00")) is None
    with pytest.raises(ValueError, match="person who signs must not be empty"):
        signed(book, "D1 12:00", by="")


def test_a_gap_shows_the_newest_reason_given_for_its_days():
    book = book_of(worked_day("Three days of silence are one gap").entries)
    judged = cover(book, as_of=moment("D5 12:00"), start=START, end=START + timedelta(days=9))
    given = [
        Given("Bo health", moment("D3 11:00"), "no answer", "lead", moment("D3 11:00")),
        Given("Bo health", moment("D3 12:00"), "telephone broken", "lead", moment("D3 12:00")),
        Given("Ama health", moment("D3 12:00"), "moved away", "lead", moment("D3 13:00")),
    ]
    reasons = {(gap.enrolment, gap.missed): gap.reason and gap.reason.reason for gap in gaps(judged, reasons=given)}
    assert reasons == {("Ama health", 5): "moved away", ("Bo health", 1): None, ("Bo health", 2): "telephone broken"}
    with pytest.raises(ValueError, match="reason of a gap must not be empty"):
        Given("Bo health", START, " ", "lead", START)


def test_a_gap_after_a_decision_says_so():
    book = book_of(worked_day("An upheld finding leaves a gap until an appeal is granted").entries)
    (gap,) = gaps(cover(book, as_of=moment("D1 17:00"), start=START, end=END))
    assert gap.kind == "struck"
