"""Where a name is defined: followed through imports and re-exports from file to file."""

from __future__ import annotations

import ast
from functools import lru_cache

from tests.architecture.house.calls import imported
from tests.architecture.house.tree import Source, Tree

Node = ast.FunctionDef | ast.ClassDef | ast.expr


class Definitions:
    """Finds what a name in one file means in another."""

    def __init__(self, tree: Tree) -> None:
        self.files = {source.dotted: source for source in tree.python()}

    def find(self, name: str, source: Source, depth: int = 0) -> tuple[Source, Node] | None:
        """Where a dotted or local name is defined."""
        if not name or depth > 8:
            return None
        base, _dot, last = name.rpartition(".")
        home = self.files.get(base) if base else source
        if home is None:
            return None
        if (node := _definitions(home).get(last)) is not None:
            return home, node
        meant = imported(home).get(last, "")
        return self.find(meant, home, depth + 1) if meant not in ("", name) else None


@lru_cache(maxsize=8192)
def _definitions(source: Source) -> dict[str, Node]:
    known: dict[str, Node] = {}
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            known[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = node.value
    return known
