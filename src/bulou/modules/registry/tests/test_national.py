"""The bundled national list: whole, quick, and equal to the published lists of the five cases."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from bulou.modules.registry.queries import national
from bulou.modules.registry.rules import places as rules

SHARED = Path(os.environ.get("BULOU_SHARED") or Path(__file__).resolve().parents[6] / "shared")
CASES = ("qumalai_632726", "ningyang_370921", "naiman_150525", "huainan_3404", "ali_5425")


def test_the_list_is_whole() -> None:
    levels = Counter(place.level for code in national._index().provinces for place in national.subtree(code))
    assert levels == {"province": 31, "city": 342, "county": 2978, "town": 41352, "village": 620573}


def test_parents_come_first_and_codes_are_unique() -> None:
    seen: set[str] = set()
    for place in national.subtree("63"):
        assert place.code not in seen
        assert not place.parent or place.parent in seen
        seen.add(place.code)


@pytest.mark.conformance
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of the published lists is not beside this checkout")
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_as_published(name: str, conformance) -> None:
    with (SHARED / f"data/divisions/{name}.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    levels = {"prefecture": "city"}
    wanted = {(levels.get(row["level"], row["level"]), row["code"], row["name"], row["parent"]) for row in rows}
    listed = national.subtree(name.rpartition("_")[2])
    assert {(place.level, place.code, place.name, place.parent) for place in listed} == wanted
    conformance(len(rows))


def test_qumalai_has_six_towns_and_twenty_four_village_units() -> None:
    places = national.county("632726")
    assert Counter(place.level for place in places) == {"county": 1, "town": 6, "village": 24}
    kinds = Counter(rules.kind_of_code(place.level, place.code) for place in places if place.level == "village")
    assert kinds == {"village": 19, "community": 5}


def test_a_community_keeps_its_code_though_its_name_is_of_another_county() -> None:
    (kunlun,) = [place for place in national.county("632726") if "格尔木" in place.name]
    assert kunlun.code.startswith("632726100")
    assert "格尔木市" in {place.name for place in national.subtree("6328")}


def test_names_repeat_inside_a_county() -> None:
    names = Counter(place.name for place in national.county("370921") if place.level == "village")
    assert names["杨家庄村委会"] == 4


def test_names_that_gbk_cannot_write_are_in_the_list() -> None:
    beyond = [
        place.name
        for code in national._index().provinces
        for place in national.subtree(code)
        if _is_beyond_gbk(place.name)
    ]
    assert sum(name.endswith(("会", "村", "区", "社")) for name in beyond) >= 40
    assert all(name.encode("gb18030").decode("gb18030") == name for name in beyond)


def test_what_is_not_in_the_list_is_empty() -> None:
    assert national.subtree("999999") == national.county("") == national.subtree("6") == []
    assert [place.name for place in national.above("632726")] == ["青海省", "玉树藏族自治州"]
    assert national.counties_named("宁阳") == [("370921", "山东省泰安市宁阳县")]


def _is_beyond_gbk(name: str) -> bool:
    try:
        name.encode("gbk")
    except UnicodeEncodeError:
        return True
    return False
