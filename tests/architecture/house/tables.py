"""Raw SQL stays at home: no module names another module's table, and SQL is written as one literal that can be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree

_RUNS_SQL = {"execute", "executemany", "executescript", "raw", "extra", "copy", "RawSQL", "callproc", "stream"}
_OF_OTHERS_TOO = {"copy", "stream", "extra"}  # a dict copies, a response streams
_GLUED = re.compile(
    rf"\b(from|join|into|update|table|copy)\s+(\w*{literals.HOLE}\w+|\w+{literals.HOLE}\w*)", re.IGNORECASE
)
_WRITES = re.compile(r"\b(insert\s+into|update|delete\s+from|truncate|copy|merge\s+into)\b", re.IGNORECASE)
_HOME = "Ask {0}.queries or {0}.services; if it must be SQL, let {0} give a function in its sql/ and call that"
_LITERAL = (
    "Write SQL as one literal with %s places for values, so that people and checks can read which tables it touches"
)


def check(tree: Tree) -> Iterator[Finding]:
    """SQL on foreign tables, and SQL that cannot be read."""
    owners = tables(tree)
    word = (
        re.compile(rf"(?<!\w)({'|'.join(sorted(map(re.escape, owners), key=len, reverse=True))})(?!\w)")
        if owners
        else None
    )
    for source in tree.sources:
        if source.package in ("modules", "interfaces") and not source.is_test and source.path.endswith((".py", ".sql")):
            yield from _foreign(source, owners, word, tree)
            if source.is_python and not source.is_migration:
                yield from _unreadable(source)


def tables(tree: Tree) -> dict[str, str]:
    """Table → the app it belongs to, from the models: Meta.db_table, else app and class in small letters."""
    found: dict[str, str] = {}
    for source in tree.python():
        if source.kind == "models" and source.package in ("modules", "platform", "interfaces"):
            found |= dict.fromkeys(_tables(source), source.label)
    return found


@lru_cache(maxsize=8192)
def _tables(source: Source) -> tuple[str, ...]:
    names = []
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and node.bases:
            meta = next((one for one in node.body if isinstance(one, ast.ClassDef) and one.name == "Meta"), None)
            told = (
                {ast.unparse(one.targets[0]): one.value for one in meta.body if isinstance(one, ast.Assign)}
                if meta
                else {}
            )
            name = told.get("db_table")
            names.append(name.value if isinstance(name, ast.Constant) else f"{source.label}_{node.name.lower()}")
    return tuple(map(str, names))


def _foreign(source: Source, owners: dict[str, str], word: re.Pattern[str] | None, tree: Tree) -> Iterator[Finding]:
    if word is None:
        return
    strings = (
        literals.texts(source) if source.is_python else tuple((t, n) for n, t in enumerate(source.text.splitlines(), 1))
    )
    for text, line in strings:
        for table in sorted(set(word.findall(text))):
            owner = owners[table]
            if owner != source.label and (owner in tree.floors or _WRITES.search(text)):
                yield Finding(source.path, line, "tables", f"SQL on {owner}'s table {table}", _HOME.format(owner))


@lru_cache(maxsize=8192)
def _unreadable(source: Source) -> tuple[Finding, ...]:
    known = literals.names(source) | _looped(source)
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and node.args and _name(node) in _RUNS_SQL and not _can_be_read(node, known):
            what = f"{ast.unparse(node.func)}() runs SQL nobody can read"
            found.append(Finding(source.path, node.lineno, "tables", what, _LITERAL))
    glued = {line for text, line in literals.texts(source) if _GLUED.search(text)}
    return (
        *found,
        *(Finding(source.path, line, "tables", "SQL with half a name in it", _LITERAL) for line in sorted(glued)),
    )


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _looped(source: Source) -> dict[str, str]:
    """Names that run over a tuple or list of literals: `for words in STATEMENTS`."""
    lists = {
        node.targets[0].id: node.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Tuple | ast.List)
    }
    found = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            over = lists.get(node.iter.id) if isinstance(node.iter, ast.Name) else node.iter
            texts = [literals.fold(one, {}) for one in getattr(over, "elts", [])]
            if texts and None not in texts:
                found[node.target.id] = " ".join(filter(None, texts))
    return found


def _can_be_read(call: ast.Call, known: dict[str, str]) -> bool:
    """The statement is a string in this file, or a constant of another (SHOUTED, so it is checked there)."""
    statement = call.args[0]
    if literals.fold(statement, known) is not None:
        return True
    if (
        isinstance(statement, ast.Attribute | ast.Name)
        and (getattr(statement, "attr", "") or getattr(statement, "id", "")).isupper()
    ):
        return True
    return _name(call) in _OF_OTHERS_TOO
