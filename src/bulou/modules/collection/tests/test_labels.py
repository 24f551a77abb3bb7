"""Every fault has a sentence, in every language, and every message of the converter is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from pyxform.errors import ErrorCode

from bulou.modules.collection import rules
from bulou.modules.collection.labels.faults import SENTENCES
from bulou.modules.collection.labels.forms import said
from bulou.modules.collection.rules import converter
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.services.pyxform_child import recognised

HERE = Path(rules.__file__).parent.parent


def test_every_fault_has_a_sentence() -> None:
    sources = [*HERE.glob("rules/*.py"), *HERE.glob("services/*.py")]
    made = {
        code
        for path in sources
        for code in re.findall(r'\b(?:Fault|Refused)\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    made |= {code for code, _column, _pattern in converter.PATTERNS} | {f"x_{each.name.lower()}" for each in ErrorCode}
    assert made - set(SENTENCES) == set()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_sentences_take_whatever_is_said(language: str) -> None:
    with translation.override(language):
        for code in SENTENCES:
            assert said(Fault(code)).sentence
    with translation.override("zh-hans"):
        assert (
            said(Fault("x_pyref_003", says={"sheet": "survey", "row": "7", "column": "relevant", "q": "b"})).where
            == "工作表 survey，第 7 行，relevant 列"
        )


@pytest.mark.parametrize(
    ("message", "code", "says"),
    [
        (
            "[row : 7] Question with no type.\n{'name': 'a'}",
            "x_no_type",
            {"row": "7", "sheet": "survey", "column": "type"},
        ),
        ("Unknown question type 'txet'.", "x_type_unknown", {"kind": "txet"}),
        ("[row : 4] List name not in choices sheet: yn", "x_list_unknown", {"list": "yn", "row": "4"}),
        (
            "Language 'bo' is missing the survey columns hint, label.",
            "x_translation_missing",
            {"language": "bo", "columns": "hint, label"},
        ),
        (
            "[row : 3] Something nobody has heard of",
            "x_unknown",
            {"message": "Something nobody has heard of", "row": "3"},
        ),
        (
            ErrorCode.NAMES_001.value.format(row=9, value="a"),
            "x_names_001",
            {"row": "9", "value": "a", "column": "name"},
        ),
        (ErrorCode.NAMES_007.value.format(row=2), "x_names_007", {"row": "2", "sheet": "choices"}),
    ],
)
def test_what_the_converter_says_is_taken_apart(message: str, code: str, says: dict[str, str]) -> None:
    found = converter.fault(message, *recognised(message))
    assert found.code == code
    assert says.items() <= found.says.items()
