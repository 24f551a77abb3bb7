"""Every figure opens to as many rows: the rows of a standing at a node, in small pages, equal the tree over random histories, now and as of any moment."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bulou.core.book import Book
from bulou.core.coverage import Figures
from bulou.modules.ledger.queries import trees
from bulou.modules.ledger.queries.homes import enrolments_of, subject_figures
from bulou.modules.ledger.queries.standings import NO_UNIT, STANDINGS, Row, standing_page
from bulou.modules.ledger.tests.loading import BY, LAST, Loaded
from bulou.modules.ledger.tests.test_equals_core import SPAN
from tests.core.histories import BEFORE, LATER, books, moments, random_histories

pytestmark = pytest.mark.django_db


class _Undo(Exception):
    pass


@settings(random_histories(8), phases=(Phase.explicit, Phase.generate))
@given(books(), moments(BEFORE, LATER), st.integers(0, 2**32))
def test_a_figure_opens_to_as_many_rows_as_it_says(book: Book, moment: datetime, seed: int) -> None:
    try:
        with transaction.atomic():
            loaded = Loaded(book, seed)
            for as_of in (None, moment):
                for by in ("place", "unit"):
                    _compare(loaded, by, as_of)
                _compare_subjects(loaded, as_of)
            raise _Undo
    except _Undo:
        pass


def _compare(loaded: Loaded, by: str, as_of: datetime | None) -> None:
    found = trees.tree(BY, loaded.operation.id, now=LAST, as_of=as_of, by=by, **SPAN)
    for standing in STANDINGS:
        if standing != "returned":
            assert len(_rows(loaded, by, as_of, standing, None)) == _figure(found.total, standing), (standing, "all")
    for node in found.nodes.values():
        where = NO_UNIT if node.id is None else node.id
        for standing in ("missing", "late", "on_time", "excused", "pending"):
            rows = _rows(loaded, by, as_of, standing, where)
            assert {row.standing for row in rows} <= {standing}
            assert len({(row.enrolment_id, row.key) for row in rows}) == len(rows) == _figure(node.total, standing), (
                standing,
                where,
            )
        if node.id is not None:
            assert len(_rows(loaded, by, as_of, "expected", node.id, is_own=True)) == node.own.expected


def _compare_subjects(loaded: Loaded, as_of: datetime | None) -> None:
    """What each subject counts adds up to the place, and is the same asked for alone."""
    windows = trees.windows(BY, loaded.operation.id, **SPAN)
    duties = ([one.pk for one in loaded.regimes.values()], SPAN["start"], SPAN["end"])
    for node in trees.tree(BY, loaded.operation.id, now=LAST, as_of=as_of, by="place", **SPAN).nodes.values():
        found = subject_figures(BY, loaded.operation.id, windows, now=LAST, node_id=node.id, duties=duties, as_of=as_of)
        assert sum(found.values(), Figures()) == node.total
        subject = next(iter(sorted(found)))
        chosen = enrolments_of(BY, loaded.operation.id, [subject], now=LAST, node_id=None)
        alone = subject_figures(
            BY, loaded.operation.id, windows, now=LAST, node_id=node.id, duties=duties, as_of=as_of, enrolments=chosen
        )
        assert alone == {subject: found[subject]}


def _rows(
    loaded: Loaded, by: str, as_of: datetime | None, standing: str, node: int | None, is_own: bool = False
) -> list[Row]:
    windows = trees.windows(BY, loaded.operation.id, **SPAN)
    regimes = [one.pk for one in loaded.regimes.values()]
    rows: list[Row] = []
    after = None
    while True:
        page = standing_page(
            BY, loaded.operation.id, windows, now=LAST, standing=standing, node_id=node, by=by, is_own=is_own,
            duties=(regimes, SPAN["start"], SPAN["end"]), as_of=as_of, after=after, limit=2,
        )  # fmt: skip
        rows += page.rows
        after = page.after
        if after is None:
            return rows


def _figure(figures: Figures, standing: str) -> int:
    return int(getattr(figures, {"all": "opened", "due": "due_so_far"}.get(standing, standing)))
