"""Messages in templates, by Django's own lexer: translate, blocktranslate (plural, trimmed, context) and _("…")
inside tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

from bulou.platform.words.messages import Found, Message

_CONSTANT = re.compile(r"""_\(\s*("[^"]*"|'[^']*')\s*\)""")
_QUOTED = re.compile(r"""("[^"]*"|'[^']*')""")
_BLOCK_STARTS = {"blocktranslate", "blocktrans"}
_BLOCK_ENDS = {"endblocktranslate", "endblocktrans"}


def tokens(source: str) -> Iterator[Token]:
    """The tokens of a template, comments left out."""
    is_comment = False
    for token in Lexer(source).tokenize():
        name = tag(token)
        if is_comment:
            is_comment = name != "endcomment"
        elif name == "comment":
            is_comment = True
        elif token.token_type != TokenType.COMMENT:
            yield token


def tag(token: Token) -> str:
    """The name of a block tag, or nothing."""
    if token.token_type != TokenType.BLOCK:
        return ""
    return (token.contents.split() or [""])[0]


def messages(path: Path) -> Iterator[Found]:
    """Every message of a template."""
    block: list[Token] = []
    for token in tokens(path.read_text(encoding="utf-8")):
        name = tag(token)
        if block:
            block.append(token)
            if name in _BLOCK_ENDS:
                yield _block(path, block)
                block = []
        elif name in _BLOCK_STARTS:
            block = [token]
            yield from _constants(path, token)
        elif token.token_type != TokenType.TEXT:
            if name in {"translate", "trans"}:
                yield from _translate(path, token)
            yield from _constants(path, token)


def _constants(path: Path, token: Token) -> Iterator[Found]:
    for match in _CONSTANT.finditer(token.contents):
        yield Found(path, token.lineno or 0, Message(match[1][1:-1]))


def _translate(path: Path, token: Token) -> Iterator[Found]:
    bits = token.split_contents()
    if len(bits) > 1 and (quoted := _QUOTED.match(bits[1])):
        yield Found(path, token.lineno or 0, Message(quoted[1][1:-1], context=_context(bits)))


def _context(bits: list[str]) -> str:
    return bits[bits.index("context") + 1].strip("\"'") if "context" in bits else ""


def _block(path: Path, block: list[Token]) -> Found:
    """The message of {% blocktranslate %}…{% plural %}…{% endblocktranslate %}, as Django itself will look it up."""
    bits = block[0].split_contents()
    halves: list[list[str]] = [[]]
    for token in block[1:-1]:
        if tag(token) == "plural":
            halves.append([])
        else:
            halves[-1].append(_piece(token))
    texts = ["".join(half) for half in halves]
    if "trimmed" in bits:
        texts = [trim_whitespace(text) for text in texts]
    return Found(path, block[0].lineno or 0, Message(texts[0], texts[1] if len(texts) > 1 else "", _context(bits)))


def _piece(token: Token) -> str:
    if token.token_type == TokenType.VAR:
        return f"%({token.contents})s"
    return token.contents.replace("%", "%%")
