"""Catalogues keep what people wrote, drop what is gone, and derive the rest quietly."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from bulou.platform.words.catalogues import compile_catalogues, gather, memory, merge
from bulou.platform.words.judgement import complaints
from bulou.platform.words.owners import Owner, owners
from bulou.platform.words.traditional import traditional


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "platform").mkdir()
    (tmp_path / "modules" / "stock").mkdir(parents=True)
    (tmp_path / "modules" / "stock" / "__init__.py").touch()
    return tmp_path


def write(house: Path, owner: str, source: str) -> Owner:
    (found,) = (one for one in owners(house) if one.name == owner)
    (found.folder / "code.py").write_text(source, encoding="utf-8")
    return found


def extract(house: Path) -> None:
    for owner in owners(house):
        merge(gather(owner), memory(owners(house)))


def translate(owner: Owner, **chinese: str) -> None:
    path = str(owner.catalogue("zh_Hans"))
    book = polib.pofile(path, wrapwidth=0)
    for entry in book:
        if entry.msgid in chinese:
            if entry.msgid_plural:
                entry.msgstr_plural[0] = chinese[entry.msgid]
            else:
                entry.msgstr = chinese[entry.msgid]
    book.save(path)


def test_a_translation_survives_and_a_message_gone_from_the_source_goes(house: Path) -> None:
    stock = write(house, "stock", 'gettext("Masks"); gettext("Gloves")')
    extract(house)
    translate(stock, Masks="口罩", Gloves="手套")
    write(house, "stock", 'gettext("Masks"); gettext("Shoes")')
    extract(house)
    book = {entry.msgid: entry.msgstr for entry in polib.pofile(str(stock.catalogue("zh_Hans")))}
    assert book == {"Masks": "口罩", "Shoes": ""}


def test_extracting_twice_changes_no_byte_and_names_no_person_no_date_and_no_line(house: Path) -> None:
    stock = write(house, "stock", 'gettext("Masks")')
    extract(house)
    first = stock.catalogue("zh_Hans").read_bytes()
    write(house, "stock", '\n\n\ngettext("Masks")')
    extract(house)
    assert stock.catalogue("zh_Hans").read_bytes() == first
    assert not any(word in first.decode() for word in ("POT-Creation", "Last-Translator", "@", "code.py"))


def test_the_other_languages_are_derived(house: Path) -> None:
    stock = write(house, "stock", 'ngettext("%(n)s mask", "%(n)s masks", n)')
    extract(house)
    translate(stock, **{"%(n)s mask": "%(n)s只口罩，登记台账"})
    extract(house)
    hant, en = (polib.pofile(str(stock.catalogue(language)))[0] for language in ("zh_Hant", "en"))
    assert hant.msgstr_plural == {0: "%(n)s只口罩，登記臺帳"}
    assert en.msgstr_plural == {0: "%(n)s mask", 1: "%(n)s masks"}


def test_one_idea_keeps_one_word_across_the_house(house: Path) -> None:
    platform = write(house, "platform", 'gettext("Save")')
    extract(house)
    translate(platform, Save="保存")
    stock = write(house, "stock", 'gettext("Save")')
    extract(house)
    assert polib.pofile(str(stock.catalogue("zh_Hans")))[0].msgstr == "保存"
    translate(stock, Save="存盘")
    assert any("agree, or give one a context" in line for line in complaints(owners(house)))


def test_complaints_name_what_is_untranslated_lost_or_out_of_step_and_fall_silent(house: Path) -> None:
    stock = write(house, "stock", 'gettext("%(n)s left")')
    assert any("out of step" in line for line in complaints(owners(house)))
    extract(house)
    assert any("not translated: '%(n)s left'" in line for line in complaints(owners(house)))
    translate(stock, **{"%(n)s left": "剩余"})
    extract(house)
    assert any("must have the places" in line for line in complaints(owners(house)))
    translate(stock, **{"%(n)s left": "剩余%(n)s"})
    extract(house)
    assert list(complaints(owners(house))) == []


def test_only_what_changed_is_compiled(house: Path) -> None:
    stock = write(house, "stock", 'gettext("Masks")')
    extract(house)
    assert compile_catalogues([stock]) == 3
    assert compile_catalogues([stock]) == 0
    translate(stock, Masks="口罩")
    assert compile_catalogues([stock]) == 1
    assert polib.mofile(str(stock.catalogue("zh_Hans").with_suffix(".mo")))[0].msgstr == "口罩"


@pytest.mark.parametrize(
    ("simplified", "wanted"),
    [
        ("行政区划台账", "行政區劃臺帳"),
        ("按程序复核", "按程序複核"),
        ("登录用户 %(name)s", "登入使用者 %(name)s"),
        ("干部下乡干活", "幹部下鄉幹活"),
        ("里程与邻里", "里程與鄰里"),
        ("", ""),
    ],
)
def test_traditional_characters_keep_meaning_and_places(simplified: str, wanted: str) -> None:
    assert traditional(simplified) == wanted
