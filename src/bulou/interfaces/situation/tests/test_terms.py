"""The page of meanings says what docs/ledger.md says, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from bulou.interfaces.situation.terms import TERMS

DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "ledger.md"


def plain(text: str) -> str:
    """Without marks and line ends; one case, so that a sentence taken out of a longer one is still found."""
    return re.sub(r"\s+", " ", re.sub(r"[*`]", "", text)).casefold().strip(" .")


def sections() -> dict[str, str]:
    """The text of each section, headings below it included."""
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name.strip(): plain(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.key)
def test_a_meaning_stands_in_its_section_of_the_documentation(term) -> None:
    with translation.override("en"):
        assert plain(str(term.text)) in sections()[term.section]


def test_keys_are_told_apart_and_said_in_chinese() -> None:
    assert len({term.key for term in TERMS}) == len(TERMS)
    with translation.override("zh-hans"):
        assert all(re.search(r"[一-鿿]", str(term.text)) for term in TERMS)
