"""Messages in Python files, by their syntax tree: gettext and its relatives, under whatever name they were imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bulou.platform.words.messages import Found, Message

# which argument is what: t = text, p = plural, c = context
_CALLS = {"gettext": "t", "ngettext": "tp", "pgettext": "ct", "npgettext": "ctp"}
CALLS = _CALLS | {f"{name}_lazy": shape for name, shape in _CALLS.items()} | {"gettext_noop": "t"}


def messages(path: Path) -> Iterator[Found]:
    """Every message of a Python file. SyntaxError if it cannot be read: a half-written file must not look like one
    without words.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    known = _known_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (shape := known.get(_called(node.func))):
            found = _read(path, node, shape)
            if found is not None:
                yield found


def _known_names(tree: ast.Module) -> dict[str, str]:
    """Names that translate in this file → the shape of their arguments."""
    names = dict(CALLS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname: CALLS[alias.name] for alias in node.names if alias.asname and alias.name in CALLS}
    return names


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _read(path: Path, call: ast.Call, shape: str) -> Found | None:
    """The message of one call; a problem if it is pieced together; None if it is a variable (its words stand where it
    was made).
    """
    parts: dict[str, str] = {}
    for kind, argument in zip(shape, call.args, strict=False):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            parts[kind] = argument.value
        elif isinstance(argument, ast.JoinedStr | ast.BinOp):
            return Found(
                path,
                call.lineno,
                problem="a pieced-together string cannot be translated: use %(name)s places in one literal",
            )
        else:
            return None
    if "t" not in parts or not parts["t"]:
        return None
    return Found(path, call.lineno, Message(parts["t"], parts.get("p", ""), parts.get("c", "")))
