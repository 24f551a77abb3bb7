"""The section `briefing` of a playbook: what is good, and what is said about what is not. No database."""

from __future__ import annotations

import pytest

from bulou.modules.briefing.rules import parts
from bulou.modules.operations.queries.playbooks import check

BOOK = """\
playbook: test-book
version: 1
title: {zh-Hans: 疫情防控, en: Outbreak response}
root: "632726"
languages: [zh-Hans, en]
counts:
  regimes:
    - {zh-Hans: 一, en: One}
levels:
  watch:
    title: {zh-Hans: 三级, en: Level 3}
units:
  hq: {name: 指挥部, kind: headquarters}
  branch-1: {name: 第一临时党支部, kind: temporary_branch, parent: hq}
briefing:
  organisation:
    order: 10
    kind: organisation
    title: {zh-Hans: 组织情况, en: Organisation}
    says: {zh-Hans: "成立临时党支部{branches}个。", en: "{branches} temporary branches stand."}
    lines:
      - {key: branches, count: units, kinds: [temporary_branch], title: {zh-Hans: 临时党支部, en: Temporary branches}}
      - {key: members, count: people, below: [hq], parts: [leader], title: {zh-Hans: 负责人, en: Leaders}}
      - {key: villages, count: places, levels: [village], title: {zh-Hans: 行政村, en: Villages}}
  counts:
    order: 20
    kind: counts
    title: {zh-Hans: 工作模式, en: Mode}
    names: [regimes]
"""


def test_a_good_section_has_no_fault() -> None:
    assert check(BOOK).problems == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("below: [hq]", "below: [office]", "office"),
        ("{branches} temporary", "{branchs} temporary", "branchs"),
        ("key: members", "key: branches", "branches"),
        ("levels: [village]", "below: [hq]", "places"),
        ("kind: counts\n", "kind: text\n", "names"),
        ("names: [regimes]", "names: [teams]", "teams"),
        ("count: units", "count: unit", "unit"),
        ("order: 20", "order: 0", "0"),
    ],
)
def test_each_fault_is_said_with_its_line_and_what_to_write(before: str, after: str, said: str) -> None:
    assert BOOK.count(before) == 1
    problems = check(BOOK.replace(before, after)).problems
    assert problems
    assert all(one.line > 17 and one.sentence for one in problems)
    assert any(said in one.sentence + one.instead for one in problems)


def test_a_sentence_is_taken_apart_at_its_figures_and_filled() -> None:
    text = "成立临时党支部{branches}个，党员{members}名。"
    assert list(parts.pieces(text)) == [
        ("text", "成立临时党支部"),
        ("figure", "branches"),
        ("text", "个，党员"),
        ("figure", "members"),
        ("text", "名。"),
    ]
    assert parts.filled(text, {"branches": "16"}) == "成立临时党支部16个，党员{members}名。"
