"""A briefing as PDF, set by typst with a font of its own: nothing of the machine's is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from django.utils.translation import get_language

from bulou.modules.briefing.queries.wording import Page, Said

LANGUAGES = {"zh-hans": ("zh", "CN"), "zh-hant": ("zh", "TW"), "en": ("en", "GB")}


def pdf_of(page: Page, addresses: Mapping[str, str]) -> bytes:
    """The document's bytes. ImportError without the packages."""
    import noto_cjk_sans_otc
    import typst

    template = (resources.files("bulou.modules.briefing") / "exports" / "report.typ").read_bytes()
    fonts = str(resources.files(noto_cjk_sans_otc))
    given = {"page": json.dumps(_plain(page, addresses), ensure_ascii=False)}
    compile_: Any = typst.compile  # its own types leave the kind of input open
    made: bytes = compile_(template, font_paths=[fonts], ignore_system_fonts=True, sys_inputs=given)
    return made


def _plain(page: Page, addresses: Mapping[str, str]) -> dict[str, Any]:
    lang, region = LANGUAGES.get(get_language() or "", LANGUAGES["zh-hans"])

    def words(some: Sequence[Said]) -> list[dict[str, Any]]:
        return [
            {
                "text": one.text,
                "figure": bool(one.figure),
                "unknown": one.is_unknown,
                "address": addresses.get(one.figure, ""),
            }
            for one in some
        ]

    sections = [
        {
            "heading": one.heading,
            "sentence": words(one.sentence),
            "heads": list(one.grid.heads) if one.grid else [],
            "rows": [words(row) for row in one.grid.rows] if one.grid else [],
            "words": one.grid.is_words if one.grid else False,
            "note": one.note,
        }
        for one in page.sections
    ]
    plain = {"title": page.title, "subtitle": page.subtitle, "head": list(page.head), "foot": list(page.foot)}
    return plain | {"lang": lang, "region": region, "sections": sections}
