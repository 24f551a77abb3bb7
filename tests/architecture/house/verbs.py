"""A verb says who and when: every public function of a module's services that writes takes `by` and `now` by keyword."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree
from tests.architecture.house.writes import ALWAYS

_WRITES = ALWAYS | {"create", "update"}
_ADVICE = "Write it verb_noun(*, by: Viewer, …, now: datetime): the permission and the journal line need both"


def check(tree: Tree) -> Iterator[Finding]:
    """Every writing verb that hides who did it or when."""
    verbs = [finding for one in tree.python() if one.module and one.kind == "services" for finding in _verbs(one)]
    if verbs:
        inner = _inner_steps(tree)
        yield from (finding for name, finding in verbs if name not in inner)


def _inner_steps(tree: Tree) -> set[str]:
    """Names called inside services and mentioned nowhere else: steps of a verb, not verbs."""
    called: set[str] = set()
    outside: set[str] = set()
    for source in tree.python():
        if source.module and source.kind == "services":
            called |= _names(source, ast.Call)
        else:
            outside |= _names(source, ast.AST)
    return called - outside


@lru_cache(maxsize=8192)
def _names(source: Source, kind: type[ast.AST]) -> frozenset[str]:
    nodes = (
        node.func if isinstance(node, ast.Call) else node for node in ast.walk(source.tree) if isinstance(node, kind)
    )
    return frozenset(name for node in nodes if (name := getattr(node, "attr", getattr(node, "id", ""))))


@lru_cache(maxsize=8192)
def _verbs(source: Source) -> tuple[tuple[str, Finding], ...]:
    found = []
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _writes(node):
            missing = [name for name in ("by", "now") if name not in {one.arg for one in node.args.kwonlyargs}]
            if missing:
                what = f"{node.name}() writes but does not take {' and '.join(missing)} by keyword"
                found.append((node.name, Finding(source.path, node.lineno, "verbs", what, _ADVICE)))
    return tuple(found)


def _writes(function: ast.FunctionDef) -> bool:
    """Whether the body itself writes rows (a dict's update has no `objects` before it)."""
    for node in ast.walk(function):
        is_write = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _WRITES
        if is_write and (node.func.attr in ALWAYS or "objects" in ast.unparse(node.func.value)):
            return True
    return False
