"""What keeps a grant from being given or ended: pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.modules.registry.rules.grants import Ground, Held, end_of, why_not_end, why_not_grant

AT = datetime(2020, 1, 26, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GROUND = Ground(roles={"administrator", "village_clerk", "unit_clerk"}, by_unit={"unit_clerk"})
CLERK = Held(7, "village_clerk", AT, place_id=3)
ADMINISTRATOR = Held(7, "administrator", AT)


def why(wanted=CLERK, ground=GROUND, held=(), by=1):
    return why_not_grant(wanted, ground, held, by_user_id=by, at=AT)


def test_a_clerk_for_a_village_an_administrator_for_the_house_a_unit_clerk_for_a_unit():
    assert why() is None
    assert why(ADMINISTRATOR) is None
    assert why(Held(7, "unit_clerk", AT, unit_id=2)) is None
    assert why(replace(CLERK, starts=AT + 9 * DAY, ends=AT + 10 * DAY)) is None


@pytest.mark.parametrize(
    ("wanted", "ground", "problem"),
    [
        (replace(CLERK, role="emperor"), GROUND, "role_unknown"),
        (CLERK, replace(GROUND, is_user_active=False), "user_inactive"),
        (replace(CLERK, ends=AT), GROUND, "ends_before_starts"),
        (replace(CLERK, starts=AT - DAY), GROUND, "starts_in_past"),
        (replace(ADMINISTRATOR, place_id=3), GROUND, "administrator_limited"),
        (replace(ADMINISTRATOR, operation_id=3), GROUND, "administrator_limited"),
        (replace(CLERK, role="unit_clerk"), GROUND, "unit_missing"),
        (replace(CLERK, place_id=None), GROUND, "place_missing"),
        (replace(CLERK, place_id=None, operation_id=5), GROUND, "place_missing"),
        (CLERK, replace(GROUND, place_ends=AT), "place_retired"),
        (replace(CLERK, unit_id=1), replace(GROUND, unit_ends=AT), "unit_ended"),
    ],
)
def test_what_keeps_a_grant_from_being_given(wanted, ground, problem):
    assert why(wanted, ground) == problem


def test_nobody_gives_to_himself_but_the_house_may_begin():
    assert why(by=7) == "own"
    assert why(ADMINISTRATOR, by=None) is None


def test_the_same_again_only_after_it_is_over():
    running = replace(CLERK, ends=AT + DAY)
    assert why(held=[running]) == "twin"
    assert why(replace(CLERK, starts=AT + DAY), held=[running]) is None
    assert why(replace(CLERK, place_id=4), held=[running]) is None
    assert why(held=[replace(running, user_id=8)]) is None


def test_ending():
    open_one = replace(CLERK, starts=AT - 9 * DAY)
    ask = lambda grant, ends, others=1: why_not_end(grant, ends, other_administrators=others, at=AT)  # noqa: E731
    assert ask(open_one, AT) is None
    assert ask(open_one, AT + DAY) is None
    assert ask(open_one, AT - DAY) == "in_the_past"
    assert ask(replace(open_one, ends=AT), AT) == "already_ended"
    assert ask(replace(open_one, ends=AT + DAY), AT + 2 * DAY) == "later"
    assert ask(replace(open_one, role="administrator"), AT, others=0) == "last_administrator"
    assert ask(replace(open_one, role="administrator"), AT) is None


def test_a_grant_yet_to_begin_never_does_when_it_is_ended():
    coming = replace(CLERK, starts=AT + 5 * DAY)
    assert end_of(coming, AT) == coming.starts


moments = st.integers(-50, 50).map(lambda hours: AT + timedelta(hours=hours))
spans = st.tuples(moments, st.none() | moments).map(lambda pair: replace(CLERK, starts=pair[0], ends=pair[1]))


@given(spans, spans)
def test_overlap_is_symmetric_and_means_a_shared_moment(first, second):
    assert first.overlaps(second) == second.overlaps(first) or first.ends is not None or second.ends is not None
    real = [grant for grant in (first, second) if grant.ends is None or grant.ends > grant.starts]
    if len(real) == 2:
        shared = any(
            grant.starts <= moment
            and (grant.ends is None or moment < grant.ends)
            and other.starts <= moment
            and (other.ends is None or moment < other.ends)
            for grant, other in ((first, second),)
            for moment in (first.starts, second.starts)
        )
        assert first.overlaps(second) is shared
