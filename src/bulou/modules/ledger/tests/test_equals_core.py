"""The fast path equals core: random histories, loaded in random order, read now and as of random moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bulou.core.book import Book
from bulou.core.coverage import by_place, by_unit, cover, figures
from bulou.core.gaps import gaps
from bulou.modules.ledger.models import Enrolment
from bulou.modules.ledger.queries.gaps import gap_runs, judged_of
from bulou.modules.ledger.queries.trees import tree
from bulou.modules.ledger.tests.loading import BY, LAST, Loaded
from tests.core.histories import BEFORE, END, LATER, STEP, books, moments, random_histories

pytestmark = pytest.mark.django_db
SPAN = {"start": BEFORE, "end": END + timedelta(days=1)}
MOMENTS = st.lists(moments(BEFORE, LATER), min_size=2, max_size=4)


class _Undo(Exception):
    pass


@settings(random_histories(60), phases=(Phase.explicit, Phase.generate))
@given(books(), MOMENTS, st.integers(0, 2**32))
def test_the_figures_of_every_node_are_cores_now_and_as_of_any_moment(
    book: Book, at: list[datetime], seed: int
) -> None:
    try:
        with transaction.atomic():
            loaded = Loaded(book, seed)
            for moment in [*at, *_telling(loaded, seed), LAST]:
                _compare_trees(loaded, moment, None)
                _compare_trees(loaded, LAST, moment)
            _compare_judged(loaded, at[0])
            raise _Undo
    except _Undo:
        pass


def _telling(loaded: Loaded, seed: int) -> list[datetime]:
    """Moments at which something became known, and the half hour before: where the past differs from the present."""
    kinds = ("enrolments", "transfers", "endings", "excuses", "removals", "reviews", "corrections", "records")
    known = sorted({entry.known_at for kind in kinds for entry in getattr(loaded.book, kind)})
    chosen = Random(seed).sample(known, min(4, len(known)))
    return [moment - back for moment in chosen for back in (timedelta(0), STEP)]


def _compare_trees(loaded: Loaded, now: datetime, as_of: datetime | None) -> None:
    """Now = `now` with everything learned up to LAST only where now is LAST; a past moment is read as of it."""
    if as_of is None and now != LAST:
        as_of, now = now, LAST
    moment = as_of or now
    judged = cover(loaded.book, as_of=moment, **SPAN)
    names = loaded.names()
    for by, roll_up in (("place", by_place), ("unit", by_unit)):
        wanted = {
            name: (node.own, node.total)
            for name, node in roll_up(loaded.book, judged, as_of=moment).items()
            if node.total.opened
        }
        found = tree(BY, loaded.operation.id, now=now, as_of=as_of, by=by, **SPAN)
        got = {names[by].get(node_id): (node.own, node.total) for node_id, node in found.nodes.items()}
        wrong = {
            name: (got.get(name), wanted.get(name)) for name in {*got, *wanted} if got.get(name) != wanted.get(name)
        }
        if wrong:
            pytest.fail(f"{by} at {moment:%d %H:%M}: (ledger, core) {wrong}")
        assert found.total == figures(judged)


def _compare_judged(loaded: Loaded, as_of: datetime) -> None:
    ids = {
        str(one.pk): one.uuid.bytes.rstrip(b"\0").decode()
        for one in Enrolment.objects.filter(regime__operation_id=loaded.operation.id)
    }
    for moment in (as_of, LAST):
        judged = cover(loaded.book, as_of=moment, **SPAN)
        mine = judged_of(BY, [int(pk) for pk in ids], at=moment, **SPAN)
        wanted = sorted(
            (j.obligation.enrolment, j.obligation.window.opens, j.obligation.window.due, j.standing, j.due)
            for j in judged
        )
        got = sorted(
            (ids[j.obligation.enrolment], j.obligation.window.opens, j.obligation.window.due, j.standing, j.due)
            for j in mine
        )
        assert got == wanted
        runs = sorted(
            (ids[g.enrolment], g.since, g.until, g.missed, g.kind, g.is_open)
            for g in gap_runs(BY, [int(pk) for pk in ids], now=moment, **SPAN)
        )
        assert runs == sorted((g.enrolment, g.since, g.until, g.missed, g.kind, g.is_open) for g in gaps(judged))
