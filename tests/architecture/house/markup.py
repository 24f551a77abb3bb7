"""Pages run on a closed network under a strict content policy: nothing inline, nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.finding import Finding
from tests.architecture.house.links import _silent
from tests.architecture.house.tree import Source, Tree

_INLINE = re.compile(
    r"""<[a-z][^<>]*?\s(style\s*=|on[a-z]+\s*=\s*["'])|(<style\b)|(<script\b(?![^>]*\b(?:src\s*=|type\s*=\s*["']?application/json)))|(javascript:)""",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"""\b(?:href|src|srcset|action|poster|data)\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]*)|url\(\s*["']?((?:https?:)?//[^)"']*)"""
    r"""|@import\s+["']?((?:https?:)?//\S*)|\b(?:fetch|import|importScripts|Worker|WebSocket|EventSource)\(\s*["'`]((?:https?:|wss?:)?//[^"'`]*)""",
    re.IGNORECASE,
)
_INLINE_ADVICE = "Put styles and scripts into static files: the content policy lets nothing inline run"
_OUTSIDE_ADVICE = "A county's network is closed: ship the file in static/, or show the address as text"


def check(tree: Tree) -> Iterator[Finding]:
    """Everything inline in pages, and everything fetched from outside in pages, styles and scripts."""
    for source in tree.texts(".html", ".svg", ".css", ".js"):
        yield from _page(source)
    for source in tree.python():
        yield from _strings(source)


@lru_cache(maxsize=8192)
def _page(source: Source) -> tuple[Finding, ...]:
    text = _silent(source.text)
    found = []
    if source.path.endswith((".html", ".svg")) and "static" not in source.inside:
        found = [
            _found(source, text.count("\n", 0, one.start()) + 1, one, _INLINE_ADVICE) for one in _INLINE.finditer(text)
        ]
    return (
        *found,
        *(
            _found(source, text.count("\n", 0, one.start()) + 1, one, _OUTSIDE_ADVICE)
            for one in _OUTSIDE.finditer(text)
        ),
    )


@lru_cache(maxsize=8192)
def _strings(source: Source) -> tuple[Finding, ...]:
    marked = [(text, line) for text, line in literals.texts(source) if "<" in text]
    inline = [_found(source, line, one, _INLINE_ADVICE) for text, line in marked if (one := _INLINE.search(text))]
    return (
        *inline,
        *(_found(source, line, one, _OUTSIDE_ADVICE) for text, line in marked if (one := _OUTSIDE.search(text))),
    )


def _found(source: Source, line: int, found: re.Match[str], advice: str) -> Finding:
    said = next(group for group in found.groups() if group).strip()
    return Finding(source.path, line, "markup", f"{said[:60]} in a page", advice)
