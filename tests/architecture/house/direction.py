"""Imports point down: between packages, between floors, inside a module; a module is entered by its three doors only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

import grimp

from tests.architecture.house.calls import dotted
from tests.architecture.house.calls import imported as imported_names
from tests.architecture.house.definitions import Definitions
from tests.architecture.house.finding import Finding
from tests.architecture.house.imports import graph, line_of, typing_lines
from tests.architecture.house.tree import Source, Tree

PACKAGES = ("site", "interfaces", "modules", "platform", "core")
INSIDE = (
    grimp.Layer("apps"),
    grimp.Layer("urls", "module"),
    grimp.Layer("views", "api", "admin", "tasks"),
    grimp.Layer("forms", "exports", independent=False),
    grimp.Layer("services"),
    grimp.Layer("queries"),
    grimp.Layer("models"),
    grimp.Layer("rules"),
)
DOORS = {"services", "queries", "rules"}
FOUNDATIONS = {"clock", "refusals", "access", "manifest", "playbooks"}


def check(tree: Tree) -> Iterator[Finding]:
    """Every import that points up or sideways."""
    built = graph(tree)
    where = {source.dotted: source for source in tree.python(with_tests=True)}
    for importer, imported, chain in _illegal(built, _packages(built), None):
        yield _found(built, where, chain, "packages", f"{importer} reaches {imported}", _PACKAGES_ADVICE)
    for importer, imported, chain in _illegal(built, _floors(tree, built), None):
        yield _found(built, where, chain, "floors", f"{_last(importer)} reaches {_last(imported)}", _FLOORS_ADVICE)
    for importer, imported, chain in _illegal(built, INSIDE, _containers(tree, built)):
        what = f"{_tail(importer)} reaches {_tail(imported)}"
        yield _found(built, where, chain, "inside", what, _INSIDE_ADVICE)
    yield from _doors(tree, built)
    yield from _lent(tree)
    yield from _foundations(tree, built)
    yield from _plan_readers(tree, built)
    yield from _circles(tree, built)


_PACKAGES_ADVICE = (
    "Imports point down: site, interfaces, modules, platform, core; hang what the lower one needs on a manifest"
)
_FLOORS_ADVICE = "Call down, be asked through your manifest, or listen; never import up or across (floors.py)"
_INSIDE_ADVICE = (
    "Inside a module: urls, module; views, api, admin; services; queries; models; rules, each using only what follows"
)


def _packages(built: grimp.ImportGraph) -> tuple[grimp.Layer, ...]:
    return tuple(grimp.Layer(f"bulou.{name}") for name in PACKAGES if f"bulou.{name}" in built.modules)


def _floors(tree: Tree, built: grimp.ImportGraph) -> tuple[grimp.Layer, ...]:
    rows: dict[int, list[str]] = {}
    for name, floor in tree.floors.items():
        if f"bulou.modules.{name}" in built.modules:
            rows.setdefault(floor, []).append(f"bulou.modules.{name}")
    return tuple(grimp.Layer(*rows[floor]) for floor in sorted(rows, reverse=True))


def _containers(tree: Tree, built: grimp.ImportGraph) -> set[str]:
    parts = {f"bulou.{one.package}.{one.label}" for one in tree.python() if one.package in ("modules", "platform")}
    return {name for name in parts if name in built.modules and built.find_children(name)}


def _illegal(
    built: grimp.ImportGraph, layers: tuple[grimp.Layer, ...], containers: set[str] | None
) -> Iterator[tuple[str, str, list[str]]]:
    """(who, whom, the chain of modules from the one to the other), shortest way in; way out any."""
    if layers and (containers is None or containers):
        for found in built.find_illegal_dependencies_for_layers(layers, containers=containers):
            for route in found.routes:
                chain = [min(route.heads), *route.middle, min(route.tails)]
                yield found.importer, found.imported, chain


def _found(
    built: grimp.ImportGraph, where: dict[str, Source], chain: list[str], rule: str, what: str, advice: str
) -> Finding:
    through = f" through {' → '.join(chain[1:-1])}" if len(chain) > 2 else ""
    return Finding(where[chain[0]].path, line_of(built, chain[0], chain[1]), rule, what + through, advice)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _tail(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _doors(tree: Tree, built: grimp.ImportGraph) -> Iterator[Finding]:
    for source in tree.python():
        if source.package == "site" or source.is_migration:
            continue
        for imported in sorted(built.find_modules_directly_imported_by(source.dotted)):
            names = imported.split(".")
            is_foreign = names[:2] == ["bulou", "modules"] and len(names) > 2 and names[2] != source.module
            if is_foreign and (len(names) < 4 or names[3] not in DOORS):
                line = line_of(built, source.dotted, imported)
                advice = f"Use {names[2]}.services, {names[2]}.queries or {names[2]}.rules; name a model in a key by a string"
                yield Finding(
                    source.path, line, "doors", f"enters {names[2]} by {'.'.join(names[3:]) or 'the wall'}", advice
                )


def _lent(tree: Tree) -> Iterator[Finding]:
    """What a door only lends: `scopes.Place`, where scopes is a query of registry and Place one of its models."""
    book = Definitions(tree)
    for source in tree.python():
        if source.package in ("modules", "interfaces") and not source.is_migration:
            for name, line in _foreign_names(source):
                found = book.find(name, source)
                if found and found[0].module not in ("", source.module) and found[0].kind not in DOORS:
                    what = f"takes {found[0].module}'s {found[0].kind} {name.rpartition('.')[2]} through a door"
                    advice = f"Ask {found[0].module} for what you need of it by a query, a service or a rule"
                    yield Finding(source.path, line, "doors", what, advice)


@lru_cache(maxsize=8192)
def _foreign_names(source: Source) -> tuple[tuple[str, int], ...]:
    """(dotted name, line) of everything a file takes out of other modules."""
    known = imported_names(source)
    nodes = (node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute | ast.Name))
    named = {(dotted(node, known), node.lineno) for node in nodes}
    own = f"bulou.modules.{source.module}."
    return tuple(
        sorted((name, line) for name, line in named if name.startswith("bulou.modules.") and not name.startswith(own))
    )


def _foundations(tree: Tree, built: grimp.ImportGraph) -> Iterator[Finding]:
    for source in tree.python():
        if source.package == "platform" and _part(source.dotted) in FOUNDATIONS:
            for imported in sorted(built.find_modules_directly_imported_by(source.dotted)):
                if imported.startswith("bulou.platform.") and _part(imported) not in FOUNDATIONS:
                    line = line_of(built, source.dotted, imported)
                    advice = "clock, refusals, access and manifest carry the rest of the platform; let the upper part import them"
                    yield Finding(
                        source.path, line, "foundations", f"{_part(source.dotted)} imports {_part(imported)}", advice
                    )


def _part(dotted: str) -> str:
    """The part of the platform a dotted name belongs to."""
    return dotted.split(".")[2] if dotted.count(".") > 1 else ""


def _plan_readers(tree: Tree, built: grimp.ImportGraph) -> Iterator[Finding]:
    if "bulou.floors" in built.modules:
        for importer in sorted(built.find_modules_that_directly_import("bulou.floors")):
            if importer.split(".")[1] not in ("site", "interfaces"):
                source = next(one for one in tree.python(with_tests=True) if one.dotted == importer)
                advice = "Ask the manifests (bulou.platform.manifest); only the site knows which modules there are"
                line = line_of(built, importer, "bulou.floors")
                yield Finding(source.path, line, "packages", "reads the floor plan", advice)


def _circles(tree: Tree, built: grimp.ImportGraph) -> Iterator[Finding]:
    """Files that need each other, directly or through others: neither can be read, tested or moved without the other."""
    where = {source.dotted: source.path for source in tree.python()}
    ways = {source.dotted: _needed(source, built) for source in tree.python()}
    for knot in _knots(ways):
        first = min(knot)
        other = next(name for name in ways[first] if name in knot)
        others = ", ".join(sorted(knot - {first})[:4])
        advice = "Files form no circle: move what both need into one of them or below both"
        yield Finding(where[first], line_of(built, first, other), "circles", f"it and {others} need each other", advice)


def _needed(source: Source, built: grimp.ImportGraph) -> list[str]:
    """What a file imports when it runs; imports for types alone make no circle."""
    found = (name for name in built.find_modules_directly_imported_by(source.dotted) if name.startswith("bulou"))
    types = typing_lines(source)
    return sorted(name for name in found if not types or line_of(built, source.dotted, name) not in types)


def _knots(ways: dict[str, list[str]]) -> Iterator[set[str]]:
    """Groups of more than one name that reach each other (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    for start in sorted(ways):
        work = [(start, iter(ways[start]))] if start not in index else []
        while work:
            name, rest = work[-1]
            if name not in index:
                index[name] = low[name] = len(index)
                path.append(name)
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    knot = set(path[path.index(name) :])
                    del path[path.index(name) :]
                    if len(knot) > 1:
                        yield knot
            elif following not in index:
                work.append((following, iter(ways.get(following, ()))))
            elif following in path:
                low[name] = min(low[name], index[following])
