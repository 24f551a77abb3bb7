"""Strings in code as they come out when the code runs: joined, formatted, pieced together from names of the same file.

What cannot be known stands as HOLE. Docstrings and comments are not strings of the code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house.tree import Source

HOLE = "\ufffc"
Text = tuple[str, int]


@lru_cache(maxsize=8192)
def texts(source: Source) -> tuple[Text, ...]:
    """Every string of a file, whole, with the line it begins on."""
    return tuple(_walk(source.tree, names(source)))


@lru_cache(maxsize=8192)
def names(source: Source) -> dict[str, str]:
    """Names that hold one known string in this file."""
    known: dict[str, str] = {}
    twice: set[str] = set()
    for node in ast.walk(source.tree):
        target = (
            node.targets[0]
            if isinstance(node, ast.Assign)
            else node.target
            if isinstance(node, ast.AnnAssign)
            else None
        )
        text = fold(node.value, known) if isinstance(target, ast.Name) and node.value is not None else None
        if text is not None and known.setdefault(target.id, text) != text:
            twice.add(target.id)
    return {name: text for name, text in known.items() if name not in twice}


def fold(node: ast.expr, known: dict[str, str]) -> str | None:
    """The string an expression makes, with holes; None if it is no string expression."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.JoinedStr(values=values):
            return "".join(fold(value, known) or HOLE for value in values)
        case ast.FormattedValue(value=value):
            return fold(value, known) or HOLE
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(fold(left, known), fold(right, known))
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _filled(fold(left, known), right, known)
        case ast.Call(func=ast.Attribute(value=base, attr="join"), args=[ast.List(elts=parts) | ast.Tuple(elts=parts)]):
            joint = fold(base, known)
            return None if joint is None else joint.join(fold(part, known) or HOLE for part in parts)
        case ast.Call(
            func=ast.Attribute(value=base, attr="format" | "strip" | "lower" | "upper" | "replace"), args=arguments
        ):
            return _formatted(fold(base, known), arguments, known)
    return None


def _sum(left: str | None, right: str | None) -> str | None:
    return None if left is None and right is None else (left or HOLE) + (right or HOLE)


def _filled(pattern: str | None, value: ast.expr, known: dict[str, str]) -> str | None:
    if pattern is None:
        return None
    for part in value.elts if isinstance(value, ast.Tuple) else [value]:
        pattern = pattern.replace("%s", fold(part, known) or HOLE, 1)
    return pattern


def _formatted(pattern: str | None, arguments: list[ast.expr], known: dict[str, str]) -> str | None:
    if pattern is None:
        return None
    for number, part in enumerate(arguments):
        text = fold(part, known) or HOLE
        pattern = pattern.replace(f"{{{number}}}", text).replace("{}", text, 1)
    return pattern


def _walk(node: ast.AST, known: dict[str, str]) -> Iterator[Text]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.expr) and not isinstance(child, ast.Name) and (text := fold(child, known)) is not None:
            yield text, child.lineno
            yield from _holes(child, known)
        else:
            yield from _walk(child, known)


def _holes(node: ast.AST, known: dict[str, str]) -> Iterator[Text]:
    """Strings inside what was a hole: f"{ask('select')}"."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and fold(child, known) is None:
            yield from _walk(child, known)
        else:
            yield from _holes(child, known)
