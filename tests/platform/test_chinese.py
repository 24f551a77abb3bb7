"""Pinyin keys, initials and grams: order and search of Chinese, Tibetan, Mongolian and Latin names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.platform import chinese


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张伟", "zhang wei"),
        ("单伟", "shan wei"),
        ("曾国", "zeng guo"),
        ("解晓东", "xie xiao dong"),
        ("仇和", "qiu he"),
        ("万俟明", "mo qi ming"),
        ("吕布", "lv bu"),
        ("单增", "dan zeng"),
        ("查干巴拉", "cha gan ba la"),
        ("扎西", "zha xi"),
        ("买买提·艾力", "mai mai ti ai li"),
        ("José·Pérez", "jose perez"),
        ("བཀྲ་ཤིས", "བཀྲ་ཤིས"),
        ("", ""),
    ],
)
def test_a_name_is_keyed_as_it_is_read(name: str, key: str) -> None:
    assert chinese.sort_key(name) == key


def test_places_are_read_as_words_not_as_family_names() -> None:
    assert chinese.phrase_key("重庆路社区") == "chong qing lu she qu"
    assert chinese.phrase_key("长清区") == "chang qing qu"
    assert chinese.phrase_initials("宁阳县") == "nyx"
    assert chinese.phrase_key("2社区A栋") == "2 she qu a dong"


def test_order_goes_syllable_by_syllable() -> None:
    names = ["西安", "先锋", "夏明", "席一"]
    assert sorted(names, key=chinese.sort_key) == ["西安", "席一", "夏明", "先锋"]


def test_typed_letters_are_parted_every_way_that_reads() -> None:
    assert chinese.key_prefixes("xian")[:2] == ["xian", "xi an"]
    assert chinese.key_prefixes("xi'an") == ["xi an"]
    assert "zhang w" in chinese.key_prefixes("zhangw")
    assert chinese.key_prefixes("lyubu")[0] == "lv bu"
    assert chinese.key_prefixes("  ") == []


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 10))
def test_every_part_of_a_name_is_found_by_its_needle(name: str, start: int, length: int) -> None:
    from_grams = set(chinese.grams(name))
    letters = "".join(gram for gram in chinese.grams(name) if len(gram) == 1)
    assert set(letters) <= from_grams
    folded = chinese._letters(name)
    assert set(chinese.needle(folded[start : start + length])) <= from_grams


@given(st.text(max_size=300))
def test_keys_fit_their_columns(name: str) -> None:
    assert len(chinese.sort_key(name)) <= chinese.KEY_LENGTH
    assert len(chinese.initials(name)) <= chinese.INITIALS_LENGTH
    assert all(len(gram) <= 2 for gram in chinese.grams(name))


@given(st.lists(st.sampled_from("张王李赵单曾解仇刘陈欧阳娜伟芳秀英敏静丽强"), min_size=2, max_size=4))
def test_a_name_is_found_by_its_pinyin_without_spaces(chars: list[str]) -> None:
    key = chinese.sort_key("".join(chars))
    assert any(key.startswith(prefix) for prefix in chinese.key_prefixes(key.replace(" ", ""), most=40))
