"""Traditional characters from simplified ones: OpenCC's character and variant tables for Taiwan (s2tw), and our
exceptions before them.

Not s2twp: its table of phrases changes words of administration that must keep their meaning (程序 procedure becomes
程式 program). See docs/decisions. Exceptions lie in words.tsv: simplified, tab, traditional; the longest match wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from opencc import OpenCC

EXCEPTIONS = Path(__file__).with_name("words.tsv")


@cache
def exceptions(path: Path = EXCEPTIONS) -> Mapping[str, str]:
    """Simplified → traditional, for what the tables get wrong. ValueError names a line that is not two words and a
    tab.
    """
    table = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            simplified, tab, traditional = line.partition("\t")
            if not (simplified and tab and traditional):
                raise ValueError(f"{path.name}:{number}: want a simplified word, a tab and a traditional word")
            table[simplified] = traditional
    return table


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


def traditional(text: str) -> str:
    """The text in traditional characters; places such as %(name)s and Latin letters stay as they are."""
    table = exceptions()
    longest_first = sorted(table, key=len, reverse=True)
    if not longest_first:
        return _converter().convert(text)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return "".join(table.get(piece) or (_converter().convert(piece) if piece else "") for piece in pieces)
