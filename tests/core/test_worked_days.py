"""The worked days of docs/ledger.md, each a sentence and its tables, run through core."""

from __future__ import annotations

import pytest

from tests.core.worked_days import WorkedDay, book_of, outcome_of, worked_days


@pytest.mark.parametrize("day", worked_days(), ids=lambda day: day.sentence)
def test_the_worked_day_comes_out_as_written(day: WorkedDay):
    book = book_of(day.entries)
    assert day.entries, "A worked day needs entries."
    assert day.outcomes, "A worked day needs outcomes."
    assert [outcome_of(book, row) for row in day.outcomes] == day.outcomes


def test_the_document_has_all_its_worked_days():
    sentences = [day.sentence for day in worked_days()]
    assert len(sentences) == len(set(sentences)) >= 25
