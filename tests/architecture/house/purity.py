"""core and every module's rules are pure: values in, verdict out. No Django, no clock, no chance, no files, no
network.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house.calls import dotted, imported
from tests.architecture.house.finding import Finding
from tests.architecture.house.imports import asked, graph, line_of
from tests.architecture.house.tree import Source, Tree

STDLIB = frozenset(
    [
        "__future__",
        "abc",
        "bisect",
        "calendar",
        "collections",
        "colorsys",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "graphlib",
        "hashlib",
        "heapq",
        "hmac",
        "ipaddress",
        "itertools",
        "json",
        "math",
        "numbers",
        "operator",
        "re",
        "statistics",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "uuid",
        "xml",
        "zlib",
        "zoneinfo",
    ]
)
CHANCE_AND_WORLD = {
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid7",
    "open",
    "print",
    "input",
    "exec",
    "eval",
    "__import__",
    "globals",
    "breakpoint",
}
_ADVICE = "Take time, chance and the world as arguments; keep the decision here and do the rest in services"


def check(tree: Tree) -> Iterator[Finding]:
    """Everything impure that core and rules import, reach or call."""
    pure = [source for source in tree.python() if is_pure(source)]
    for source in pure:
        yield from _imports(source)
        yield from _calls(source)
    yield from _reached(tree, pure)


def is_pure(source: Source) -> bool:
    """Whether a file must be pure: all of core, and the rules of modules and of parts of the platform."""
    return source.package == "core" or source.kind == "rules"


def _imports(source: Source) -> Iterator[Finding]:
    for name, _names, line in asked(source):
        first = name.split(".")[0]
        if first != "bulou" and first not in STDLIB:
            yield Finding(source.path, line, "purity", f"imports {name}", _ADVICE)
        elif first == "bulou" and not _is_pure_name(name, _names):
            yield Finding(
                source.path, line, "purity", f"imports {name}, which is not pure", "Rules use core and rules only"
            )


def _is_pure_name(name: str, asked_names: tuple[str, ...]) -> bool:
    parts = name.split(".")
    if parts[1:2] == ["core"] or (len(parts) > 3 and parts[3] == "rules"):
        return True
    return (parts == ["bulou"] and set(asked_names) <= {"core"}) or (len(parts) == 3 and set(asked_names) <= {"rules"})


@lru_cache(maxsize=8192)
def _calls(source: Source) -> tuple[Finding, ...]:
    known = imported(source)
    calls = ((dotted(node.func, known), node.lineno) for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return tuple(
        Finding(source.path, line, "purity", f"calls {name}()", _ADVICE)
        for name, line in calls
        if name in CHANCE_AND_WORLD
    )


def _reached(tree: Tree, pure: list[Source]) -> Iterator[Finding]:
    """Django reached through a chain of imports, each harmless to look at."""
    built = graph(tree)
    if "django" not in built.modules:
        return
    for source in pure:
        chain = built.find_shortest_chain(source.dotted, "django")
        if chain and len(chain) > 2:
            line = line_of(built, chain[0], chain[1])
            yield Finding(source.path, line, "purity", f"reaches Django: {' → '.join(chain)}", _ADVICE)
