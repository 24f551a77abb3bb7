"""Links point down, and by name: {% url %}, include, extends, static, reverse and redirect; never an address typed by
hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree

_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)
_QUOTED = re.compile(r"""["']([a-z_]+)(?::[\w-]+|/[\w./-]+)["']""")
_BY_HAND = re.compile(
    r"""\b(href|action|formaction|src|srcset|poster|ping|cite|data-(?:url|href|src)|hx-(?:get|post|put|patch|delete|push-url|replace-url))"""
    r"""\s*=\s*["']?\s*(/[^"'\s>]*)""",
    re.IGNORECASE,
)
_NAME = re.compile(r"([a-z_]+):[a-z_][\w-]*")
_DOWN = "A lower module never links up: let the upper one hang a panel or a menu item on its manifest"
_NAMED = "Addresses change: write {% url 'module:name' %} (in code: reverse or redirect by name)"


def check(tree: Tree) -> Iterator[Finding]:
    """Every link that points up, and every address typed by hand."""
    for source in tree.texts(".html", ".txt", ".svg"):
        yield from _by_hand(source)
        yield from _upward(source, _named_in_tags(source), tree)
    for source in tree.python():
        yield from _upward(source, _named_in_code(source), tree)
        yield from _typed(source, literals.texts(source), tree)
    for source in tree.texts(".js"):
        yield from _typed(source, tuple((text, line) for line, text in _quoted_in_script(source)), tree)


@lru_cache(maxsize=8192)
def _named_in_tags(source: Source) -> tuple[tuple[str, int], ...]:
    """(module named, line) of every quoted name in a tag."""
    text = _silent(source.text)
    return tuple(
        (name[1], text.count("\n", 0, tag.start()) + 1)
        for tag in _TAG.finditer(text)
        for name in _QUOTED.finditer(tag[0])
    )


def _silent(text: str) -> str:
    """The text with its comments blanked, lines kept."""
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)


@lru_cache(maxsize=8192)
def _by_hand(source: Source) -> tuple[Finding, ...]:
    text = _silent(source.text)
    return tuple(
        Finding(
            source.path,
            text.count("\n", 0, found.start()) + 1,
            "links",
            f'{found[1]}="{found[2]}" is typed by hand',
            _NAMED,
        )
        for found in _BY_HAND.finditer(text)
    )


@lru_cache(maxsize=8192)
def _named_in_code(source: Source) -> tuple[tuple[str, int], ...]:
    return tuple((found[1], line) for text, line in literals.texts(source) if (found := _NAME.fullmatch(text)))


def _upward(source: Source, named: tuple[tuple[str, int], ...], tree: Tree) -> Iterator[Finding]:
    for other, line in named:
        if source.package != "site" and not tree.may_use(source.label, other):
            yield Finding(
                source.path, line, "links", f"{source.label} links to {other}, which does not lie below it", _DOWN
            )


def _typed(source: Source, strings: tuple[tuple[str, int], ...], tree: Tree) -> Iterator[Finding]:
    for text, line in strings:
        start = text.removeprefix("/").partition("/")
        if text.startswith("/") and start[1] and start[0] in tree.floors:
            yield Finding(source.path, line, "links", f"{text[:40]!r} is typed by hand", _NAMED)
        elif found := _BY_HAND.search(text):
            yield Finding(source.path, line, "links", f'{found[1]}="{found[2][:40]}" is typed by hand', _NAMED)


@lru_cache(maxsize=8192)
def _quoted_in_script(source: Source) -> tuple[tuple[int, str], ...]:
    lines = enumerate(source.text.splitlines(), 1)
    return tuple((number, found[1]) for number, line in lines for found in re.finditer(r"""["'`](/[^"'`\s]*)""", line))
