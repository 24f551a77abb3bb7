"""Whatever a county does to its places: nobody falls out of the tree, no lineage lies, and every past moment reads as it was."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bulou.modules.registry.models import Household, Person, Place, PlaceVersion
from bulou.modules.registry.queries import places as queries
from bulou.modules.registry.services import places, places_reshape
from bulou.modules.registry.services.places_reshape import Part
from bulou.platform.access.viewer import system
from bulou.platform.refusals import Refusal

pytestmark = pytest.mark.django_db
BY = system("tests")
WHY = "区划调整"


def one_change(dice: random.Random, now: datetime) -> None:
    """Some verb on some places; what the rules refuse changes nothing."""
    standing = list(Place.objects.filter(ends=None).order_by("id"))
    some, other = dice.choice(standing), dice.choice(standing)
    over = list(Place.objects.exclude(ends=None).order_by("id"))
    retired = dice.choice(over) if over else None
    homes = list(Household.objects.filter(place=some).values_list("id", flat=True))
    grids = list(Place.objects.filter(parent=some, ends=None).values_list("id", flat=True))
    said = {"by": BY, "why": WHY, "now": now}
    name = f"地方{dice.randrange(10_000)}"
    verbs = (
        lambda: places.add_place(parent_id=some.pk, level=dice.choice(("village", "grid", "site")), name=name, **said),
        lambda: places.change_place(place_id=some.pk, version=some.version, name=name, **said),
        lambda: places.move_place(place_id=some.pk, version=some.version, parent_id=other.pk, **said),
        lambda: places.retire_place(place_id=some.pk, version=some.version, **said),
        lambda: places.reinstate_place(place_id=retired.pk if retired else 0, version=retired.version if retired else 0, **said),
        lambda: places_reshape.merge_places(
            versions={some.pk: some.version, other.pk: other.version}, into_id=dice.choice((some.pk, None)), name=name, **said
        ),
        lambda: places_reshape.split_place(
            place_id=some.pk, version=some.version, rest_to=dice.choice((None, 0, 1)),
            parts=[Part(f"{name}东", child_ids=tuple(grids[:1]), household_ids=tuple(homes[:1])), Part(f"{name}西")], **said,
        ),
    )  # fmt: skip
    try:
        dice.choice(verbs)()
    except Refusal:
        pass


def check_tree(everybody: int, now: datetime) -> None:
    by_id = Place.objects.in_bulk()
    for place in by_id.values():
        above = by_id[place.parent_id].lineage if place.parent_id else []
        assert place.lineage == [*above, place.pk]
        assert place.ends is not None or place.parent_id is None or by_id[place.parent_id].ends is None
    assert Person.objects.filter(ends=None, place__ends=None).count() == everybody
    assert not Household.objects.filter(ends=None).exclude(place__ends=None).exists()
    standing = {place.pk for place in by_id.values() if place.ends is None}
    assert {place.id for place in queries.places_as_of(BY, now)} == standing


def check_history() -> None:
    for place in Place.objects.all():
        versions = list(place.versions.order_by("number"))
        assert [one.number for one in versions] == list(range(1, place.version + 1))
        assert all(earlier.ends is not None and earlier.ends <= later.starts for earlier, later in pairwise(versions))
        assert (versions[-1].name, versions[-1].code, versions[-1].parent_id) == (
            place.name,
            place.code,
            place.parent_id,
        )
    codes = list(PlaceVersion.objects.values_list("code", "place_id").distinct())
    assert len({code for code, _place in codes}) == len(codes)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_to_places_nobody_falls_out_and_the_past_stays(seed: int, now, county) -> None:
    dice, everybody, past = random.Random(seed), Person.objects.count(), {}
    for step in range(30):
        at = now + timedelta(hours=step)
        one_change(dice, at)
        check_tree(everybody, at)
        past[at] = {(place.id, place.name, place.code, place.lineage) for place in queries.places_as_of(BY, at)}
    check_history()
    assert PlaceVersion.objects.count() > 17, "the dice did too little to prove anything"
    for at, then in past.items():
        assert {(place.id, place.name, place.code, place.lineage) for place in queries.places_as_of(BY, at)} == then
