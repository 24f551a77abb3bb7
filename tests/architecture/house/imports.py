"""Who imports whom, as a grimp graph: read from the syntax trees, so that nothing of the tree is imported and lines
are known.

Imports inside functions and under TYPE_CHECKING count. A test holds this graph equal to the one grimp builds by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

import grimp

from tests.architecture.house.tree import Source, Tree

Asked = tuple[str, tuple[str, ...], int]  # the module asked, the names asked of it, the line


@lru_cache(maxsize=8192)
def asked(source: Source) -> tuple[Asked, ...]:
    """Every import of a file: `import a.b` asks a.b for nothing, `from a import b, c` asks a for b and c."""
    return tuple(_asked(source))


def _asked(source: Source) -> Iterator[Asked]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, (), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield _absolute(source, node), tuple(alias.name for alias in node.names), node.lineno


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    """The dotted name a from-import asks, leading dots resolved."""
    if not node.level:
        return node.module or ""
    package = source.dotted.split(".")
    if not source.path.endswith("__init__.py"):
        package.pop()
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


@lru_cache(maxsize=8192)
def typing_lines(source: Source) -> frozenset[int]:
    """The lines of imports under TYPE_CHECKING: names for types, needed by nobody when the house runs."""
    blocks = (
        node for node in ast.walk(source.tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    )
    inside = (one for block in blocks for part in block.body for one in ast.walk(part))
    return frozenset(one.lineno for one in inside if isinstance(one, ast.Import | ast.ImportFrom))


def graph(tree: Tree) -> grimp.ImportGraph:
    """The graph of a tree: its own modules, and what they import from outside by its first name (django, datetime,
    …).
    """
    return _graph(tuple(source for source in tree.sources if source.is_python))


@lru_cache(maxsize=2)
def _graph(sources: tuple[Source, ...]) -> grimp.ImportGraph:
    built = grimp.ImportGraph()
    own = {source.dotted for source in sources}
    for name in own:
        built.add_module(name)
    outside: set[str] = set()
    for source in sources:
        for imported, line in sorted(_edges(source, own)):
            if imported not in own and imported not in outside:
                built.add_module(imported, is_squashed=True)
                outside.add(imported)
            built.add_import(importer=source.dotted, imported=imported, line_number=line, line_contents=imported)
    return built


def _edges(source: Source, own: set[str]) -> Iterator[tuple[str, int]]:
    for asked_module, names, line in asked(source):
        for name in names or ("",):
            target = f"{asked_module}.{name}" if f"{asked_module}.{name}" in own else asked_module
            if target in own:
                if target != source.dotted:
                    yield target, line
            elif target.split(".")[0] != "bulou":
                yield target.split(".")[0], line


def line_of(built: grimp.ImportGraph, importer: str, imported: str) -> int:
    """The first line on which one module imports another."""
    details = built.get_import_details(importer=importer, imported=imported)
    return min((detail["line_number"] for detail in details), default=0)
