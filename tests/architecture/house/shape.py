"""Every module has the same few files, so that the twelfth is as easy as the second; and every file can be read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree, parse

FILES = {"__init__.py", "apps.py", "module.py"}
GROWING = {"models", "rules", "services", "queries", "urls"}  # a file, or a package of the same name
FOLDERS = {"migrations", "tests"}
MAY_GROW = {"views", "api", "admin", "forms", "tasks", "exports", "labels"}
MAY_HAVE = {"sql", "templates", "static", "locale", "templatetags", "data", "playbooks"}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "stuff"}
_ADVICE = "See docs/adding-a-module.md"


def check(tree: Tree) -> Iterator[Finding]:
    """Files that are missing, extra, vague in name or unreadable."""
    folder = tree.root / "src" / "bulou" / "modules"
    rooms = (
        {one.name for one in folder.iterdir() if one.is_dir() and one.name != "__pycache__"}
        if folder.is_dir()
        else set()
    )
    plan = "src/bulou/floors.py"
    for name in sorted(rooms - tree.floors.keys()):
        yield Finding(f"src/bulou/modules/{name}", 0, "plan", f"{name} stands on no floor", f"Add it to {plan}")
    for name in sorted(tree.floors.keys() - rooms):
        yield Finding(
            plan, 0, "plan", f"{name} is on the plan but has no folder", "Run bulou newmodule, or take it off"
        )
    for name in sorted(rooms & tree.floors.keys()):
        yield from _shape(folder / name)
    for source in tree.python(with_tests=True):
        yield from _file(source)


def _shape(folder: Path) -> Iterator[Finding]:
    here = f"src/bulou/modules/{folder.name}"
    have = {one.name for one in folder.iterdir() if one.name != "__pycache__"}
    grown = {
        name.removesuffix(".py")
        for name in have
        if (folder / name).suffix == ".py" or (folder / name / "__init__.py").exists()
    }
    for name in sorted(
        (FILES - have) | {f"{name}.py" for name in GROWING - grown} | {f"{name}/" for name in FOLDERS - grown}
    ):
        yield Finding(here, 0, "shape", f"{name} is missing", f"Every module has it, if only as a docstring. {_ADVICE}")
    known = FILES | FOLDERS | MAY_HAVE | GROWING | MAY_GROW | {f"{name}.py" for name in GROWING | MAY_GROW}
    for name in sorted(have - known):
        yield Finding(f"{here}/{name}", 0, "shape", f"{name} is not a standard file of a module", _ADVICE)
    for name in sorted((GROWING | MAY_GROW) & have):
        if f"{name}.py" in have:
            yield Finding(f"{here}/{name}", 0, "shape", f"{name}.py and {name}/ stand side by side", "Keep one of them")
    if "tests" in have and not list((folder / "tests").rglob("test_*.py")):
        yield Finding(f"{here}/tests", 0, "shape", "there is no test", "Test a success and a refusal of every verb")


@lru_cache(maxsize=8192)
def _file(source: Source) -> tuple[Finding, ...]:
    return (*_readable(source), *_named(source), *_front(source))


def _readable(source: Source) -> Iterator[Finding]:
    parsed = parse(source.text)
    if isinstance(parsed, SyntaxError):
        yield Finding(
            source.path, parsed.lineno or 0, "readable", f"Python cannot read it: {parsed.msg}", "Mend the syntax"
        )


def _named(source: Source) -> Iterator[Finding]:
    vague = VAGUE & {part.removesuffix(".py") for part in PurePosixPath(source.path).parts}
    if vague:
        yield Finding(
            source.path, 0, "names", f"{min(vague)} says nothing", "Name the file after what is in it, by the glossary"
        )


def _front(source: Source) -> Iterator[Finding]:
    """A module's own __init__.py and apps.py: read by Django before anything is ready, so they may pull nothing in."""
    if not source.module or len(source.inside) != 3:
        return
    if source.inside[2] == "__init__.py":
        body = source.tree.body
        if not ast.get_docstring(source.tree):
            yield Finding(
                source.path,
                1,
                "front",
                "does not say what the module is for",
                "Begin with a docstring: for, watches, is not",
            )
        for node in body[1:] if body and isinstance(body[0], ast.Expr) else body:
            advice = "Django imports this file before any app is ready; keep the docstring and nothing else"
            yield Finding(
                source.path, node.lineno, "front", "a module's __init__.py does more than say what it is for", advice
            )
    elif source.inside[2] == "apps.py":
        yield from _app(source)
    elif source.inside[2] == "module.py":
        yield from _manifest(source)


def _app(source: Source) -> Iterator[Finding]:
    manifest = f"from bulou.modules.{source.module} import module"
    for node in ast.walk(source.tree):
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        if (
            is_import
            and ast.unparse(node) != manifest
            and not ast.unparse(node).startswith(("from django.apps import", "from __future__"))
        ):
            advice = f"apps.py imports only django.apps, and inside ready() only its manifest: {manifest}"
            yield Finding(source.path, node.lineno, "front", "apps.py imports more than it may", advice)
        if isinstance(node, ast.FunctionDef):
            extra = [one for one in node.body if not _is_harmless(one)]
            yield from (
                Finding(source.path, one.lineno, "front", "apps.py does more than hang the manifest", _MOVE)
                for one in extra
            )
    wanted = {"name": f"bulou.modules.{source.module}", "label": source.module}
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        ):
            name = node.targets[0].id
            if name in wanted and node.value.value != wanted[name]:
                yield Finding(
                    source.path, node.lineno, "front", f"{name} is {node.value.value!r}", f"It must be {wanted[name]!r}"
                )
    if manifest.split()[-1] not in {
        alias.name for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }:
        yield Finding(source.path, 1, "front", "the manifest is never hung", f"ready() must contain: {manifest}")


def _is_harmless(node: ast.stmt) -> bool:
    """An import (judged by itself) or a docstring."""
    return isinstance(node, ast.ImportFrom) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


_MOVE = "Put it on the manifest in module.py"


def _manifest(source: Source) -> Iterator[Finding]:
    named = [
        keyword.value.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Manifest"
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]
    if named != [source.module]:
        advice = f'End with MANIFEST = hang(Manifest(name="{source.module}", …))'
        yield Finding(source.path, 1, "front", "module.py does not hang the module's one manifest", advice)
