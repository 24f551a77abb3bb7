"""The section `briefing` of a playbook: what is good, and what is said about what is not. No database."""

from __future__ import annotations

import pytest

from bulou.modules.briefing.rules import parts
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.operations.queries.playbooks import check


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
