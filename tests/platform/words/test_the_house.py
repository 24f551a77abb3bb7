"""Every word of the house that a reader sees is translated into every language, and Django finds it there."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from django.utils import translation

from bulou.platform.words.catalogues import gather
from bulou.platform.words.judgement import complaints
from bulou.platform.words.owners import LANGUAGES, owners

CODES = {"zh_Hans": "zh-hans", "zh_Hant": "zh-hant", "en": "en"}


def test_no_visible_word_is_untranslated_or_out_of_reach() -> None:
    found = list(complaints(owners()))
    assert not found, "python -m bulou.platform.words check\n" + "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_django_finds_every_word_where_its_catalogue_lies(language: str) -> None:
    with translation.override(CODES[language]):
        for owner in owners():
            path = owner.catalogue(language)
            for entry in polib.pofile(str(path)).translated_entries() if path.exists() else []:
                assert looked_up(entry) in {entry.msgstr, *entry.msgstr_plural.values()}, f"{path}: {entry.msgid!r}"


def looked_up(entry: polib.POEntry) -> str:
    """What Django answers for an entry's words in the language active now."""
    if entry.msgid_plural:
        return translation.npgettext(entry.msgctxt or None, entry.msgid, entry.msgid_plural, 2)
    return translation.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else translation.gettext(entry.msgid)


def test_the_house_has_words_to_translate() -> None:
    assert sum(len(gather(owner).messages) for owner in owners()) > 50


def test_no_catalogue_lies_where_nobody_reads_it() -> None:
    house = Path(owners()[0].folder).parent
    known = {owner.catalogue(language) for owner in owners() for language in LANGUAGES}
    assert set(house.rglob("*.po")) <= known
