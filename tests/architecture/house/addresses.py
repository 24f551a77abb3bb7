"""Every address says who may open it: each view named in a urls.py wears @needs(…), with a permission some manifest
declares.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.calls import dotted, imported
from tests.architecture.house.definitions import Definitions
from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree

_PATHS = {"path", "re_path", "url"}
_OPEN = {"PUBLIC", "SIGNED_IN", "public", "signed_in"}
_ADVICE = (
    "Decorate the view with @needs(permission) from bulou.platform.access.guard (PUBLIC and SIGNED_IN are said too)"
)
_DECLARE = "Declare it on a manifest: Permission(key, title, roles)"


def check(tree: Tree) -> Iterator[Finding]:
    """Every view without a permission, and every permission nobody declared."""
    book = _Book(tree)
    for source in tree.python():
        if any(part.startswith("urls") for part in source.inside):
            for call in _paths(source):
                yield from _judge(source, call, book)
    yield from _undeclared(tree)


@lru_cache(maxsize=8192)
def _paths(source: Source) -> tuple[ast.Call, ...]:
    return tuple(
        node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _PATHS
    )


def _judge(source: Source, call: ast.Call, book: _Book) -> Iterator[Finding]:
    view = call.args[1] if len(call.args) > 1 else next((one.value for one in call.keywords if one.arg == "view"), None)
    if view is None or _is_include(view) or book.says_who(source, view):
        return
    yield Finding(source.path, call.lineno, "addresses", f"{ast.unparse(view)} does not say who may open it", _ADVICE)


def _is_include(view: ast.expr) -> bool:
    return isinstance(view, ast.Call) and getattr(view.func, "id", "") == "include"


class _Book(Definitions):
    """Knows which views say who may open them."""

    def says_who(self, source: Source, view: ast.expr) -> bool:
        """Whether an expression is a view with a permission: needs(…)(view), a decorated function, a class with
        `permission`.
        """
        if isinstance(view, ast.Call):
            if _is_needs(view.func, source):
                return True
            if isinstance(view.func, ast.Attribute) and view.func.attr == "as_view":
                return self.says_who(source, view.func.value)
        found = self.find(dotted(view, imported(source)) if isinstance(view, ast.Attribute | ast.Name) else "", source)
        if found is None:
            return False
        home, node = found
        if isinstance(node, ast.ClassDef):
            return self._class_says(home, node)
        if isinstance(node, ast.FunctionDef):
            return any(_is_needs(decorator, home) for decorator in node.decorator_list)
        return self.says_who(home, node)

    def _class_says(self, home: Source, node: ast.ClassDef) -> bool:
        told = (target for one in node.body if isinstance(one, ast.Assign) for target in one.targets)
        if any(isinstance(target, ast.Name) and target.id == "permission" for target in told):
            return True
        return any(self.says_who(home, base) for base in node.bases if isinstance(base, ast.Name | ast.Attribute))


def _is_needs(node: ast.expr, source: Source) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func, imported(source)).rpartition(".")[2] == "needs"


def _undeclared(tree: Tree) -> Iterator[Finding]:
    declared = {key for source in tree.python() for key in _declarations(source)}
    for source in tree.python():
        for key, line in _asked_for(source):
            if key not in declared and key not in _OPEN:
                yield Finding(source.path, line, "addresses", f"permission {key!r} is on no manifest", _DECLARE)


@lru_cache(maxsize=8192)
def _declarations(source: Source) -> tuple[str, ...]:
    calls = (
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Permission"
    )
    return tuple(text for call in calls if call.args and (text := literals.fold(call.args[0], literals.names(source))))


@lru_cache(maxsize=8192)
def _asked_for(source: Source) -> tuple[tuple[str, int], ...]:
    """Permissions named in @needs(…), .need(…), .may(…), .scopes(…)."""
    found = []
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and node.args
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("needs", "need", "may", "scopes")
        ):
            text = literals.fold(node.args[0], literals.names(source))
            if text and "." in text and literals.HOLE not in text:
                found.append((text, node.lineno))
    return tuple(found)
