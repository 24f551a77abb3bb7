"""The text for a chat group: who is named, how often, and where lines break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from bulou.core.coverage import Figures
from bulou.interfaces.situation.chat import groups, message, texts_by_group

ZONE = ZoneInfo("Asia/Shanghai")
TEN = datetime(2020, 1, 26, 2, 0, tzinfo=UTC)


@dataclass
class One:
    subject_id: int
    name: str
    place: str
    unit: str = ""
    subject_kind: str = "person"


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


ROWS = [
    One(1, "张三", "岗当村"),
    One(2, "李四", "岗当村", "办公室"),
    One(1, "张三", "岗当村"),
    One(3, "王五", "格前村"),
]


def test_each_place_is_a_line_and_who_owes_twice_is_named_once() -> None:
    text = message("每日健康", "约改镇", TEN, ZONE, groups(ROWS, "place"), Figures(on_time=24, missing=3))
    assert text.splitlines() == [
        "【每日健康】约改镇", "截至10:00 未报3人：", "岗当村（2人）：张三、李四", "格前村（1人）：王五", "应报27，已报24（88.9%）。",
    ]  # fmt: skip


def test_by_unit_whoever_has_none_stands_under_the_place() -> None:
    assert [(one.name, one.names) for one in groups(ROWS, "unit")] == [
        ("岗当村", ["张三"]), ("办公室", ["李四"]), ("格前村", ["王五"]),
    ]  # fmt: skip


def test_when_nobody_is_missing_it_says_so_and_an_exercise_is_marked() -> None:
    text = message("每日健康", "约改镇", TEN, ZONE, [], Figures(on_time=27), exercise="演练")
    assert text.splitlines()[0] == "【演练】"
    assert "截至10:00 已全部上报" in text


def test_a_group_s_own_text_holds_nobody_else() -> None:
    own = {group.name: text for group, text in texts_by_group("每日健康", TEN, ZONE, groups(ROWS, "place"), {})}
    assert "王五" in own["格前村"]
    assert "张三" not in own["格前村"]


def test_two_of_one_name_are_two_and_too_many_names_become_numbers() -> None:
    rows = [One(number, "王伟", "岗当村") for number in range(130)]
    (group,) = groups(rows, "place")
    assert len(group.names) == 130
    text = message("每日健康", "约改镇", TEN, ZONE, [group], None, numbers=[("岗当村", 130), ("格前村", 0)])
    assert text.splitlines()[1:] == ["截至10:00 未报130份：", "岗当村：130份"]
