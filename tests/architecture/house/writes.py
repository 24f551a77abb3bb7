"""Writes live in services, reads in queries: no write in a query, a view, an API, a form, an export, a rule or a
model.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.calls import dotted, imported
from tests.architecture.house.finding import Finding
from tests.architecture.house.imports import asked
from tests.architecture.house.tree import Source, Tree

READ_ONLY = {"queries", "views", "api", "admin", "forms", "exports", "rules", "models", "urls", "module"}
# Methods nothing but a model, a queryset or a form has.
ALWAYS = {
    "save",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "save_base",
    "_raw_delete",
    "save_m2m",
}
ALWAYS |= {f"a{name}" for name in ALWAYS}
# Methods a dict or a set has too: a write only on something that comes from a table.
ON_ROWS = {"create", "update", "add", "remove", "set", "clear", "acreate", "aupdate"}
_ROWS = re.compile(r"\b(objects|_base_manager|_default_manager)\b|\.(filter|exclude|all|select_for_update|annotate)\(")
_IN_SQL = re.compile(
    r"\b(insert\s+into|delete\s+from|truncate\s+|merge\s+into|drop\s+(table|view|function)|alter\s+table|create\s+(table|view|function|index)"
    r"|grant\s+\w+\s+on|copy\s+\S+[^;]*\bfrom\s+stdin|(nextval|setval|pg_notify)\s*\()|\bupdate\s+\S+\s+(as\s+\w+\s+|\w+\s+)?set\b|\bnotify\s+\w+\s*(,|;|$)",
    re.IGNORECASE,
)
_ADVICE = "Move the write into services.py: permission, rule, transaction and journal line in one verb"


def check(tree: Tree) -> Iterator[Finding]:
    """Every write outside services."""
    for source in tree.python():
        is_held = source.kind != "models" or source.package == "modules"
        if is_held and source.kind in READ_ONLY and source.package in ("modules", "platform", "interfaces"):
            yield from _writes(source)


@lru_cache(maxsize=8192)
def _writes(source: Source) -> tuple[Finding, ...]:
    found = [*_methods(source), *_unnamed_methods(source), *_by_query(source), *_statements(source)]
    return tuple(Finding(source.path, line, "writes", f"{what} in {source.kind}", _ADVICE) for what, line in found)


def _methods(source: Source) -> Iterator[tuple[str, int]]:
    """Methods that write, called or only named: qs.delete(), getattr(qs, "delete"), map(Row.save, rows)."""
    rows = _names_of_rows(source)
    calls = {id(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call)}
    for node in ast.walk(source.tree):
        base, name = _method(node)
        if base is None or (source.kind == "models" and ast.unparse(base) == "super()"):
            continue
        if name in ALWAYS or (name in ON_ROWS and id(node) in calls and _comes_from_rows(base, rows)):
            yield f"{name}()", node.lineno


def _method(node: ast.AST) -> tuple[ast.expr | None, str]:
    match node:
        case ast.Attribute(value=base, attr=name):
            return base, name
        case ast.Call(func=ast.Name(id="getattr"), args=[base, ast.Constant(value=str() as name), *_]):
            return base, name
        case ast.Call(
            func=ast.Name(id="methodcaller") | ast.Attribute(attr="methodcaller"),
            args=[ast.Constant(value=str() as name), *_],
        ):
            return ast.Name(id="objects"), name
    return None, ""


def _names_of_rows(source: Source) -> set[str]:
    """Names that were given a queryset or a manager somewhere in the file."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        is_given = isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None
        if is_given and _is_rows(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _comes_from_rows(base: ast.expr, rows: set[str]) -> bool:
    return _is_rows(base) or (isinstance(base, ast.Name) and base.id in rows)


def _is_rows(node: ast.expr) -> bool:
    """A chain such as Row.objects.filter(…); not the list, set or dict made of one."""
    chain = node.func if isinstance(node, ast.Call) else node
    return isinstance(chain, ast.Attribute) and bool(_ROWS.search(ast.unparse(node)))


def _unnamed_methods(source: Source) -> Iterator[tuple[str, int]]:
    """getattr(x, name)(…): a method nobody can read the name of."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Call(func=ast.Name(id="getattr"), args=[_, name, *_])) if not isinstance(
                name, ast.Constant
            ):
                yield f"{ast.unparse(node.func)}(), a method whose name is not written,", node.lineno


def _by_query(source: Source) -> Iterator[tuple[str, int]]:
    """A query that asks a service: reading must change nothing, whoever does it."""
    if source.kind in ("queries", "models", "rules"):
        for name, names, line in asked(source):
            if "services" in name.split(".") or (name.startswith("bulou.") and "services" in names):
                yield f"import of {name}", line


def _statements(source: Source) -> Iterator[tuple[str, int]]:
    known = imported(source)
    for text, line in literals.texts(source):
        if match := _IN_SQL.search(text):
            yield f"SQL that writes ({match[0].split()[0].upper()})", line
    if source.kind in ("views", "api", "admin", "urls", "module", "forms"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and dotted(node.func, known).endswith(
                ("connection.cursor", "connections.cursor")
            ):
                yield "raw SQL", node.lineno
