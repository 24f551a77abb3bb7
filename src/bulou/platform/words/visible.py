"""Words a reader would see that no catalogue can reach: bare text in templates, Chinese in code, labels that are
plain strings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import TokenType

from bulou.platform.words.messages import Found, places
from bulou.platform.words.owners import Owner
from bulou.platform.words.template_files import tag, tokens

HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[^\W\d_]")
_HOLE = "\ue000"  # stands for a tag or a variable; a character of private use, so neither letter nor markup
_ATTRIBUTES = {
    "title",
    "placeholder",
    "alt",
    "label",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "hx-confirm",
    "hx-prompt",
}
_BUTTONS = {"submit", "button", "reset"}
_SILENT = {"script", "style", "code", "kbd", "samp"}  # what is typed is typed the same in every language
# Said the same in every language: names of languages, and the product's own.
NAMES = ("简体中文", "繁體中文", "English", "བོད་ཡིག", "简", "繁", "EN", "Bulou", "不漏", "不", "漏", "Excel")
_SAID = {"label", "help_text", "verbose_name", "verbose_name_plural", "placeholder", "heading", "caption", "empty_text"}
_SENTENCES = {"Refusal": 1, "Forbidden": 1, "Conflict": 1, "Permission": 1, "MenuItem": 0, "Role": 1}


def bare_text(path: Path) -> Iterator[Found]:
    """Letters in a template's text or in the attributes people read, outside {% translate %} and {% blocktranslate
    %}.
    """
    source = path.read_text(encoding="utf-8")
    reader = _Reader(path)
    reader.feed(_without_tags(source))
    reader.close()
    yield from reader.found


def _without_tags(source: str) -> str:
    """The template's own markup and text, each tag, variable and translated block a hole; lines stay where they were."""
    out, line, is_translated = [], 1, False
    for token in tokens(source):
        begins = token.lineno or line
        out.append("\n" * (begins - line))
        line = max(line, begins)
        if tag(token) in {"blocktranslate", "blocktrans"}:
            is_translated = True
        if token.token_type == TokenType.TEXT and not is_translated:
            out.append(token.contents)
            line += token.contents.count("\n")
        else:
            out.append(f" {_HOLE} " if not is_translated else "")
        if tag(token) in {"endblocktranslate", "endblocktrans"}:
            is_translated = False
    return "".join(out)


class _Reader(HTMLParser):
    """Walks the markup and notes every place where bare words stand."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.found: list[Found] = []
        self._inside = ""

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = name if name in _SILENT else ""
        values = dict(attributes)
        read = _ATTRIBUTES | ({"value"} if name == "input" and values.get("type") in _BUTTONS else set())
        for key in sorted(read & values.keys()):
            self._judge(values[key] or "", f'{key}="…"')

    def handle_endtag(self, name: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._judge(data, "text")

    def _judge(self, text: str, where: str) -> None:
        text = _unnamed(text)
        if letter := _LETTER.search(text):
            line = self.getpos()[0] + text[: letter.start()].count("\n")
            words = " ".join(text.replace(_HOLE, "…").split())[:60]
            self.found.append(Found(self.path, line, problem=f"bare {where} {words!r}: put it into {{% translate %}}"))


def _unnamed(text: str) -> str:
    """The text without the names that are the same in every language, and without the places for values."""
    for name in (*places(text), *NAMES):
        text = text.replace(name, "")
    return text


def plain_words(path: Path) -> Iterator[Found]:
    """Strings in code that a reader will see but that are not translated: Chinese literals, labels, titles, sentences
    of refusals.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (
                Found(path, word.lineno, problem=f"{word.value!r} is shown to a reader: gettext it")
                for word in _shown(node)
            )
    if not path.as_posix().endswith(_allowed()):
        chinese = [line for text, line in _literals(tree) if HAN.search(_unnamed(text))]
        if chinese:
            yield Found(path, min(chinese), problem=_HAN_IN_CODE)


_HAN_IN_CODE = (
    "Chinese in code: write English through gettext and the Chinese in the catalogue; "
    "if it is data, name the file and why in platform/words/han.tsv"
)


def _shown(call: ast.Call) -> Iterator[ast.Constant]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    shown = [keyword.value for keyword in call.keywords if keyword.arg in _SAID]
    if name in _SENTENCES and len(call.args) > _SENTENCES[name]:
        shown.append(call.args[_SENTENCES[name]])
    for value in shown:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _LETTER.search(_unnamed(value.value)):
            yield value


def _literals(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every string literal that is not a docstring, with its line."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value, node.lineno


@cache
def _allowed() -> tuple[str, ...]:
    """Files whose Chinese is data, not words of the interface: han.tsv, path under the package, tab, why."""
    lines = Path(__file__).with_name("han.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(f"/bulou/{line.split()[0]}" for line in lines if line and not line.startswith("#"))


def unreachable(owner: Owner) -> Iterator[Found]:
    """Everything of one owner that a reader would see and no catalogue reaches."""
    for path in owner.templates():
        if path.suffix != ".txt":
            yield from bare_text(path)
    for path in owner.files(".py"):
        yield from plain_words(path)
