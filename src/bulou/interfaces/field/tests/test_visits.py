"""A round from door to door: what is owed now, what came, what is due next, when somebody was last heard of; within reach only."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bulou.interfaces.mine.tests.conftest import BY, set_up
from bulou.modules.ledger import services
from bulou.modules.ledger.queries.visits import visits
from tests.kit.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_visit_counts_what_is_owed_and_what_came(county, cast):
    owed = set_up(county, cast)
    told, untold = county.people_of(0)[1], county.people_of(0)[2]
    services.file_record(by=BY, filing=services.Filing(uuid4(), told.pk, {"well": True}, NOW), now=NOW)
    found = visits(cast.village_clerk.viewer, "person", [told.pk, untold.pk], now=NOW)
    due = owed.window(owed.health).due
    assert (found[told.pk].owed, found[told.pk].done, found[told.pk].last) == (2, 1, NOW)
    assert found[untold.pk].asks == {"well"}
    assert found[told.pk].asks == {"well", "temperature", "whereabouts"}
    assert (found[untold.pk].owed, found[untold.pk].done, found[untold.pk].due, found[untold.pk].last) == (
        1,
        0,
        due,
        None,
    )


def test_the_neighbour_learns_nothing_of_it(county, cast):
    set_up(county, cast)
    ids = [person.pk for person in county.people_of(0)]
    assert visits(cast.neighbour.viewer, "person", ids, now=NOW) == {}
