"""Word and PDF: what they hold, their links, the seal; and the sentence where the packages are missing."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from django.utils import translation

from bulou.modules.briefing.exports import Shown, written
from bulou.modules.briefing.queries.wording import Grid, Page, Said, Section
from bulou.platform.refusals import Refusal

GRID = Grid(
    ("内容", "数量"),
    ((Said("临时党支部 #*_[x](y)"), Said("16", "branches")), (Said("党员"), Said("不详", "members", True))),
)
PAGE = Page(
    "曲麻莱县“13579”工作模式",
    "疫情防控情况报告",
    ("2020年1月27日",),
    (Section("one", "一、组织动员", (Said("成立临时党支部"), Said("16", "branches"), Said("个。")), GRID, "说明"),),
    ("日志封签 12-ABCD-EFGH-IJKL-MNOP-QR",),
)
SHOWN = Shown(PAGE, {"branches": "https://bulou.county.example:8000/briefing/qumalai/rows/units?kinds=a&as_of=b"})


def test_the_word_document_has_the_words_the_links_and_the_seal() -> None:
    with translation.override("zh-hans"):
        held = zipfile.ZipFile(io.BytesIO(written(SHOWN, "docx")))
    body = held.read("word/document.xml").decode()
    assert "成立临时党支部" in body
    assert body.count("<w:hyperlink") == 2
    assert "/briefing/qumalai/rows/units?kinds=a&amp;as_of=b" in held.read("word/_rels/document.xml.rels").decode()
    foots = [held.read(name).decode() for name in held.namelist() if name.startswith("word/footer")]
    assert any("12-ABCD-EFGH-IJKL-MNOP-QR" in one and "PAGE" in one for one in foots)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_pdf_is_the_same_each_time_and_its_figures_are_links(language: str) -> None:
    with translation.override(language):
        made = written(SHOWN, "pdf")
        assert made == written(SHOWN, "pdf")
    assert made.startswith(b"%PDF-")
    assert made.count(b"/briefing/qumalai/rows/units?kinds=a&as_of=b") >= 2


@pytest.mark.parametrize(("kind", "package"), [("pdf", "typst"), ("pdf", "noto_cjk_sans_otc"), ("docx", "docx")])
def test_without_the_packages_a_sentence_says_what_to_do(monkeypatch, kind: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Refusal, match=r"briefing\.no_documents") as refused:
        written(SHOWN, kind)
    assert package in refused.value.sentence
    assert "16" in written(SHOWN, "txt").decode()
