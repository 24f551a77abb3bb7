"""What every template and manifest of the house must keep to, read from the files: symbols that exist, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bulou
from bulou.platform.manifest import manifests
from bulou.platform.pages import navigation
from bulou.platform.pages.components.marks import TONES

SOURCE = Path(bulou.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
SPRITE = SOURCE / "platform" / "pages" / "static" / "bulou" / "icons.svg"
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
INLINE = re.compile(
    r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\ssrc=)(?![^>]*\stype="application/json")""",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)


def named_symbols(text: str) -> set[str]:
    return set(re.findall(r'\{% icon "([\w-]+)"', text)) | set(re.findall(r'\{%[^%]*\bsymbol="([\w-]+)"', text))


def test_every_symbol_a_template_names_is_drawn():
    missing = {file.name: lost for file in TEMPLATES if (lost := named_symbols(file.read_text()) - SYMBOLS)}
    assert not missing


def test_every_symbol_a_menu_names_is_drawn():
    items = [item for manifest in manifests() for item in manifest.menu]
    assert not {item.url: item.icon for item in items if item.icon and item.icon not in SYMBOLS}
    assert set(TONES.values()) <= SYMBOLS


def test_every_line_of_the_menu_leads_somewhere():
    items = [item for manifest in manifests() for item in manifest.menu]
    assert items
    assert not [item.url for item in items if not navigation._address(item)]
    assert not [item.url for item in items if item.group not in navigation.GROUPS]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_nothing_is_inline_and_nothing_comes_from_outside(file):
    text = re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL)
    assert not INLINE.search(text)
    assert not OUTSIDE.search(text)


def test_the_search_for_inline_things_finds_them():
    for planted in ('<p style="color:red">', "<a onclick='x()'>", "<script>x()</script>", '<a href="javascript:x()">'):
        assert INLINE.search(planted)
    assert not INLINE.search(
        '<script id="x" type="application/json">{{ data }}</script>'
    )  # data, which no browser runs
    assert not INLINE.search('<script src="kit.js" defer></script><td class="on-time">')
    assert OUTSIDE.search('<img src="//cdn.example/x.png">')
