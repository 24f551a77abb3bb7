"""Foreign keys point down: a table may refer to its own module, to the platform, or to a module on a lower floor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.calls import dotted, imported
from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree

RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField", "ForeignObject"}
_POINT_ANYWHERE = {"GenericForeignKey", "GenericRelation"}
_DOWN = "Point down, or keep a bare id (BigIntegerField) and let the upper module hang a function on its manifest"


def check(tree: Tree) -> Iterator[Finding]:
    """Every relation, in models and in migrations, and every dependency of a migration."""
    for source in tree.python():
        if source.package in ("modules", "platform", "interfaces"):
            yield from _relations(source, tree)
            if source.is_migration:
                yield from _dependencies(source, tree)


def _relations(source: Source, tree: Tree) -> Iterator[Finding]:
    known = imported(source)
    for name, node in _calls(source):
        if name in _POINT_ANYWHERE:
            yield Finding(source.path, node.lineno, "keys", f"{name} can point at any table", _DOWN)
        else:
            for target in _targets(node):
                yield from _judge(source, tree, node.lineno, target, known)


@lru_cache(maxsize=8192)
def _calls(source: Source) -> tuple[tuple[str, ast.Call], ...]:
    """Every relation declared in a file, by the name of its field class."""
    known = imported(source)
    calls = (
        (dotted(node.func, known).rpartition(".")[2], node)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
    )
    return tuple((name, node) for name, node in calls if name in RELATIONS | _POINT_ANYWHERE)


def _targets(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args[:1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in ("to", "through"))


def _judge(source: Source, tree: Tree, line: int, target: ast.expr, known: dict[str, str]) -> Iterator[Finding]:
    text = literals.fold(target, literals.names(source))
    if text is None:
        parts = dotted(target, known).split(".")
        app = parts[2] if parts[:2] == ["bulou", "modules"] and len(parts) > 2 else ""
    elif literals.HOLE in text:
        yield Finding(
            source.path, line, "keys", "a foreign key whose target is pieced together", 'Write it out: "module.Model"'
        )
        return
    else:
        app = text.partition(".")[0] if "." in text else ""
    if app and not tree.may_use(source.label, app):
        yield Finding(source.path, line, "keys", f"{source.label} points at {app}, which does not lie below it", _DOWN)


@lru_cache(maxsize=8192)
def _pairs(source: Source) -> tuple[ast.Tuple, ...]:
    return tuple(node for node in ast.walk(source.tree) if isinstance(node, ast.Tuple) and len(node.elts) == 2)


def _dependencies(source: Source, tree: Tree) -> Iterator[Finding]:
    for node in _pairs(source):
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str() as app), ast.Constant(value=str())]):
                if app in tree.floors and not tree.may_use(source.label, app):
                    yield Finding(source.path, node.lineno, "keys", f"the migration waits for {app}", _DOWN)
