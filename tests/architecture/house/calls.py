"""What a call or a name in code really means, through the names it was imported by."""

from __future__ import annotations

import ast
from functools import lru_cache

from tests.architecture.house.tree import Source


@lru_cache(maxsize=8192)
def imported(source: Source) -> dict[str, str]:
    """Local name → dotted name, for everything a file imports or renames: {'tz': 'django.utils.timezone'}."""
    known: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            meaning = dotted(node.value, known)
            for target in node.targets:
                if isinstance(target, ast.Name) and meaning.split(".")[0] in _first_names(known):
                    known.setdefault(target.id, meaning)
    return known


def _first_names(known: dict[str, str]) -> set[str]:
    return {meaning.split(".")[0] for meaning in known.values()}


def dotted(node: ast.expr, known: dict[str, str]) -> str:
    """The dotted name an expression stands for, imports resolved: 'datetime.datetime.now'; '' for anything else.

    getattr(x, "name") with a known name reads as x.name; a call in the middle shows as '()'.
    """
    match node:
        case ast.Name(id=name):
            return known.get(name, name)
        case ast.Attribute(value=base, attr=attribute):
            return f"{dotted(base, known)}.{attribute}"
        case ast.Call(func=ast.Name(id="getattr"), args=[base, ast.Constant(value=str() as attribute), *_]):
            return f"{dotted(base, known)}.{attribute}"
        case ast.Call(func=function):
            return f"{dotted(function, known)}()"
    return ""
