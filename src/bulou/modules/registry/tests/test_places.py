"""Places edited by the county: every verb keeps its history, refuses what would break the tree, and sees only its own scope."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from bulou.modules.registry.models import Declaration, Household, Person, Place, PlaceVersion, Unit
from bulou.modules.registry.queries import national
from bulou.modules.registry.queries import places as queries
from bulou.modules.registry.rules import places as rules
from bulou.modules.registry.services import places, places_load, places_reshape
from bulou.modules.registry.services.places_reshape import Part
from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Conflict, Forbidden, Refusal

pytestmark = pytest.mark.django_db
WHY = "州民政局批复"


def refused(code: str):
    return pytest.raises(Refusal, match=code.replace(".", r"\."))


def test_a_county_loads_and_loading_it_again_keeps_what_the_county_edited(now, db) -> None:
    by = system("tests")
    loaded = places_load.load_county(by=by, code="632726", now=now)
    assert (loaded.added, loaded.kept) == (31, 0)
    village = Place.objects.get(code="632726100201")
    places.change_place(by=by, place_id=village.pk, version=1, name="格欠新村", why=WHY, now=now)
    recoded = Place.objects.get(code="632726100202")
    places.change_place(by=by, place_id=recoded.pk, version=1, name=recoded.name, code="632726100299", why=WHY, now=now)
    again = places_load.load_county(by=by, code="632726", now=now + timedelta(days=1))
    assert (again.added, again.kept, again.root_id) == (0, 31, loaded.root_id)
    assert Place.objects.get(pk=village.pk).name == "格欠新村"
    assert Place.objects.count() == 31
    root = Place.objects.get(pk=loaded.root_id)
    assert village.lineage == [root.pk, village.parent_id, village.pk]
    assert Line.objects.filter(action="registry.county_loaded").count() == 2


def test_a_prefecture_takes_in_the_county_loaded_before(now, db) -> None:
    by = system("tests")
    county_id = places_load.load_county(by=by, code="340421", now=now).root_id
    loaded = places_load.load_county(by=by, code="3404", now=now)
    assert Place.objects.filter(level="village").count() == 1131
    county = Place.objects.get(pk=county_id)
    assert county.parent_id == loaded.root_id
    assert Place.objects.exclude(lineage__0=loaded.root_id).count() == 0


def test_a_code_that_is_not_in_the_list_is_refused_and_a_chief_may_not_load(now, cast) -> None:
    with refused("registry.county_unknown"):
        places_load.load_county(by=system("tests"), code="999999", now=now)
    with pytest.raises(Forbidden):
        places_load.load_county(by=cast.chief.viewer, code="632726", now=now)


def test_a_grid_is_added_with_a_code_of_the_countys_own(now, county, cast) -> None:
    village = county.villages[0]
    first = places.add_place(
        by=cast.chief.viewer, parent_id=village.pk, level="grid", name="第一网格", why=WHY, now=now
    )
    second = places.add_place(
        by=cast.chief.viewer, parent_id=village.pk, level="grid", name="第二网格", why=WHY, now=now
    )
    assert (first.code, second.code) == ("632726100200G01", "632726100200G02")
    assert first.lineage == [*village.lineage, first.pk]
    line = Line.objects.filter(action="registry.place_added").latest("id")
    assert (line.subjects, line.why, line.place_id) == ([second.pk], WHY, second.pk)


def test_adding_refuses_wrong_levels_codes_names_and_a_missing_reason(now, county, cast) -> None:
    by, village, town = cast.chief.viewer, county.villages[0], county.towns[0]
    wanted = {"by": by, "name": "新村", "why": WHY, "now": now}
    with refused("registry.level_wrong"):
        places.add_place(parent_id=village.pk, level="town", **wanted)
    with refused("registry.level_wrong"):
        places.add_place(parent_id=town.pk, level="county", **wanted)
    with refused("registry.code_taken"):
        places.add_place(parent_id=town.pk, level="village", code="632726200201", **wanted)
    with refused("registry.code_digits"):
        places.add_place(parent_id=town.pk, level="village", code="6327261", **wanted)
    with refused("registry.code_signs"):
        places.add_place(parent_id=town.pk, level="village", code="新1", **wanted)
    with refused("registry.why_needed"):
        places.add_place(parent_id=town.pk, level="village", **(wanted | {"why": " "}))
    with refused("registry.name_empty"):
        places.add_place(parent_id=town.pk, level="village", **(wanted | {"name": " "}))
    assert Place.objects.count() == 7


def test_a_rename_keeps_the_former_name_and_reading_as_of_then_gives_it(now, county, cast) -> None:
    village, later = county.villages[0], now + timedelta(days=3)
    places.change_place(by=cast.chief.viewer, place_id=village.pk, version=1, name="新岗当村", why=WHY, now=later)
    names = {at: {place.id: place.name for place in queries.places_as_of(cast.chief.viewer, at)} for at in (now, later)}
    assert names[now][village.pk] == "岗当村"
    assert names[later][village.pk] == "新岗当村"
    versions = queries.history(village)
    assert [(one.number, one.change, one.by_name) for one in versions] == [
        (2, "renamed", cast.chief.viewer.name),
        (1, "loaded", ""),
    ]
    assert versions[1].ends == later
    assert versions[0].ends is None


def test_a_rename_that_changes_nothing_makes_no_version(now, county, cast) -> None:
    village = county.villages[0]
    places.change_place(by=cast.chief.viewer, place_id=village.pk, version=1, name=village.name, why="", now=now)
    assert village.versions.count() == 1


def test_of_two_browsers_the_second_is_told_who_was_first(now, county, cast) -> None:
    village = county.villages[0]
    places.change_place(by=cast.chief.viewer, place_id=village.pk, version=1, name="甲村", why=WHY, now=now)
    with pytest.raises(Conflict) as told:
        places.change_place(by=cast.chief.viewer, place_id=village.pk, version=1, name="乙村", why=WHY, now=now)
    assert told.value.values["who"] == cast.chief.viewer.name
    assert Place.objects.get(pk=village.pk).name == "甲村"


def test_a_village_moves_with_its_grids_and_the_past_tree_stays(now, county, cast) -> None:
    by, village, target, later = cast.chief.viewer, county.villages[0], county.towns[1], now + timedelta(days=1)
    grid = places.add_place(by=by, parent_id=village.pk, level="grid", name="第一网格", why=WHY, now=now)
    places.move_place(by=by, place_id=village.pk, version=1, parent_id=target.pk, why=WHY, now=later)
    grid.refresh_from_db()
    assert grid.lineage == [county.root.pk, target.pk, village.pk, grid.pk]
    past = {place.id: place.lineage for place in queries.places_as_of(by, now)}
    present = {place.id: place.lineage for place in queries.places_as_of(by, later)}
    assert past[grid.pk] == (county.root.pk, county.towns[0].pk, village.pk, grid.pk)
    assert present[grid.pk] == tuple(grid.lineage)


def test_a_place_never_comes_to_stand_below_itself(now, county, cast) -> None:
    by, village = cast.chief.viewer, county.villages[0]
    outer = places.add_place(by=by, parent_id=village.pk, level="grid", name="大网格", why=WHY, now=now)
    inner = places.add_place(by=by, parent_id=outer.pk, level="grid", name="微网格", why=WHY, now=now)
    with refused("registry.place_circle"):
        places.move_place(by=by, place_id=outer.pk, version=1, parent_id=inner.pk, why=WHY, now=now)
    with refused("registry.level_wrong"):
        places.move_place(
            by=by, place_id=county.towns[0].pk, version=1, parent_id=county.villages[2].pk, why=WHY, now=now
        )
    with refused("registry.root_moved"):
        places.move_place(by=by, place_id=county.root.pk, version=1, parent_id=county.towns[0].pk, why=WHY, now=now)


def test_merged_villages_hand_over_their_people_and_name_their_successor(now, county, cast) -> None:
    by, (kept, gone) = cast.chief.viewer, county.villages[:2]
    for village in (kept, gone):
        places.declare_population(
            by=by, place_id=village.pk, population=100, households=30, as_of=date(2020, 1, 1), source="统计", now=now
        )
    grid = places.add_place(by=by, parent_id=gone.pk, level="grid", name="网格", why=WHY, now=now)
    Unit.objects.filter(pk=county.office.pk).update(place=gone)
    before = Person.objects.filter(place__in=[kept, gone]).count()
    later = now + timedelta(days=1)
    places_reshape.merge_places(by=by, versions={kept.pk: 1, gone.pk: 1}, into_id=kept.pk, why=WHY, now=later)
    assert Person.objects.filter(place=kept).count() == before
    assert Household.objects.filter(place=kept).count() == 6
    assert Unit.objects.get(pk=county.office.pk).place_id == kept.pk
    grid.refresh_from_db()
    assert grid.lineage == [*kept.lineage, grid.pk]
    retired = gone.versions.latest("number")
    assert (retired.change, retired.successors, retired.starts, retired.ends) == ("merged", [kept.pk], later, later)
    assert queries.latest_declared([kept.pk])[kept.pk].population == 200
    assert gone.pk in {place.id for place in queries.places_as_of(by, now)}
    assert gone.pk not in {place.id for place in queries.places_as_of(by, later)}
    line = Line.objects.get(action="registry.places_merged")
    assert line.data["households"] == 3
    assert line.data["people"] == before - 9 - (Person.objects.filter(place=kept, purpose="cast").count())


def test_villages_merge_into_a_new_one(now, county, cast) -> None:
    by, (first, second) = cast.chief.viewer, county.villages[:2]
    made = places_reshape.merge_places(by=by, versions={first.pk: 1, second.pk: 1}, name="合新村", why=WHY, now=now)
    assert made.code == "632726100V01"
    assert {place.code for place in Place.objects.filter(ends=now)} == {first.code, second.code}
    assert Declaration.objects.count() == 0
    assert not Person.objects.filter(place__in=[first, second]).exists()


def test_merging_refuses_one_place_mixed_levels_and_what_changed_meanwhile(now, county, cast) -> None:
    by, (first, second) = cast.chief.viewer, county.villages[:2]
    with refused("registry.merge_few"):
        places_reshape.merge_places(by=by, versions={first.pk: 1}, into_id=first.pk, why=WHY, now=now)
    with refused("registry.merge_levels"):
        places_reshape.merge_places(
            by=by, versions={first.pk: 1, county.towns[1].pk: 1}, into_id=first.pk, why=WHY, now=now
        )
    with refused("registry.merge_into"):
        places_reshape.merge_places(
            by=by, versions={first.pk: 1, second.pk: 1}, into_id=county.root.pk, why=WHY, now=now
        )
    with pytest.raises(Conflict):
        places_reshape.merge_places(by=by, versions={first.pk: 1, second.pk: 7}, into_id=first.pk, why=WHY, now=now)
    assert not Place.objects.exclude(ends=None).exists()


def test_a_village_splits_by_grid_and_by_household(now, county, cast) -> None:
    by, village = cast.chief.viewer, county.villages[2]
    grid = places.add_place(by=by, parent_id=village.pk, level="grid", name="东网格", why=WHY, now=now)
    houses = county.households_of(2)
    Household.objects.filter(pk=houses[0].pk).update(place=grid)
    Person.objects.filter(household=houses[0]).update(place=grid)
    east, west = places_reshape.split_place(
        by=by, place_id=village.pk, version=1, why=WHY, now=now, rest_to=1,
        parts=[Part("东村", child_ids=(grid.pk,), household_ids=(houses[1].pk,)), Part("西村")],
    )  # fmt: skip
    grid.refresh_from_db()
    assert grid.lineage == [*east.lineage, grid.pk]
    assert Person.objects.filter(place=grid).count() == 3
    assert Person.objects.filter(place=east).count() == 3
    assert set(Person.objects.filter(place=west, purpose="registry").values_list("household", flat=True)) == {
        houses[2].pk
    }
    assert village.versions.latest("number").successors == [east.pk, west.pk]
    assert Place.objects.get(pk=village.pk).ends == now


def test_a_split_may_leave_the_rest_where_it_is_and_refuses_what_is_given_twice(now, county, cast) -> None:
    by, village, houses = cast.chief.viewer, county.villages[3], county.households_of(3)
    wanted = {"by": by, "place_id": village.pk, "version": 1, "why": WHY, "now": now}
    with refused("registry.split_twice"):
        places_reshape.split_place(
            parts=[Part("一", household_ids=(houses[0].pk,)), Part("二", household_ids=(houses[0].pk,))], **wanted
        )
    with refused("registry.split_foreign"):
        places_reshape.split_place(parts=[Part("一", household_ids=(county.households_of(0)[0].pk,))], **wanted)
    with refused("registry.split_few"):
        places_reshape.split_place(parts=[Part("一")], rest_to=0, **wanted)
    (made,) = places_reshape.split_place(parts=[Part("牧场村", household_ids=(houses[0].pk,))], **wanted)
    assert Person.objects.filter(place=made).count() == 3
    assert Place.objects.get(pk=village.pk).ends is None
    assert village.versions.get(ends=None).successors == [made.pk]


def test_only_an_empty_place_retires_and_it_can_stand_again(now, county, cast) -> None:
    by, later = cast.chief.viewer, now + timedelta(days=2)
    with refused("registry.place_not_empty"):
        places.retire_place(by=by, place_id=county.villages[0].pk, version=1, why=WHY, now=now)
    site = places.add_place(by=by, parent_id=county.villages[0].pk, level="site", name="检疫站", why=WHY, now=now)
    places.retire_place(by=by, place_id=site.pk, version=1, why="撤站", now=later)
    with refused("registry.place_retired"):
        places.change_place(by=by, place_id=site.pk, version=2, name="新站", why=WHY, now=later)
    places.reinstate_place(by=by, place_id=site.pk, version=2, why="复设", now=later + timedelta(days=1))
    assert [one.change for one in queries.history(site)] == ["reinstated", "retired", "added"]
    assert site.pk not in {place.id for place in queries.places_as_of(by, later)}
    with refused("registry.code_taken"):
        places.add_place(
            by=by, parent_id=county.villages[0].pk, level="site", name="又站", code=site.code, why=WHY, now=later
        )


def test_a_town_lead_may_look_but_not_edit_and_the_neighbour_finds_no_such_place(now, county, cast) -> None:
    with pytest.raises(Forbidden):
        places.change_place(
            by=cast.township_lead.viewer, place_id=county.villages[0].pk, version=1, name="甲", why=WHY, now=now
        )
    assert county.villages[0].pk not in {place.pk for place in queries.visible(cast.neighbour.viewer)}
    with refused("registry.place_unknown"):
        places.declare_population(
            by=cast.neighbour.viewer,
            place_id=county.villages[0].pk,
            population=1,
            households=1,
            as_of=date(2020, 1, 1),
            source="甲",
            now=now,
        )
    assert queries.places_as_of(cast.neighbour.viewer, now) == [
        place for place in queries.places_as_of(cast.neighbour.viewer, now) if county.towns[1].pk in place.lineage
    ]


def test_of_two_declarations_for_a_day_the_later_counts_and_silly_ones_are_refused(now, county, cast) -> None:
    by, village = cast.village_clerk.viewer, county.villages[0]
    wanted = {"by": by, "place_id": village.pk, "as_of": date(2020, 1, 1), "source": "户籍底册", "now": now}
    places.declare_population(population=120, households=40, **wanted)
    places.declare_population(population=121, households=40, **wanted)
    assert queries.latest_declared([village.pk])[village.pk].population == 121
    with refused("registry.declared_future"):
        places.declare_population(population=1, households=1, **(wanted | {"as_of": date(2020, 1, 27)}))
    with refused("registry.declared_more_households"):
        places.declare_population(population=1, households=2, **wanted)
    with refused("registry.declared_negative"):
        places.declare_population(population=-1, households=0, **wanted)


def test_figures_add_up_and_say_when_only_some_villages_declared(now, county, cast) -> None:
    by = cast.chief.viewer
    places.declare_population(
        by=by, place_id=county.villages[0].pk, population=50, households=9, as_of=date(2020, 1, 1), source="报", now=now
    )
    everything = queries.below(by, county.root)
    found = queries.figures(by, everything, everything)
    town, other, root = (found[place.pk] for place in (*county.towns, county.root))
    assert root.people == town.people + other.people + Person.objects.filter(place=county.root).count()
    assert (town.households, other.households, root.households) == (6, 6, 12)
    assert (town.declared_people, town.declared_by, town.declarers) == (50, 1, 2)
    assert town.is_partly_declared
    assert town.gap is None
    assert (other.declared_people, other.declared_by) == (None, 0)
    assert found[county.villages[0].pk].gap == found[county.villages[0].pk].people - 50
    assert queries.figures(cast.checkpoint_officer.viewer, [county.root], [county.root])[county.root.pk].people is None


def test_places_are_found_by_name_code_pinyin_and_initials(county, cast) -> None:
    seen = queries.visible(cast.chief.viewer)
    for text in ("岗当", "632726100200", "gangdang", "gang dang", "gdc", "GDC"):
        assert county.villages[0] in queries.found_by(seen, text), text
    assert county.villages[2] not in queries.found_by(seen, "gangdang")


def test_every_place_has_one_version_for_each_moment_it_stood(now, county, cast) -> None:
    by = cast.chief.viewer
    for number, name in enumerate(("甲村", "乙村", "丙村"), 1):
        places.change_place(
            by=by, place_id=county.villages[0].pk, version=number, name=name, why=WHY, now=now + timedelta(hours=number)
        )
    spans = list(PlaceVersion.objects.filter(place=county.villages[0]).order_by("number").values_list("starts", "ends"))
    assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))
    assert spans[-1][1] is None


def test_invisible_signs_are_refused_and_every_real_name_is_let_in() -> None:
    real = [place.name for code in national._index().provinces for place in national.subtree(code)]
    assert [name for name in real if rules.why_not_name(name)] == []
    assert rules.why_not_name("新\u200b村") == "hidden"
    assert rules.why_not_name("新\n村") == "hidden"
    assert rules.why_not_name("ᠨᠠᠢᠮᠠᠨ\u180eᠠ") is None
    assert rules.why_not_name("མདའ་བྲག") is None
